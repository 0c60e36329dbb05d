import { describe, expect, it } from 'vitest';
import { toTheEnd } from '../../testing/to-the-end.ts';
import { treeOf } from '../../testing/tree-of.ts';
import { Random } from '../../testing/random.ts';
import { arrange, rowPath, type Arrangement } from './arrange.ts';
import { compareTrees, growthOf, type RowKind } from './compare-trees.ts';

const random = new Random(3);
const draw = (letter: string) =>
  Array.from({ length: 6000 }, (_, i) => `${letter}${i} (${random.below(9)})`).join('\n');
const before = treeOf(`both (1)\n${draw('old')}`);
const after = treeOf(`both (2)\n${draw('New')}`);
const differences = toTheEnd(
  compareTrees({ tree: before, layers: ['one'] }, { tree: after, layers: ['other'] }),
);
const EVERYTHING: Arrangement = { hidden: new Set(), part: '', bySize: false };
const arranged = (how: Partial<Arrangement>) => [
  ...toTheEnd(arrange(differences, before, after, { ...EVERYTHING, ...how })),
];

describe('the differences that are looked at', () => {
  it('are all of them, as one walks', () => {
    expect(arranged({})).toEqual([...differences.what.keys()]);
    expect(differences.count).toBe(12_001);
  });

  it('are those of some kinds, and with a part of a path, whatever its case', () => {
    const paths = (how: Partial<Arrangement>) =>
      arranged(how).map((row) => rowPath(differences, row, before, after));
    expect(paths({ hidden: new Set<RowKind>(['added', 'removed']) })).toEqual(['/both']);
    expect(paths({ part: ' NEW5999' })).toEqual(['/New5999']);
    expect(paths({ part: '/new', hidden: new Set<RowKind>(['removed']) })).toHaveLength(6000);
    expect(paths({ part: 'nothing' })).toEqual([]);
  });

  it('by size, are sorted as a sort of all of them has it, equal ones as one walks', () => {
    const growth = (row: number) => Math.abs(growthOf(differences, row, before, after));
    const expected = arranged({}).sort((a, b) => growth(b) - growth(a) || a - b);
    expect(arranged({ bySize: true })).toEqual(expected);
  });
});
