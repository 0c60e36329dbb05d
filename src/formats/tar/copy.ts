/**
 * Copies of short stretches, many a page. An engine gives a typed array past some 64 bytes a buffer of its own, which
 * costs more than all else that is done for an entry: tars of long names and of PAX records read twice as fast so.
 */
import type { Bytes } from '../../base/bytes.ts';

/** Small, since one copy that is kept keeps its page. */
const PAGE = 16 * 1024;
const LONGEST = 1024;

const NO_BYTES: Bytes = new Uint8Array(0);

let page = new ArrayBuffer(PAGE);
let whole = new Uint8Array(page);
let used = 0;

/** `bytes` from `from` to `end`, which then nobody else changes. */
export function copyOf(bytes: Uint8Array, from: number, end: number): Bytes {
  const length = end - from;
  if (length <= 0) return NO_BYTES;
  if (length > LONGEST) return new Uint8Array(bytes.subarray(from, end));
  if (used + length > PAGE) {
    page = new ArrayBuffer(PAGE);
    whole = new Uint8Array(page);
    used = 0;
  }
  const start = used;
  for (let i = 0; i < length; i++) whole[start + i] = bytes[from + i]!;
  used += length;
  return new Uint8Array(page, start, length);
}
