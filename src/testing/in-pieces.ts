/** Cuts bytes as a network might, for the law that no answer depends on where the bytes were cut. */
import type { Random } from './random.ts';

/** `bytes` as pieces of `size` bytes (the last may be shorter), views of the same memory; none for no bytes. */
export function inPieces<B extends ArrayBufferLike>(bytes: Uint8Array<B>, size: number): Uint8Array<B>[] {
  if (!(size >= 1)) throw new RangeError(`pieces of ${size} bytes`);
  const pieces: Uint8Array<B>[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** `bytes` cut at drawn places, small pieces and large ones mixed, empty pieces among them. */
export function inRandomPieces<B extends ArrayBufferLike>(
  bytes: Uint8Array<B>,
  random: Random,
): Uint8Array<B>[] {
  const pieces: Uint8Array<B>[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.below(random.pick([1, 2, 8, 100, 513, 2000, 20_000]) + 1);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
