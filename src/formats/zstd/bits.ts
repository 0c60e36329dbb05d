/**
 * What the readers of zstd's bit streams share (RFC 8878, section 4). They load words of 32 bits at any byte, of which at
 * least 25 are of use once the bits before the wanted ones are gone.
 */
import { fail } from '../../base/problem.ts';

/** Everything that is wrong with a block. `zstd-unpacker.ts` adds the offset. */
export function damaged(reason: string): never {
  fail({ code: 'malformed', format: 'zstd', reason });
}

/**
 * Bytes that must be there, whatever they are, before and after the ones that are decoded: words are loaded from up to
 * 3 bytes past the end of a stream, and a damaged one is read up to 15 bytes past its start before that is noticed.
 */
export const PADDING = 64;

/** How many bits the last byte of a backward bit stream has below its end mark, the highest 1. */
export function bitsBelowMark(last: number): number {
  if (last === 0) damaged('bit stream without its end mark');
  return 31 - Math.clz32(last);
}
