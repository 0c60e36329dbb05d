/**
 * A first look at a layer that is kept in memory while it comes: what is shown of it waits for the digest of its blob, and not for
 * that of what it unpacks to, which is made up for when the tree is on the screen.
 */
import type { Bytes } from '../base/bytes.ts';
import { release } from '../base/release.ts';
import { piecesOf } from '../base/streams.ts';
import type { Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest, type DigestAlgorithm } from '../formats/digest.ts';
import { ContentHash, createHash, digestOf, isHashedAsItComes, WEB_CRYPTO_LIMIT } from '../formats/hash.ts';
import { createUnpacker } from '../formats/unpack.ts';
import { checkContent, checkDigest, failSize } from '../sources/verified.ts';
import { checkDiffId, diffIdAlgorithm } from './diff-id.ts';
import { PIECE, type IndexLayerOptions } from './indexing.ts';
import { LayerTable } from './layer-table.ts';

/** The blob is what the descriptor says; what it unpacks to is not checked yet. */
export interface Looked {
  readonly kind: 'looked';
  readonly blob: Bytes;
  readonly compression: Compression;
  /** What it unpacks to, where that was kept; its buffer may be longer. */
  readonly unpacked: Bytes | null;
  /** Bytes that it unpacks to. */
  readonly unpackedSize: number;
  /** Of what it unpacks to, where that was hashed on the way. */
  readonly found: Digest | null;
}

/** Reads a stream, whose pieces may be fleeting, into `blob`, which is as long as the descriptor says, and indexes it. */
export async function lookAtLayer(
  stream: ReadableStream<Uint8Array>,
  blob: Bytes,
  compression: Compression,
  descriptor: Descriptor,
  diffId: Digest | null,
  { keep, onProgress, onIndexed }: IndexLayerOptions,
): Promise<Looked> {
  const table = new LayerTable();
  const blobHash = hashAsItComes(algorithmOf(descriptor.digest));
  const hash = hashAsItComes(diffIdAlgorithm(diffId));
  const kept = new Kept(hash === null || keep.forFile === true ? keep.unpacked : 0);
  const unpacker = createUnpacker(compression, (bytes) => {
    table.push(bytes);
    hash?.update(bytes);
    kept.push(bytes);
  });
  let received = 0;
  for await (const piece of piecesOf(stream, PIECE)) {
    if (received + piece.length > blob.length) failSize(descriptor, 'layer', received + piece.length);
    blob.set(piece, received);
    received += piece.length;
    blobHash?.update(piece);
    table.attempt(() => unpacker.push(piece));
    onProgress({ received, unpacked: unpacker.produced, entries: table.entries });
  }
  if (received < blob.length) failSize(descriptor, 'layer', received);
  if (blobHash === null) await checkContent(blob, descriptor, 'layer');
  else checkDigest(blobHash.digest(), descriptor, 'layer');
  table.attempt(() => unpacker.end());
  table.end();
  const index = table.index(compression, unpacker.produced);
  onIndexed({ index, seekPoints: unpacker.seekPoints() });
  const found = hash?.digest() ?? null;
  return { kind: 'looked', blob, compression, unpacked: kept.all, unpackedSize: unpacker.produced, found };
}

const hashAsItComes = (algorithm: DigestAlgorithm) =>
  isHashedAsItComes(algorithm) ? createHash(algorithm) : null;

/** The diff ID of what was looked at, which is used up. Fails with `digest-mismatch`. */
export async function checkLooked(looked: Looked, diffId: Digest | null): Promise<Digest> {
  const actual = looked.found ?? (await hashLooked(looked, diffIdAlgorithm(diffId)));
  checkDiffId(actual, diffId);
  return actual;
}

function hashLooked(looked: Looked, algorithm: DigestAlgorithm): Promise<Digest> {
  const { unpacked } = looked;
  if (unpacked === null) return hashUnpacked(looked, algorithm);
  const hashing = digestOf(unpacked, algorithm);
  // WebCrypto has its own copy as soon as it was called.
  release(unpacked);
  return hashing;
}

async function hashUnpacked(
  { blob, compression, unpackedSize }: Looked,
  algorithm: DigestAlgorithm,
): Promise<Digest> {
  const fits = unpackedSize <= WEB_CRYPTO_LIMIT;
  const hash = fits ? new ContentHash(algorithm, WEB_CRYPTO_LIMIT) : createHash(algorithm);
  const unpacker = createUnpacker(compression, (bytes) => hash.update(bytes), {
    maxPoints: 1,
    checksums: false,
  });
  for (let at = 0; at < blob.length; at += PIECE) unpacker.push(blob.subarray(at, at + PIECE));
  unpacker.end();
  return hash.digest();
}

/**
 * What comes, in one array, while there is room: that of all the room, of which the system gives no page before it is
 * written to. WebCrypto wants it so.
 */
class Kept {
  #bytes: Bytes | null;
  #length = 0;

  constructor(room: number) {
    this.#bytes = room === 0 ? null : tryArray(Math.min(room, WEB_CRYPTO_LIMIT));
  }

  /** Copies the bytes. */
  push(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (this.#bytes !== null && end > this.#bytes.length) {
      release(this.#bytes);
      this.#bytes = null;
    }
    this.#bytes?.set(bytes, this.#length);
    this.#length = end;
  }

  /** Null where there was more than there was room for. */
  get all(): Bytes | null {
    return this.#bytes?.subarray(0, this.#length) ?? null;
  }
}

/** Null where the browser has no room for so many bytes: what is not kept is unpacked again. */
function tryArray(length: number): Bytes | null {
  try {
    return new Uint8Array(length);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
