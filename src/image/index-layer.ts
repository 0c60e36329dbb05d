/** One layer, from the bytes of its blob to an index. */
import { concat, streamOf, type Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import { peek, piecesOf } from '../base/streams.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest, type DigestAlgorithm } from '../formats/digest.ts';
import { createHash } from '../formats/hash.ts';
import { isEncrypted } from '../formats/media-type.ts';
import { NativeGunzip, NativeRefusal } from '../formats/native-gunzip.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import { createUnpacker } from '../formats/unpacker.ts';
import type { Content } from '../sources/source.ts';
import { checkContent, failSize, verified } from '../sources/verified.ts';
import type { LayerIndex } from './layer-index.ts';
import { LayerTable } from './layer-table.ts';

export interface LayerCounts {
  /** Bytes of the blob so far, and of what it unpacked to. */
  readonly received: number;
  readonly unpacked: number;
  readonly entries: number;
}

export interface IndexLayerOptions {
  readonly signal: AbortSignal;
  /** Bytes of a blob that may be kept, so that a first look can go ahead of the check. 0: one pass does both. */
  readonly keepUpTo: number;
  /** After each piece. */
  readonly onProgress: (counts: LayerCounts) => void;
  /**
   * The blob's size and digest are right and the index is whole. Called once; all that it gets is the caller's. Where
   * `kept` is not null, what the blob unpacks to is still to be checked: `checkLayer(kept)`.
   */
  readonly onIndexed: (index: LayerIndex, kept: Bytes | null) => void;
}

/** What a whole reading finds out beyond the index. */
export interface Checked {
  readonly diffId: Digest;
  readonly seekPoints: SeekPoints | null;
}

/** Bytes are pushed in pieces of this size: 64 KiB of gzip are at most 64 MiB, so progress is told even of a bomb. */
const PIECE = 64 * 1024;

/**
 * Reads a layer. In one pass: fetched, hashed, unpacked, hashed, indexed; memory does not grow with it. But a gzip blob
 * of at most `keepUpTo` bytes gets a first look by the browser's own inflate, and is kept for `checkLayer`: resolves with
 * null then. Fails as the source does, and with `size-mismatch`, `digest-mismatch`, `unsupported`, `malformed`,
 * `too-large`. Nothing is indexed whose blob is not what the descriptor says.
 */
export async function indexLayer(
  content: Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Checked | null> {
  const { mediaType, size } = descriptor;
  if (isEncrypted(mediaType)) fail({ code: 'unsupported', what: 'encryption', name: mediaType });
  const stream = await content.open(descriptor, { signal: options.signal });
  const { head, whole } = await peek(stream, SNIFF_LENGTH);
  let compression: Compression;
  try {
    compression = sniff(head.subarray(0, SNIFF_LENGTH));
  } catch (error) {
    whole.cancel().catch(() => {});
    throw error;
  }
  const look = compression === 'gzip' && size <= options.keepUpTo && NativeGunzip.available;
  return look
    ? lookAtLayer(whole, descriptor, diffId, options)
    : readLayer(whole, compression, descriptor, diffId, options);
}

/**
 * Unpacks a blob that was kept (and whose digest is right) once more, and resolves with its diff ID and seek points.
 * Fails with `digest-mismatch` where the diff ID is not `diffId` (image-spec v1.1, config.md, "Layer DiffID").
 */
export function checkLayer(kept: Bytes, compression: Compression, diffId: Digest | null): Checked {
  const hash = createHash(diffIdAlgorithm(diffId));
  const unpacker = createUnpacker(compression, (bytes) => hash.update(bytes));
  for (let at = 0; at < kept.length; at += PIECE) unpacker.push(kept.subarray(at, at + PIECE));
  unpacker.end();
  return checked(hash.digest(), diffId, unpacker.seekPoints());
}

/** One pass, as a stream. */
async function readLayer(
  stream: ReadableStream<Uint8Array>,
  compression: Compression,
  descriptor: Descriptor,
  diffId: Digest | null,
  { onProgress, onIndexed }: IndexLayerOptions,
): Promise<Checked> {
  // The bytes of a plain tar are those of the blob: they are hashed once where one algorithm serves both.
  const same = compression === 'none' && algorithmOf(descriptor.digest) === diffIdAlgorithm(diffId);
  const hash = same ? null : createHash(diffIdAlgorithm(diffId));
  const table = new LayerTable();
  const unpacker = createUnpacker(compression, (bytes) => {
    hash?.update(bytes);
    table.push(bytes);
  });
  let received = 0;
  for await (const piece of piecesOf(verified(stream, descriptor, 'layer'), PIECE)) {
    received += piece.length;
    table.attempt(() => unpacker.push(piece));
    onProgress({ received, unpacked: unpacker.produced, entries: table.entries });
  }
  table.attempt(() => unpacker.end());
  table.end();
  const seekPoints = unpacker.seekPoints();
  onIndexed(table.index(compression, seekPoints, unpacker.produced), null);
  return checked(hash?.digest() ?? descriptor.digest, diffId, seekPoints);
}

/** The first look: by the browser's inflate, with nothing hashed in step. */
async function lookAtLayer(
  stream: ReadableStream<Uint8Array>,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Checked | null> {
  const table = new LayerTable();
  const inflate = new NativeGunzip((bytes) => table.push(bytes));
  const pieces: Bytes[] = [];
  let received = 0;
  let refused = false;
  const attempt = async (step: () => Promise<void>) => {
    try {
      if (!refused) await step();
    } catch (error) {
      if (!(error instanceof NativeRefusal)) throw error;
      refused = true;
    }
  };
  try {
    for await (const piece of piecesOf(stream, PIECE)) {
      received += piece.length;
      if (received > descriptor.size) failSize(descriptor, 'layer', received);
      pieces.push(piece);
      await attempt(() => inflate.push(piece));
      options.onProgress({ received, unpacked: inflate.produced, entries: table.entries });
    }
    const kept = concat(pieces);
    await checkContent(kept, descriptor, 'layer');
    await attempt(() => inflate.end());
    table.end();
    if (!refused && table.problem === null) {
      options.onIndexed(table.index('gzip', null, inflate.produced), kept);
      return null;
    }
    // Several members, or damage: pako reads the one and says what is wrong with the other.
    return await readLayer(streamOf(kept), 'gzip', descriptor, diffId, options);
  } finally {
    inflate.stop();
  }
}

function checked(actual: Digest, expected: Digest | null, seekPoints: SeekPoints | null): Checked {
  if (expected !== null && actual !== expected) {
    fail({ code: 'digest-mismatch', subject: 'diff-id', expected, actual });
  }
  return { diffId: actual, seekPoints };
}

function diffIdAlgorithm(diffId: Digest | null): DigestAlgorithm {
  return diffId === null ? 'sha256' : algorithmOf(diffId);
}
