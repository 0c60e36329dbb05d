/** Why a name has no bytes to show, in words. */
import type { NodeBytes } from '../../image/bytes-of-node.ts';

type Why = Extract<NodeBytes, { kind: 'none' }>['why'];

const WORDS: Readonly<Record<Why, string>> = {
  folder: 'is a folder: it has no bytes of its own. Pick a file in it.',
  device: 'is a device: its bytes come from the machine that a container runs on.',
  fifo: 'is a named pipe: it only has bytes while something writes to it.',
  dangling: 'leads to nothing: there is no such file in the image.',
  loop: 'leads nowhere: its links go round in a circle, or over more than 40 of them.',
  unbound: 'is a hard link to a file that none of the layers has.',
};

/** Completes a sentence that begins with the name. */
export function noneWords(why: Why, hops: number): string {
  if (hops === 0 || why === 'dangling' || why === 'loop') return WORDS[why];
  return `leads to what ${WORDS[why]}`;
}
