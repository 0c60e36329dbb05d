import { describe, expect, it } from 'vitest';
import { drawTree } from '../testing/draw-tree.ts';
import { treeOf } from '../testing/tree-of.ts';

/** A drawing without its margin. */
function text(drawing: string): string {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(margin)).join('\n');
}

const merged = (...layers: string[]) => drawTree(treeOf(...layers));

describe('merge', () => {
  it('smoke', () => {
    expect(
      merged(
        `./
         bin/
         bin/a (3)
         bin/b => bin/a
         x -> bin`,
        `bin/.wh.a
         bin/c (2)
         /x/d
         lib/e => bin/b`,
      ),
    ).toBe(
      text(`
        / @0
        bin/ @0
          b => @0 bin/a @0
          c (2) @1
          d @1
        lib/
          e => @0 bin/a @1
        x -> bin @0
      `),
    );
  });
});
