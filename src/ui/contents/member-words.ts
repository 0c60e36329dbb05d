import type { MemberType } from '../../formats/file/archive.ts';
import { CHAR, DIR, FILE, HARDLINK, SYMLINK, type EntryType } from '../../image/layer-index.ts';

/** For the first letter of a mode. */
export const MODE_TYPES: Readonly<Record<MemberType, EntryType>> = {
  file: FILE,
  dir: DIR,
  symlink: SYMLINK,
  hardlink: HARDLINK,
  other: CHAR,
};
