/**
 * A first look at a gzip layer, by the browser's own inflate: it is faster than ours, but takes one member only, makes no
 * seek points and cannot say what is wrong. What it leaves is made up for when the tree is on the screen.
 */
import type { Bytes } from '../base/bytes.ts';
import { release } from '../base/release.ts';
import { piecesOf } from '../base/streams.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { NativeGunzip, NativeRefusal } from '../formats/gzip/native-gunzip.ts';
import { ContentHash, WEB_CRYPTO_LIMIT } from '../formats/hash.ts';
import { checkContent, failSize } from '../sources/verified.ts';
import { checkDiffId, diffIdAlgorithm } from './diff-id.ts';
import type { IndexLayerOptions } from './index-layer.ts';
import { LayerTable } from './layer-table.ts';

/** The blob is what the descriptor says; what it unpacks to is not checked yet, and its seek points are not known. */
export interface Looked {
  readonly kind: 'looked';
  readonly blob: Bytes;
  /** What it unpacks to, where that was kept: in pieces, and as so many bytes. */
  readonly unpacked: { readonly pieces: readonly Bytes[]; readonly length: number } | null;
}

/** Progress is told, and a problem noticed, once in so many bytes of the blob. */
const PIECE = 256 * 1024;

/**
 * Bytes that a blob may unpack to for a look: what gives more is read as a stream, whose memory is flat. The browser hands
 * out fresh memory for all that it inflates, and is not fast to take it back.
 */
const LOOK_RATIO = 16;
const LOOK_AT_LEAST = 64 * 1024 * 1024;
const LOOK_AT_MOST = 2 * 1024 * 1024 * 1024;

/**
 * Reads a blob into memory and indexes it. `looked` is null where the browser's inflate would not have it, or it is too much
 * for a look: the blob is right, and another has to read it.
 */
export async function lookAtLayer(
  stream: ReadableStream<Uint8Array>,
  descriptor: Descriptor,
  { keep, onProgress, onIndexed }: IndexLayerOptions,
): Promise<{ readonly blob: Bytes; readonly looked: Looked | null }> {
  const table = new LayerTable();
  const kept = new Kept(keep.unpacked);
  const inflate = new NativeGunzip((bytes) => {
    table.push(bytes);
    kept.push(bytes);
  });
  // The size is claimed, but within `keep.blob`; and memory is taken only as it is written to.
  const blob = new Uint8Array(descriptor.size);
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
      blob.set(piece, received);
      received += piece.length;
      await attempt(() => inflate.push(piece));
      onProgress({ received, unpacked: inflate.produced, entries: table.entries });
    }
    if (received < blob.length) failSize(descriptor, 'layer', received);
    await checkContent(blob, descriptor, 'layer');
    await attempt(() => inflate.end());
    table.end();
    if (refused || table.problem !== null) {
      return { blob, looked: null };
    }
    onIndexed(table.index('gzip', inflate.produced));
    return { blob, looked: { kind: 'looked', blob, unpacked: kept.all } };
  } finally {
    inflate.stop();
  }
}

/** The diff ID of what was looked at, which is used up. Fails with `digest-mismatch`. */
export async function checkLooked({ blob, unpacked }: Looked, diffId: Digest | null): Promise<Digest> {
  const hash = new ContentHash(diffIdAlgorithm(diffId), WEB_CRYPTO_LIMIT);
  const push = (bytes: Bytes) => {
    hash.update(bytes);
    release(bytes);
  };
  if (unpacked !== null) unpacked.pieces.forEach(push);
  else {
    const inflate = new NativeGunzip(push);
    for (let at = 0; at < blob.length; at += PIECE) await inflate.push(blob.subarray(at, at + PIECE));
    await inflate.end();
  }
  const actual = await hash.digest();
  checkDiffId(actual, diffId);
  return actual;
}

/**
 * Pieces as they came, while there is room: to copy them into one array would take fresh memory for all of it before the
 * tree is shown.
 */
class Kept {
  readonly #room: number;
  #pieces: Bytes[] | null;
  #length = 0;

  constructor(room: number) {
    this.#room = room;
    this.#pieces = room === 0 ? null : [];
  }

  /** Keeps the bytes, or lets go of their memory. */
  push(bytes: Bytes): void {
    this.#length += bytes.length;
    if (this.#pieces !== null && this.#length > this.#room) {
      this.#pieces.forEach(release);
      this.#pieces = null;
    }
    if (this.#pieces === null) release(bytes);
    else this.#pieces.push(bytes);
  }

  /** Null where there was more than there was room for. */
  get all(): Looked['unpacked'] {
    return this.#pieces && { pieces: this.#pieces, length: this.#length };
  }
}
