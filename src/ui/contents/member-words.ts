import type { Failure } from '../../base/problem.ts';
import type { MemberType } from '../../formats/file/archive.ts';
import { CHAR, DIR, FILE, HARDLINK, SYMLINK, type EntryType } from '../../image/layer-index.ts';
import { humanBytes } from '../shared/quantity.ts';

/** For the first letter of a mode. */
export const MODE_TYPES: Readonly<Record<MemberType, EntryType>> = {
  file: FILE,
  dir: DIR,
  symlink: SYMLINK,
  hardlink: HARDLINK,
  other: CHAR,
};

/** Why a file in an archive cannot be had, where trying again is of no use; null for what went wrong on the way. */
export function memberFault(failure: Failure): string | null {
  switch (failure.code) {
    case 'not-found':
      return 'The archive has no such file. The link may have been made for another version of it.';
    case 'too-large':
      return `It is larger than what is taken out of an archive here, which is ${humanBytes(failure.limit)} at most. Download the archive instead.`;
    case 'unsupported':
      return `It is packed in a way that is not read here: ${failure.name}.`;
    case 'malformed':
      return `The archive is damaged, or something else: ${failure.reason}.`;
    default:
      return null;
  }
}
