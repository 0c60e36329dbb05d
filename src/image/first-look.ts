/**
 * A first look at a gzip layer, by the browser's own inflate: it is faster than ours, but takes one member only, makes no
 * seek points and cannot say what is wrong. What it leaves is made up for when the tree is on the screen.
 */
import type { Bytes } from '../base/bytes.ts';
import { release } from '../base/release.ts';
import { piecesOf } from '../base/streams.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../formats/digest.ts';
import { NativeGunzip, NativeRefusal } from '../formats/gzip/native-gunzip.ts';
import { ContentHash, createHash, digestOf, isHashedAsItComes, WEB_CRYPTO_LIMIT } from '../formats/hash.ts';
import { checkContent, failSize } from '../sources/verified.ts';
import { checkDiffId, diffIdAlgorithm } from './diff-id.ts';
import type { IndexLayerOptions } from './indexing.ts';
import { LayerTable } from './layer-table.ts';

/** The blob is what the descriptor says; what it unpacks to is not checked yet, and its seek points are not known. */
export interface Looked {
  readonly kind: 'looked';
  readonly blob: Bytes;
  /** What it unpacks to, where that was kept; its buffer may be longer. */
  readonly unpacked: Bytes | null;
  /** Bytes that it unpacks to. */
  readonly unpackedSize: number;
  /** Of what it unpacks to, where that was hashed on the way. */
  readonly found: Digest | null;
}

/** Progress is told, and a problem noticed, once in so many bytes of the blob. */
const PIECE = 256 * 1024;

/**
 * Bytes that a blob may unpack to for a look: what gives more is read as a stream, whose memory is flat. The browser hands
 * out fresh memory for all that it inflates, and is not fast to take it back. At least 256 MiB: headers by the hundred thousand
 * pack to a thirtieth, and are no bomb.
 */
const LOOK_RATIO = 16;
const LOOK_AT_LEAST = 256 * 1024 * 1024;
const LOOK_AT_MOST = 2 * 1024 * 1024 * 1024;

/**
 * Reads a stream, whose pieces may be fleeting, into `blob`, which is as long as the descriptor says, and indexes it. Null where the browser's inflate would
 * not have it, or it is too much for a look: the blob is right, and another has to read it.
 */
export async function lookAtLayer(
  stream: ReadableStream<Uint8Array>,
  blob: Bytes,
  descriptor: Descriptor,
  diffId: Digest | null,
  { keep, onProgress, onIndexed }: IndexLayerOptions,
): Promise<Looked | null> {
  const table = new LayerTable();
  const algorithm = diffIdAlgorithm(diffId);
  const hash = isHashedAsItComes(algorithm) ? createHash(algorithm) : null;
  const kept = new Kept(hash === null || keep.forFile === true ? keep.unpacked : 0);
  const inflate = new NativeGunzip((bytes) => {
    table.push(bytes);
    hash?.update(bytes);
    kept.push(bytes);
  });
  let received = 0;
  const most = Math.min(LOOK_AT_MOST, Math.max(LOOK_AT_LEAST, descriptor.size * LOOK_RATIO));
  let refused = false;
  const attempt = async (step: () => Promise<void>) => {
    if (refused) return;
    try {
      await step();
      if (inflate.produced > most) {
        refused = true;
        inflate.stop();
      }
    } catch (error) {
      if (!(error instanceof NativeRefusal)) throw error;
      refused = true;
    }
  };
  try {
    for await (const piece of piecesOf(stream, PIECE)) {
      if (received + piece.length > blob.length) failSize(descriptor, 'layer', received + piece.length);
      // The piece is gone when the next one comes, and the inflate takes its time.
      const part = blob.subarray(received, received + piece.length);
      part.set(piece);
      received += piece.length;
      await attempt(() => inflate.push(part));
      onProgress({ received, unpacked: inflate.produced, entries: table.entries });
    }
    if (received < blob.length) failSize(descriptor, 'layer', received);
    await checkContent(blob, descriptor, 'layer');
    await attempt(() => inflate.end());
    table.end();
    if (refused || table.problem !== null) return null;
    onIndexed(table.index('gzip', inflate.produced));
    const found = hash?.digest() ?? null;
    return { kind: 'looked', blob, unpacked: kept.all, unpackedSize: inflate.produced, found };
  } finally {
    inflate.stop();
  }
}

/** The diff ID of what was looked at, which is used up. Fails with `digest-mismatch`. */
export async function checkLooked(
  { blob, unpacked, unpackedSize, found }: Looked,
  diffId: Digest | null,
): Promise<Digest> {
  if (found !== null) {
    checkDiffId(found, diffId);
    return found;
  }
  const algorithm = diffIdAlgorithm(diffId);
  const hashing =
    unpacked === null ? hashUnpacked(blob, unpackedSize, algorithm) : digestOf(unpacked, algorithm);
  // WebCrypto has its own copy as soon as it was called.
  if (unpacked !== null) release(unpacked);
  const actual = await hashing;
  checkDiffId(actual, diffId);
  return actual;
}

async function hashUnpacked(blob: Bytes, size: number, algorithm: DigestAlgorithm): Promise<Digest> {
  const hash = size > WEB_CRYPTO_LIMIT ? createHash(algorithm) : new ContentHash(algorithm, WEB_CRYPTO_LIMIT);
  const inflate = new NativeGunzip((bytes) => {
    hash.update(bytes);
    release(bytes);
  });
  for (let at = 0; at < blob.length; at += PIECE) await inflate.push(blob.subarray(at, at + PIECE));
  await inflate.end();
  return hash.digest();
}

/**
 * What comes, in one array, while there is room: that of all the room, of which the system gives no page before it is
 * written to. WebCrypto wants it so, and the memory of each piece serves the next.
 */
class Kept {
  #bytes: Bytes | null;
  #length = 0;

  constructor(room: number) {
    this.#bytes = room === 0 ? null : tryArray(Math.min(room, WEB_CRYPTO_LIMIT));
  }

  /** Copies the bytes, and lets go of their memory. */
  push(bytes: Bytes): void {
    const end = this.#length + bytes.length;
    if (this.#bytes !== null && end > this.#bytes.length) {
      release(this.#bytes);
      this.#bytes = null;
    }
    this.#bytes?.set(bytes, this.#length);
    this.#length = end;
    release(bytes);
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
