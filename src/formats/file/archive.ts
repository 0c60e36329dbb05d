/** What an archive in an image holds: one list for every format, bounded, made without unpacking anything to keep. */
import type { Bytes } from '../../base/bytes.ts';
import { readable } from '../../base/bytes.ts';

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

/** Collects members, hands them on in batches, and stops at its limit. */
export class MemberList {
  readonly #onMembers: (members: readonly Member[]) => void;
  #batch: Member[] = [];
  count = 0;
  total = 0;

  constructor(onMembers: (members: readonly Member[]) => void) {
    this.#onMembers = onMembers;
  }

  get isFull(): boolean {
    return this.count >= MAX_MEMBERS;
  }

  /** Nothing where it is full. */
  add(member: Member): void {
    if (this.isFull) return;
    this.count++;
    this.total += member.size ?? 0;
    this.#batch.push(member);
    if (this.#batch.length >= BATCH) this.flush();
  }

  flush(): void {
    if (this.#batch.length > 0) this.#onMembers(this.#batch);
    this.#batch = [];
  }
}

/** For a list. */
export function nameText(bytes: Uint8Array): string {
  const text = readable(bytes.subarray(0, MAX_NAME * 4));
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME)}…`;
}
