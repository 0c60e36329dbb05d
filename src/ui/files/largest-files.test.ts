import { expect, test } from 'vitest';
import { DIR, FILE, HARDLINK, type EntryType } from '../../image/layer-index.ts';
import { largestFiles, type Sized } from './largest-files.ts';

const TYPES: readonly EntryType[] = [DIR, FILE, FILE, FILE, HARDLINK];

/** A node of `sizes` each, of any type. */
function treeOf(sizes: readonly number[], type: (node: number) => EntryType): Sized {
  return { count: sizes.length, type, totalSize: (node) => sizes[node]! };
}

test('they are those that sorting all files by size puts first', () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 0x7fffffff) % below;
  for (let round = 0; round < 200; round++) {
    const sizes = Array.from({ length: random(60) }, () => random(40));
    const types = sizes.map(() => TYPES[random(TYPES.length)]!);
    const most = 1 + random(12);
    const slow = sizes
      .map((size, node) => ({ size, node }))
      .filter(({ size, node }) => size > 0 && types[node] === FILE)
      .sort((a, b) => b.size - a.size || a.node - b.node)
      .slice(0, most)
      .map(({ node }) => node);
    expect(
      largestFiles(
        treeOf(sizes, (node) => types[node]!),
        most,
      ),
    ).toEqual(slow);
  }
});
