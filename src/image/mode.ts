/** Types and permission bits as `ls -l` writes them (POSIX.1-2017, ls, "The file mode string"). */
import { BLOCK, CHAR, DIR, FIFO, SYMLINK, type EntryType } from './layer-index.ts';

/** `-rwsr-xr-x` for a file with 0o4755. A hard link is a name of what it is bound to: give that one's type. */
export function modeText(type: EntryType, mode: number): string {
  return (
    letterOf(type) +
    triplet(mode >> 6, mode & 0o4000, 's') +
    triplet(mode >> 3, mode & 0o2000, 's') +
    triplet(mode, mode & 0o1000, 't')
  );
}

function letterOf(type: EntryType): string {
  switch (type) {
    case DIR:
      return 'd';
    case SYMLINK:
      return 'l';
    case CHAR:
      return 'c';
    case BLOCK:
      return 'b';
    case FIFO:
      return 'p';
    default:
      return '-';
  }
}

/** A special bit takes the place of `x`; it is a capital where nobody may execute. */
function triplet(bits: number, special: number, letter: string): string {
  const execute = (bits & 1) !== 0;
  const last = special === 0 ? (execute ? 'x' : '-') : execute ? letter : letter.toUpperCase();
  return ((bits & 4) !== 0 ? 'r' : '-') + ((bits & 2) !== 0 ? 'w' : '-') + last;
}
