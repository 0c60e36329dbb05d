/** What an archive in an image holds: one list for every format, bounded, made without unpacking anything to keep. */
import { concat, readable, type Bytes } from '../../base/bytes.ts';

export type MemberType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'other';

export interface Member {
  /** Readable, and cut where it is longer than any name in use. */
  readonly name: string;
  readonly type: MemberType;
  /** Bytes, unpacked; null where the archive does not say. */
  readonly size: number | null;
  /** Permission bits; null where the archive has none. */
  readonly mode: number | null;
  /** Seconds since 1970; null where the archive has none. */
  readonly mtime: number | null;
  /** Where a link leads; empty for all else. */
  readonly link: string;
}

export interface Archive {
  readonly kind: 'archive';
  /** `zip`, `tar`, `tar, gzip` … */
  readonly format: string;
  /** Members, and bytes in them; of those that were listed. */
  readonly count: number;
  readonly total: number;
  /** Why there are more than those that were listed; null where these are all. */
  readonly cut: 'members' | 'bytes' | null;
  /** Parts that cannot be read here: `data.tar.xz`. */
  readonly unread: readonly string[];
  /** What the archive says of itself: `control` of a Debian package, `META-INF/MANIFEST.MF` of a jar. */
  readonly about: { readonly name: string; readonly text: string } | null;
  /** The first bytes of what is compressed alone, without an archive around it; null for archives. */
  readonly head: Bytes | null;
}

/** Takes the data of one member: pieces that are good until it returns. */
export type TakesData = (bytes: Uint8Array) => void;

/** Whoever is told of an archive's members, in their order. */
export interface Members {
  /** No more are wanted. */
  readonly isFull: boolean;
  /** What takes the data of `member`, which come before the next one; null where nobody wants them. */
  add(member: Member): TakesData | null;
}

/** Members that are listed: the rest is counted, or not looked at. */
export const MAX_MEMBERS = 50_000;
/** Bytes that are unpacked for a listing: some ten seconds. */
export const MAX_UNPACKED = 2 * 1024 * 1024 * 1024;
/** Bytes of a text about an archive. */
export const MAX_ABOUT = 64 * 1024;
/** Bytes of what is compressed alone that are shown. */
export const MAX_HEAD = 1024 * 1024;
/** UTF-16 code units of a name in a list. All of the names of a list together stay under 100 MB. */
const MAX_NAME = 1024;
/** Members that cross to the page at once. */
const BATCH = 500;

/** Collects members, hands them on in batches, and stops at its limit. Keeps what one of them says of the archive. */
export class MemberList implements Members {
  readonly #onMembers: (members: readonly Member[]) => void;
  readonly #isAbout: (name: string) => boolean;
  #batch: Member[] = [];
  count = 0;
  total = 0;
  about: Archive['about'] = null;

  /** `isAbout`: of the member whose text says what the archive is. The first one counts. */
  constructor(
    onMembers: (members: readonly Member[]) => void,
    isAbout: (name: string) => boolean = () => false,
  ) {
    this.#onMembers = onMembers;
    this.#isAbout = isAbout;
  }

  get isFull(): boolean {
    return this.count >= MAX_MEMBERS;
  }

  /** Nothing where it is full. */
  add(member: Member): TakesData | null {
    if (this.isFull) return null;
    this.count++;
    this.total += member.size ?? 0;
    this.#batch.push(member);
    if (this.#batch.length >= BATCH) this.flush();
    const { name, type, size } = member;
    const isText = type === 'file' && size !== null && size <= MAX_ABOUT;
    if (this.about !== null || !isText || !this.#isAbout(name)) return null;
    return gather(size, (bytes) => (this.about ??= { name, text: readable(bytes) }));
  }

  flush(): void {
    if (this.#batch.length > 0) this.#onMembers(this.#batch);
    this.#batch = [];
  }
}

/** What takes `size` bytes, and hands them on when all have come: at once where there are none. */
export function gather(size: number, onAll: (bytes: Bytes) => void): TakesData {
  const pieces: Bytes[] = [];
  let left = size;
  if (left === 0) onAll(new Uint8Array(0));
  return (bytes) => {
    pieces.push(bytes.slice());
    left -= bytes.length;
    if (left === 0) onAll(concat(pieces));
  };
}

/** For a list. */
export function nameText(bytes: Uint8Array): string {
  const text = readable(bytes.subarray(0, MAX_NAME * 4));
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME)}…`;
}
