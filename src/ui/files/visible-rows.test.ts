import { describe, expect, it } from 'vitest';
import { readable, utf8 } from '../../base/bytes.ts';
import { VisibleRows, type Branches, type SortOrder } from './visible-rows.ts';

interface Folder {
  [name: string]: Folder | number;
}

/** Branches as a FileTree has them: children next to each other, breadth first. */
class SmallTree implements Branches {
  readonly names: string[] = [''];
  readonly #parents: number[] = [0];
  readonly #ranges: { start: number; end: number }[] = [];
  readonly #sizes: number[] = [0];

  constructor(root: Folder) {
    const waiting: (Folder | number)[] = [root];
    for (let node = 0; node < waiting.length; node++) {
      const at = waiting[node]!;
      const start = waiting.length;
      if (typeof at === 'object') {
        for (const name of Object.keys(at).sort()) {
          this.names.push(name);
          this.#parents.push(node);
          this.#sizes.push(sizeOf(at[name]!));
          waiting.push(at[name]!);
        }
      }
      this.#ranges.push({ start, end: waiting.length });
    }
  }

  get count() {
    return this.names.length;
  }
  parent(node: number) {
    return this.#parents[node]!;
  }
  children(node: number) {
    return this.#ranges[node]!;
  }
  nameBytes(node: number) {
    return utf8(this.names[node]!);
  }
  child(node: number, name: Uint8Array) {
    const { start, end } = this.children(node);
    const found = this.names.slice(start, end).indexOf(readable(name));
    return found < 0 ? null : start + found;
  }
  childrenBySize(node: number) {
    const { start, end } = this.children(node);
    const all = Array.from({ length: end - start }, (_, i) => start + i);
    return Uint32Array.from(all.sort((a, b) => this.#sizes[b]! - this.#sizes[a]! || a - b));
  }
}

function sizeOf(at: Folder | number): number {
  return typeof at === 'number'
    ? at
    : Object.values(at).reduce<number>((sum, child) => sum + sizeOf(child), 0);
}

function draw(tree: SmallTree, rows: VisibleRows): string {
  return Array.from({ length: rows.count }, (_, row) => {
    const node = rows.node(row);
    const sign = rows.canUnfold(node) ? (rows.isUnfolded(node) ? '-' : '+') : ' ';
    const { position, of } = rows.place(node);
    return `${'  '.repeat(rows.level(node) - 1)}${sign}${tree.names[node]} ${position}/${of}`;
  }).join('\n');
}

/** The slow obvious one. */
function expand(
  tree: Branches,
  unfolded: ReadonlySet<number>,
  order: SortOrder,
  kept: Uint8Array | null,
): number[] {
  const { start, end } = tree.children(0);
  const list = (node: number): number[] => {
    const range = tree.children(node);
    const children =
      order === 'size'
        ? [...tree.childrenBySize(node)]
        : Array.from({ length: range.end - range.start }, (_, i) => range.start + i);
    return children
      .filter((child) => kept === null || kept[child] === 1)
      .flatMap((child) => [child, ...(unfolded.has(child) ? list(child) : [])]);
  };
  return end > start ? list(0) : [];
}

const TREE = new SmallTree({
  bin: { sh: 10, ls: 30 },
  etc: { apt: { 'sources.list': 1 }, passwd: 3 },
  usr: { lib: { 'libc.so': 900 }, share: {} },
});

describe('the rows on the list', () => {
  it('unfolds, folds, and keeps what is unfolded below', () => {
    const rows = new VisibleRows(TREE);
    expect(draw(TREE, rows)).toBe('+bin 1/3\n+etc 2/3\n+usr 3/3');
    rows.unfold(1);
    rows.unfold(2);
    const open = [
      '+bin 1/3',
      '-etc 2/3',
      '  -apt 1/2',
      '     sources.list 1/1',
      '   passwd 2/2',
      '+usr 3/3',
    ].join('\n');
    expect(draw(TREE, rows)).toBe(open);
    rows.fold(1);
    expect(draw(TREE, rows)).toBe('+bin 1/3\n+etc 2/3\n+usr 3/3');
    rows.unfold(1);
    expect(draw(TREE, rows)).toBe(open);
  });

  it('orders by size, the largest first', () => {
    const rows = new VisibleRows(TREE);
    rows.sort('size');
    rows.unfold(1);
    expect(draw(TREE, rows)).toBe('+usr 1/3\n-bin 2/3\n   ls 1/2\n   sh 2/2\n+etc 3/3');
  });

  it('reveals a node by unfolding what hides it', () => {
    const rows = new VisibleRows(TREE);
    const row = rows.reveal(TREE.names.indexOf('libc.so'));
    expect(draw(TREE, rows)).toBe('+bin 1/3\n+etc 2/3\n-usr 3/3\n  -lib 1/2\n     libc.so 1/1\n   share 2/2');
    expect(row).toBe(4);
    expect(rows.reveal(0)).toBe(-1);
  });

  it('lists only what is kept, unfolded, and then all as before', () => {
    const rows = new VisibleRows(TREE);
    const kept = new Uint8Array(TREE.count);
    for (const name of ['', 'usr', 'lib', 'libc.so']) kept[TREE.names.indexOf(name)] = 1;
    rows.unfold(0);
    const before = draw(TREE, rows);
    rows.keep(kept);
    expect(draw(TREE, rows)).toBe('-usr 1/1\n  -lib 1/1\n     libc.so 1/1');
    expect(rows.reveal(TREE.names.indexOf('passwd'))).toBe(-1);
    rows.keep(null);
    expect(draw(TREE, rows)).toBe(before);
  });

  it('unfolds what is unfolded in the list of another tree', () => {
    const before = new VisibleRows(TREE);
    before.unfold(1);
    before.unfold(2);
    before.sort('size');
    const other = new SmallTree({ etc: { aaa: 1, apt: { a: 1 }, passwd: 3 }, bin: 5, zoo: { b: 1 } });
    const rows = new VisibleRows(other);
    rows.unfoldLike(before);
    expect(draw(other, rows)).toBe(
      [' bin 1/3', '-etc 2/3', '   passwd 1/3', '   aaa 2/3', '  -apt 3/3', '     a 1/1', '+zoo 3/3'].join(
        '\n',
      ),
    );
    // Also where only some are listed for the moment.
    before.keep(new Uint8Array(TREE.count).fill(1, 0, 2));
    const again = new VisibleRows(other);
    again.unfoldLike(before);
    expect(draw(other, again)).toBe(draw(other, rows));
  });

  it('equals the recursive expansion after any steps', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const grow = (depth: number): Folder =>
      Object.fromEntries(
        Array.from({ length: random(6) }, (_, i) => [
          `n${i}`,
          depth > 0 && random(3) > 0 ? grow(depth - 1) : random(99),
        ]),
      );
    for (let round = 0; round < 15; round++) {
      const tree = new SmallTree({ ...grow(5), always: { a: { b: 1 } } });
      const rows = new VisibleRows(tree);
      let unfolded = new Set<number>();
      let before: Set<number> | null = null;
      let kept: Uint8Array | null = null;
      for (let step = 0; step < 40; step++) {
        const row = random(rows.count);
        const node = rows.node(row);
        const what = random(8);
        if (what === 0) rows.sort(random(2) === 0 ? 'name' : 'size');
        else if (what === 1) {
          const node = random(tree.count);
          if (rows.reveal(node) >= 0) {
            for (let at = tree.parent(node); at !== 0; at = tree.parent(at)) unfolded.add(at);
          }
        } else if (what === 2 && random(4) === 0) {
          kept = random(2) === 0 ? null : new Uint8Array(tree.count);
          if (kept !== null) {
            // At least one node of the root's, so that the list is never empty.
            for (let node = tree.count - 1; node > 0; node--) {
              if (random(3) > 0 || node === 1)
                for (let at = node; at !== 0; at = tree.parent(at)) kept[at] = 1;
            }
          }
          rows.keep(kept);
          before ??= unfolded;
          unfolded = new Set(before);
          if (kept === null) before = null;
          else unfolded = new Set(Array.from(kept.keys()).filter((node) => kept![node] === 1));
        } else if (unfolded.has(node)) {
          rows.fold(row);
          unfolded.delete(node);
        } else if (rows.canUnfold(node)) {
          rows.unfold(row);
          unfolded.add(node);
        }
        const listed = Array.from({ length: rows.count }, (_, row) => rows.node(row));
        expect(listed).toEqual(expand(tree, unfolded, rows.order, kept));
        for (const [row, node] of listed.entries()) {
          expect(rows.rowOf(node)).toBe(row);
          const siblings = listed.filter((other) => tree.parent(other) === tree.parent(node));
          expect(rows.place(node)).toEqual({ position: siblings.indexOf(node) + 1, of: siblings.length });
        }
      }
    }
  });

  it('takes folders nested by the ten thousand', () => {
    class Chain implements Branches {
      readonly count = 20_002;
      parent = (node: number) => Math.max(0, node - 1);
      children = (node: number) => ({ start: node + 1, end: Math.min(this.count, node + 2) });
      childrenBySize = (node: number) =>
        node + 1 < this.count ? Uint32Array.of(node + 1) : new Uint32Array(0);
      nameBytes = () => utf8('n');
      child = (node: number) => (node + 1 < this.count ? node + 1 : null);
    }
    const rows = new VisibleRows(new Chain());
    rows.unfoldAll();
    expect(rows.count).toBe(20_001);
    expect(rows.level(rows.node(20_000))).toBe(20_001);
  });
});
