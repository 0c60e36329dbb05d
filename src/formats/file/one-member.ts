/** One file that is in an archive, taken out of it. */
import { unreachable } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';
import { goThroughAr } from './ar.ts';
import { gather, MAX_UNPACKED, type Member, type Members, type TakesData } from './archive.ts';
import type { ArchiveFormat } from './file-kind.ts';
import { compressionOf, goThrough } from './packed.ts';
import type { RandomAccess } from './random-access.ts';
import { goThroughZip } from './zip.ts';

/** Bytes of a member that is opened: it is held whole. */
export const MAX_MEMBER = 64 * 1024 * 1024;

/**
 * The file that the archive's list calls `name`: of several, the last one, which is what unpacking leaves. What was compressed
 * alone is the one file that is in it, whatever it is called. Fails with `not-found`, `too-large` (of more than `MAX_MEMBER`, or so deep in something compressed that no list goes there),
 * `unsupported`, `malformed`, and as the file's bytes do.
 */
export async function readMember(
  file: RandomAccess,
  format: ArchiveFormat,
  name: string,
  onProgress: (read: number) => void,
): Promise<Bytes> {
  const one = new OneMember(name);
  switch (format) {
    case 'zip':
      await goThroughZip(file, one);
      break;
    case 'ar': {
      const { unread } = await goThroughAr(file, one, onProgress);
      if (!one.isThere && unread.length > 0) {
        fail({ code: 'unsupported', what: 'compression', name: unread.join(', ') });
      }
      break;
    }
    case 'tar':
    case 'cpio':
    case 'gzip':
    case 'zstd': {
      const compression = await compressionOf(file, format);
      const { cut, head, produced } = await goThrough(file, one, compression, onProgress, MAX_MEMBER);
      if (head !== null && produced > MAX_MEMBER) {
        fail({ code: 'too-large', what: 'a file that was compressed', limit: MAX_MEMBER });
      }
      if (head !== null && produced === head.length) return head;
      if (cut !== null) fail({ code: 'too-large', what: 'what an archive unpacks to', limit: MAX_UNPACKED });
      break;
    }
    default:
      return unreachable(format);
  }
  return one.bytes;
}

class OneMember implements Members {
  readonly #name: string;
  isThere = false;
  #bytes: Bytes | null = null;
  readonly isFull = false;

  constructor(name: string) {
    this.#name = name;
  }

  add({ name, type, size }: Member): TakesData | null {
    if (name !== this.#name || type !== 'file') return null;
    if (size === null || size > MAX_MEMBER) {
      return fail({ code: 'too-large', what: 'a file in an archive', limit: MAX_MEMBER, actual: size ?? 0 });
    }
    this.isThere = true;
    this.#bytes = null;
    return gather(size, (bytes) => (this.#bytes = bytes));
  }

  /** When the archive was gone through. */
  get bytes(): Bytes {
    if (this.#bytes !== null) return this.#bytes;
    // Of what is there, only the data of sparse files are not given.
    if (this.isThere) fail({ code: 'unsupported', what: 'feature', name: 'a sparse file in a tar' });
    return fail({ code: 'not-found', what: 'member', name: this.#name });
  }
}
