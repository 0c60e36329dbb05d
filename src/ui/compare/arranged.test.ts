import { describe, expect, it } from 'vitest';
import { compareTrees, withContents, type Differences } from '../../image/compare/compare-trees.ts';
import type { Compared } from '../../session/comparing.svelte.ts';
import { toTheEnd } from '../../testing/to-the-end.ts';
import { treeOf } from '../../testing/tree-of.ts';
import { Arranged } from './arranged.svelte.ts';
import { pathOf } from './difference-row.ts';

const before = treeOf('a (3)\nb (3)\nc (3)');
const after = treeOf('a (3)\nb (3)\nc (4)');
const of = (differences: Differences) =>
  ({ differences, before: { files: { tree: before } }, after: { files: { tree: after } } }) as Compared;
const first = toTheEnd(compareTrees({ tree: before, layers: ['1'] }, { tree: after, layers: ['2'] }));
/** `a` was read, and is the same in both. */
const then = toTheEnd(withContents(first, (node) => (before.path(node) === '/a' ? true : null)));
const NOTHING = { hidden: new Set<never>(), part: '', bySize: false };

const selected = ({ shown, selected }: Arranged) =>
  shown?.rows[selected] === undefined ? null : pathOf(shown.of, shown.rows[selected]);

describe('the rows of a comparison', () => {
  it('keep what is selected when they become others, and let go of it when it is gone', async () => {
    const arranged = new Arranged();
    await arranged.ask(of(first), NOTHING);
    arranged.select(1);
    expect(selected(arranged)).toBe('/b');
    await arranged.ask(of(then), NOTHING);
    expect([arranged.selected, selected(arranged)]).toEqual([0, '/b']);
    await arranged.ask(of(then), { ...NOTHING, part: 'c' });
    expect(arranged.selected).toBe(-1);
  });

  it('are what was asked for last', async () => {
    const arranged = new Arranged();
    const asked = [arranged.ask(of(first), NOTHING), arranged.ask(of(first), { ...NOTHING, part: 'c' })];
    await Promise.all(asked);
    expect(arranged.shown?.rows).toHaveLength(1);
  });
});
