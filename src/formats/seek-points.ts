import type { Bytes } from '../base/bytes.ts';

/**
 * Where reading may start in the middle of a compressed layer. Point `i` stands at byte `input[i]` of the blob and at
 * byte `output[i]` of what it unpacks to; both ascend. For gzip, `bits[i]` (0 to 7) bits of `hold[i]` are still to be
 * used before the byte at `input[i]`, and the (at most 32 KiB) output before the point, the window, stands at
 * `windows[windowStart[i] .. + windowLength[i]]` (the idea of zlib's examples/zran.c). Where a gzip member or a zstd
 * frame starts anew, `fresh[i]` is 1 and there is no window. Plain data: it crosses threads and is stored as it is.
 */
export interface SeekPoints {
  readonly count: number;
  readonly input: Float64Array<ArrayBuffer>;
  readonly output: Float64Array<ArrayBuffer>;
  readonly fresh: Uint8Array<ArrayBuffer>;
  readonly bits: Uint8Array<ArrayBuffer>;
  readonly hold: Uint32Array<ArrayBuffer>;
  readonly windowStart: Uint32Array<ArrayBuffer>;
  readonly windowLength: Uint32Array<ArrayBuffer>;
  readonly windows: Bytes;
}
