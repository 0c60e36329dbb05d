/** Headers of zstd frames (RFC 8878, section 3.1.1.1). */
import { fail } from '../../base/problem.ts';
import { damaged } from './bits.ts';

export const FRAME_MAGIC = 0xfd2fb528;

/** Section 3.1.2: sixteen magic numbers, 0x184D2A50 to 0x184D2A5F. */
export function isSkippableMagic(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5;
}

/**
 * The largest window that is taken: memory of that size is needed. It is what the zstd tool takes unless told
 * otherwise, and what its levels use at most without `--long` above 27.
 */
export const MAX_WINDOW = 128 * 1024 * 1024;

export interface FrameHeader {
  /** Bytes, at most MAX_WINDOW: how far back a match may reach. */
  readonly windowSize: number;
  /** Bytes of the content; null where the header does not say. */
  readonly contentSize: number | null;
  readonly hasChecksum: boolean;
}

/** Bytes of the header after the magic number, its first byte (the descriptor) included. */
export function frameHeaderLength(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  return 1 + (1 - single) + dictionaryIdLength(descriptor) + contentSizeLength(descriptor);
}

const dictionaryIdLength = (descriptor: number) => [0, 1, 2, 4][descriptor & 3]!;

function contentSizeLength(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 ? (descriptor >> 5) & 1 : 2 ** flag;
}

/** Reads the header that stands at `start`, behind the magic number. Fails before anything is allocated for it. */
export function readFrameHeader(bytes: Uint8Array, start: number): FrameHeader {
  let at = start;
  const take = (length: number) => {
    let value = 0;
    for (let i = 0, unit = 1; i < length; i++, unit *= 256) value += bytes[at++]! * unit;
    return value;
  };
  const descriptor = take(1);
  if (descriptor & 8) damaged('reserved bit in the frame header');
  const single = (descriptor & 32) !== 0;
  let windowSize = 0;
  if (!single) {
    const window = take(1);
    const power = 2 ** (10 + (window >> 3));
    windowSize = power + (power / 8) * (window & 7);
  }
  // Dictionary 0 is none. Layers come without: nothing tells a reader where to find it.
  if (take(dictionaryIdLength(descriptor)) !== 0) {
    fail({ code: 'unsupported', what: 'compression', name: 'zstd with a dictionary' });
  }
  const sizeLength = contentSizeLength(descriptor);
  const contentSize = sizeLength === 0 ? null : take(sizeLength) + (sizeLength === 2 ? 256 : 0);
  if (contentSize !== null && !Number.isSafeInteger(contentSize)) damaged('content size above 2^53');
  if (single) windowSize = contentSize!;
  if (windowSize > MAX_WINDOW) {
    fail({ code: 'too-large', what: 'zstd window', limit: MAX_WINDOW, actual: windowSize });
  }
  return { windowSize, contentSize, hasChecksum: (descriptor & 4) !== 0 };
}
