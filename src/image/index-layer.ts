/** One layer, from the bytes of its blob to an index. */
import { streamOf, type Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import { peek, piecesOf } from '../base/streams.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest, type DigestAlgorithm } from '../formats/digest.ts';
import { ContentHash, createHash } from '../formats/hash.ts';
import { isEncrypted } from '../formats/media-type.ts';
import { NativeGunzip, NativeRefusal } from '../formats/gzip/native-gunzip.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import { createUnpacker } from '../formats/unpack.ts';
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

/** Bytes that a first look may keep of a layer; 0: none is taken, one pass keeps nothing. */
export interface Keep {
  /** Of the blob, for `findSeekPoints`. */
  readonly blob: number;
  /** Of what it unpacks to, for WebCrypto; a layer that unpacks to more is hashed in step. */
  readonly unpacked: number;
}

export interface IndexLayerOptions {
  readonly signal: AbortSignal;
  readonly keep: Keep;
  /** After each piece. */
  readonly onProgress: (counts: LayerCounts) => void;
  /** The blob's size and digest are right and the index is whole; the diff ID is still being checked. Called once. */
  readonly onIndexed: (index: LayerIndex) => void;
}

/** What is known once all agrees. */
export interface Checked {
  readonly diffId: Digest;
  /** Null for a layer that is not compressed, and where `kept` is not null. */
  readonly seekPoints: SeekPoints | null;
  /** The blob, where it only had a first look: its seek points are still to be found. */
  readonly kept: Bytes | null;
}

/** Bytes are pushed in pieces of this size: 64 KiB of gzip are at most 64 MiB, so progress is told even of a bomb. */
const PIECE = 64 * 1024;

/**
 * Reads a layer, and resolves once all agrees: the blob with its descriptor, and what it unpacks to with `diffId`
 * (image-spec v1.1, config.md, "Layer DiffID"), where that is known. One pass does it: fetched, hashed, unpacked, hashed,
 * indexed; memory does not grow with the layer. But gzip within the bounds of `keep` is unpacked by the browser's own
 * inflate, which is faster and makes no seek points. Fails as the source does, and with `size-mismatch`,
 * `digest-mismatch`, `unsupported`, `malformed`, `too-large`. Nothing is indexed whose blob is not what the descriptor says.
 */
export async function indexLayer(
  content: Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Checked> {
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
  const look = compression === 'gzip' && size <= options.keep.blob && NativeGunzip.available;
  return look
    ? lookAtLayer(whole, descriptor, diffId, options)
    : readLayer(whole, compression, descriptor, diffId, options);
}

/** Where reading may start in the middle of a gzip blob that only had a first look. It is all right: it was checked. */
export function findSeekPoints(kept: Bytes): SeekPoints | null {
  const unpacker = createUnpacker('gzip', () => {});
  for (let at = 0; at < kept.length; at += PIECE) unpacker.push(kept.subarray(at, at + PIECE));
  unpacker.end();
  return unpacker.seekPoints();
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
  onIndexed(table.index(compression, unpacker.produced));
  const actual = hash?.digest() ?? descriptor.digest;
  checkDiffId(actual, diffId);
  return { diffId: actual, seekPoints, kept: null };
}

/** By the browser's inflate; what it gives is hashed when the index is out. */
async function lookAtLayer(
  stream: ReadableStream<Uint8Array>,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Checked> {
  const table = new LayerTable();
  const hash = new ContentHash(diffIdAlgorithm(diffId), options.keep.unpacked);
  const inflate = new NativeGunzip((bytes) => {
    hash.update(bytes);
    table.push(bytes);
  });
  // The size is claimed, but within `keep.blob`; and memory is taken only as it is written to.
  const kept = new Uint8Array(descriptor.size);
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
      if (received + piece.length > kept.length) failSize(descriptor, 'layer', received + piece.length);
      kept.set(piece, received);
      received += piece.length;
      await attempt(() => inflate.push(piece));
      options.onProgress({ received, unpacked: inflate.produced, entries: table.entries });
    }
    if (received < kept.length) failSize(descriptor, 'layer', received);
    await checkContent(kept, descriptor, 'layer');
    await attempt(() => inflate.end());
    table.end();
    if (!refused && table.problem === null) {
      options.onIndexed(table.index('gzip', inflate.produced));
      const actual = await hash.digest();
      checkDiffId(actual, diffId);
      return { diffId: actual, seekPoints: null, kept };
    }
    // Several members, or damage: pako reads the one and says what is wrong with the other.
    return await readLayer(streamOf(kept), 'gzip', descriptor, diffId, options);
  } finally {
    inflate.stop();
  }
}

function checkDiffId(actual: Digest, expected: Digest | null): void {
  if (expected === null || actual === expected) return;
  fail({ code: 'digest-mismatch', subject: 'diff-id', expected, actual });
}

function diffIdAlgorithm(diffId: Digest | null): DigestAlgorithm {
  return diffId === null ? 'sha256' : algorithmOf(diffId);
}
