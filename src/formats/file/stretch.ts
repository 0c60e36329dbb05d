/** A part of a file as a file of its own: what an archive holds unpacked. */
import type { RandomAccess } from './random-access.ts';

export function stretchOf(file: RandomAccess, start: number, size: number): RandomAccess {
  return {
    size,
    read: (from, to) => file.read(start + Math.max(0, from), start + Math.min(size, to)),
    async *stream(from) {
      let left = size - from;
      if (left <= 0) return;
      for await (const piece of file.stream(start + from)) {
        yield piece.length <= left ? piece : piece.subarray(0, left);
        left -= piece.length;
        if (left <= 0) return;
      }
    },
  };
}
