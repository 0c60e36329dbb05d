/** Layers of few names, so that they get in each other's way: folders, files, links, whiteouts, opaque markers. */
import { Random } from './random.ts';
import type { TestEntry } from './tar-of.ts';

const NAMES = ['a', 'b', 'c'] as const;

/** One to four layers of one to nine entries; the same for the same seed. */
export function randomStack(seed: number): TestEntry[][] {
  const random = new Random(seed);
  return Array.from({ length: random.between(1, 4) }, () =>
    Array.from({ length: random.between(1, 9) }, () => randomEntry(random)),
  );
}

function randomEntry(random: Random): TestEntry {
  const depth = random.between(1, 3);
  const name = Array.from({ length: depth }, () => random.pick(NAMES)).join('/');
  switch (random.below(9)) {
    case 0:
    case 1:
      return { name: `${name}/`, type: 'dir', mode: random.pick([0o755, 0o700]) };
    case 2:
      return { name: name.replace(/[^/]+$/, '.wh.$&') };
    case 3:
      return { name: `${name}/.wh..wh..opq` };
    case 4:
      return { name, type: 'symlink', linkname: random.pick(NAMES) };
    case 5:
      return { name, type: 'hardlink', linkname: random.pick(NAMES) };
    case 6:
      return random.oneIn(8) ? { name: '.wh..wh..opq' } : { name, type: 'fifo' };
    default:
      return { name, content: 'x'.repeat(random.below(4)) };
  }
}
