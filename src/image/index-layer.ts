/** One layer, from the bytes of its blob to an index. */
import { concat, streamOf, type Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import type { Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest, type DigestAlgorithm } from '../formats/digest.ts';
import { createHash, digestOf } from '../formats/hash.ts';
import { isEncrypted } from '../formats/media-type.ts';
import { NativeGunzip, NativeRefusal } from '../formats/native-gunzip.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import { createUnpacker } from '../formats/unpacker.ts';
import type { Content } from '../sources/source.ts';
import { BlobReader, piecesOf } from './blob-reader.ts';
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
  if (isEncrypted(descriptor.mediaType)) {
    fail({ code: 'unsupported', what: 'encryption', name: descriptor.mediaType });
  }
  const stream = await content.open(descriptor, { signal: options.signal });
  const blob = await BlobReader.start(stream, descriptor);
  try {
    const look = blob.compression === 'gzip' && descriptor.size <= options.keepUpTo;
    if (look && NativeGunzip.available) return await lookAtLayer(blob, descriptor, diffId, options);
    return await readLayer(blob, descriptor, diffId, options);
  } catch (error) {
    blob.cancel(error);
    throw error;
  }
}

/**
 * Unpacks a blob that was kept (and whose digest is right) once more, and resolves with its diff ID and seek points.
 * Fails with `digest-mismatch` where the diff ID is not `diffId` (image-spec v1.1, config.md, "Layer DiffID").
 */
export function checkLayer(kept: Bytes, compression: Compression, diffId: Digest | null): Checked {
  const hash = createHash(diffIdAlgorithm(diffId));
  const unpacker = createUnpacker(compression, (bytes) => hash.update(bytes));
  for (const piece of piecesOf(kept)) unpacker.push(piece);
  unpacker.end();
  return checked(hash.digest(), diffId, unpacker.seekPoints());
}

/** One pass, as a stream. */
async function readLayer(
  blob: BlobReader,
  descriptor: Descriptor,
  diffId: Digest | null,
  { onProgress, onIndexed }: IndexLayerOptions,
): Promise<Checked> {
  const blobHash = createHash(algorithmOf(descriptor.digest));
  // The bytes of a plain tar are those of the blob: they are hashed once where one algorithm serves both.
  const same = blob.compression === 'none' && algorithmOf(descriptor.digest) === diffIdAlgorithm(diffId);
  const diffHash = same ? null : createHash(diffIdAlgorithm(diffId));
  const table = new LayerTable();
  const unpacker = createUnpacker(blob.compression, (bytes) => {
    diffHash?.update(bytes);
    table.push(bytes);
  });
  for await (const piece of blob.pieces()) {
    blobHash.update(piece);
    table.attempt(() => unpacker.push(piece));
    onProgress({ received: blob.received, unpacked: unpacker.produced, entries: table.entries });
  }
  const digest = blobHash.digest();
  checkBlob(descriptor, digest);
  table.attempt(() => unpacker.end());
  table.end();
  const actual = diffHash?.digest() ?? digest;
  onIndexed(table.index(blob.compression, unpacker.seekPoints(), unpacker.produced), null);
  return checked(actual, diffId, unpacker.seekPoints());
}

/** The first look: by the browser's inflate, with nothing hashed in step. */
async function lookAtLayer(
  blob: BlobReader,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Checked | null> {
  const table = new LayerTable();
  const inflate = new NativeGunzip((bytes) => table.push(bytes));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
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
    for await (const piece of blob.pieces()) {
      pieces.push(piece);
      await attempt(() => inflate.push(piece));
      options.onProgress({ received: blob.received, unpacked: inflate.produced, entries: table.entries });
    }
    const kept = concat(pieces);
    checkBlob(descriptor, await digestOf(kept, algorithmOf(descriptor.digest)));
    await attempt(() => inflate.end());
    table.end();
    if (!refused && table.problem === null) {
      options.onIndexed(table.index('gzip', null, inflate.produced), kept);
      return null;
    }
    // Several members, or damage: pako reads the one and says what is wrong with the other.
    const again = await BlobReader.start(streamOf(kept), descriptor);
    return await readLayer(again, descriptor, diffId, options);
  } finally {
    inflate.stop();
  }
}

function checkBlob({ digest: expected }: Descriptor, actual: Digest): void {
  if (actual !== expected) fail({ code: 'digest-mismatch', subject: 'layer', expected, actual });
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
