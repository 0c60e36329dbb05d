/** A file that can be read anywhere: the seam between those who know what it is and whoever has its bytes. */
import { concat, type Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';

export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** Bytes `start` to `end`, the end not included; fewer where the file ends before. Its own copy, or a view of one. */
  read(start: number, end: number): Promise<Bytes>;
  /** From `start` to the end of the file, as they come. */
  stream(start: number): AsyncIterable<Bytes>;
}

/** Bytes that one table, name or note of a file may have: past it, it is not read. */
export const PIECE_LIMIT = 16 * 1024 * 1024;

/** Exactly `length` bytes from `start`. Fails with `malformed` where the file does not have them, and `too-large`. */
export async function readExactly(
  file: RandomAccess,
  start: number,
  length: number,
  what: string,
): Promise<Bytes> {
  if (length > PIECE_LIMIT) fail({ code: 'too-large', what, limit: PIECE_LIMIT, actual: length });
  if (!(start >= 0 && length >= 0 && start + length <= file.size)) {
    malformed(`${what} is past the end`, start);
  }
  const bytes = await file.read(start, start + length);
  if (bytes.length < length) malformed(`${what} ends too early`, start);
  return bytes;
}

/** Of a file that is not what it begins like. `offset` in bytes of the file. */
export function malformed(reason: string, offset?: number): never {
  return fail({ code: 'malformed', format: 'file', reason, ...(offset === undefined ? {} : { offset }) });
}

/** Bytes of one page: a seek costs as much as to unpack some of them. */
const PAGE = 256 * 1024;
const PAGES = 32;

/**
 * The same file, read in pages that are kept for a while: readers hop to and fro between tables, and each hop into a
 * compressed layer costs some milliseconds.
 */
export function inPages(file: RandomAccess): RandomAccess {
  const pages = new Map<number, Bytes>();
  const page = async (number: number): Promise<Bytes> => {
    const known = pages.get(number);
    if (known !== undefined) return known;
    const bytes = await file.read(number * PAGE, Math.min(file.size, (number + 1) * PAGE));
    for (const old of pages.keys()) {
      if (pages.size < PAGES) break;
      pages.delete(old);
    }
    pages.set(number, bytes);
    return bytes;
  };
  return {
    size: file.size,
    stream: (start) => file.stream(start),
    async read(from, to) {
      const start = Math.max(0, from);
      const end = Math.min(to, file.size);
      if (start >= end) return new Uint8Array(0);
      const first = Math.floor(start / PAGE);
      const last = Math.floor((end - 1) / PAGE);
      // What is longer than a few pages is not asked for twice.
      if (last - first >= PAGES / 4) return file.read(start, end);
      const pieces: Bytes[] = [];
      for (let number = first; number <= last; number++) {
        const bytes = await page(number);
        pieces.push(bytes.subarray(Math.max(0, start - number * PAGE), end - number * PAGE));
      }
      return pieces.length === 1 ? pieces[0]! : concat(pieces);
    },
  };
}

/** What is in memory, as a file. */
export function accessTo(bytes: Bytes): RandomAccess {
  return {
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(Math.max(0, start), Math.max(0, end))),
    async *stream(start) {
      yield bytes.subarray(start);
    },
  };
}
