/** Why a word of a query was left out, and what would do. */
import type { QueryFault } from '../../image/find/query.ts';

export function faultWords({ why }: QueryFault): string {
  switch (why) {
    case 'type':
      return 'is no type: file, dir, symlink, hardlink, char, block or fifo.';
    case 'size':
      return 'is no size: write size:>10M, size:1k..2M or size:0.';
    case 'mode':
      return 'is no mode: setuid, setgid, sticky, world-writable, executable, or octal as 0755.';
    case 'number':
      return 'wants the number of a layer: 2, >1 or 1..3.';
    case 'state':
      return 'is neither is:changed nor is:deleted.';
    case 'regexp':
      return 'is no regular expression (yet).';
    case 'contents-twice':
      return 'is left out: one text at a time can be looked for in files.';
    case 'contents-not':
      return 'is left out: files without a text cannot be looked for.';
  }
}
