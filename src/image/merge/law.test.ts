/** The fast merge equals the slow obvious one, on stacks of layers that try everything against everything. */
import { describe, expect, it } from 'vitest';
import { drawTree } from '../../testing/draw-tree.ts';
import { Random } from '../../testing/random.ts';
import { slowMerge, slowType, type SlowNode } from '../../testing/slow-merge.ts';
import type { TestEntry } from '../../testing/tar-of.ts';
import { treeOf } from '../../testing/tree-of.ts';
import { compareBytes, utf8 } from '../../base/bytes.ts';
import { type FileTree } from '../file-tree.ts';
import { ROOT } from '../tree-columns.ts';

const NAMES = ['a', 'b', 'c', 'a-'] as const;
const STACKS = 3000;

function randomName(random: Random): string {
  const parts = Array.from({ length: random.between(1, random.oneIn(3) ? 4 : 2) }, () =>
    random.oneIn(25) ? '..' : random.pick(NAMES),
  );
  const lead = random.oneIn(4) ? random.pick(['./', '/', '../', './/']) : '';
  return (
    lead + parts.join(random.oneIn(20) ? '//' : '/') + (random.oneIn(20) ? random.pick(['/', '/.']) : '')
  );
}

function randomEntry(random: Random, place: number): TestEntry {
  const name = randomName(random);
  // A time of its own tells each entry from all others.
  const mtime = place;
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return { name: `${name}/`, type: 'dir', mtime };
    case 3:
      return { name: name.replace(/[^/]+$/, '.wh.$&'), mtime };
    case 4:
      return { name: `${random.oneIn(6) ? '' : name}/.wh..wh..opq`, mtime };
    case 5:
    case 6:
      return { name, type: 'symlink', linkname: randomName(random), mtime };
    case 7:
    case 8:
      return { name, type: 'hardlink', linkname: randomName(random), mtime };
    case 9:
      return random.oneIn(4)
        ? { name: random.pick(['./', '/', 'a/..']), type: 'dir', mtime }
        : {
            name: `.wh.${random.pick(NAMES)}${random.oneIn(3) ? '/' : ''}`,
            type: 'hardlink',
            linkname: 'a',
            mtime,
          };
    default:
      return { name, content: 'x'.repeat(random.below(6)), mtime };
  }
}

function randomStack(random: Random): TestEntry[][] {
  return Array.from({ length: random.between(1, 4) }, (_, layer) =>
    Array.from({ length: random.between(1, 9) }, (_, i) => randomEntry(random, layer * 100 + i)),
  );
}

/** The slow tree with everything that the fast one claims, a node a line. */
function drawSlow(root: SlowNode): string[] {
  const lines: string[] = [];
  const draw = (node: SlowNode, path: string): void => {
    const content = contentOf(node);
    lines.push(
      [
        path === '' ? '/' : path,
        slowType(node),
        node.layer ?? '-',
        node.entry?.mtime ?? '-',
        content === null ? '-' : content.mtime,
        sizeBelow(node),
        entriesBelow(node),
      ].join(' '),
    );
    for (const [name, child] of byName(node)) draw(child, `${path}/${name}`);
  };
  draw(root, '');
  return lines;
}

const byName = (node: SlowNode) => [...node.children].sort(([a], [b]) => compareBytes(utf8(a), utf8(b)));

/** The file that the node is a name of. */
function contentOf(node: SlowNode): TestEntry | null {
  if (node.bound !== null) return node.bound.entry;
  return slowType(node) === 'file' ? node.entry : null;
}

function contentsBelow(node: SlowNode): Set<TestEntry> {
  const content = contentOf(node);
  const all = new Set(content === null ? [] : [content]);
  for (const child of node.children.values()) for (const found of contentsBelow(child)) all.add(found);
  return all;
}

function sizeBelow(node: SlowNode): number {
  return [...contentsBelow(node)].reduce((sum, { content }) => sum + String(content ?? '').length, 0);
}

function entriesBelow(node: SlowNode): number {
  return [...node.children.values()].reduce((sum, child) => sum + 1 + entriesBelow(child), 0);
}

const TYPES = ['file', 'hardlink', 'symlink', 'char', 'block', 'dir', 'fifo'];

function drawFast(tree: FileTree): string[] {
  const { columns, layers } = tree;
  const lines: string[] = [];
  const draw = (node: number): void => {
    const layer = tree.layer(node);
    const content = columns.contentLayer[node]!;
    lines.push(
      [
        tree.path(node),
        TYPES[tree.type(node)],
        layer ?? '-',
        layer === null ? '-' : layers[layer]!.mtime[columns.row[node]!],
        layers[content]?.mtime[columns.contentRow[node]!] ?? '-',
        tree.totalSize(node),
        tree.totalEntries(node),
      ].join(' '),
    );
    const { start, end } = tree.children(node);
    for (let child = start; child < end; child++) draw(child);
  };
  draw(ROOT);
  return lines;
}

const drawStack = (layers: TestEntry[][]) =>
  layers
    .map((layer) =>
      layer.map((e) => `${String(e.name)} ${e.type ?? ''} ${String(e.linkname ?? '')}`).join('\n'),
    )
    .join('\n---\n');

describe('the merge of layers', () => {
  it(`equals the slow obvious one on ${STACKS} random stacks`, { timeout: 120_000 }, () => {
    const shapes = new Set<string>();
    for (let seed = 1; seed <= STACKS; seed++) {
      const layers = randomStack(new Random(seed));
      const tree = treeOf(...layers);
      expect(drawFast(tree), `seed ${seed}\n${drawStack(layers)}`).toEqual(drawSlow(slowMerge(layers)));
      expect(brokenPromises(tree), `seed ${seed}\n${drawStack(layers)}`).toEqual([]);
      shapes.add(drawTree(tree));
    }
    // The stacks are not all alike.
    expect(shapes.size).toBeGreaterThan(STACKS / 2);
  });
});

/** Where the columns are not in the order that TreeColumns says. */
function brokenPromises(tree: FileTree): string[] {
  const broken: string[] = [];
  let next = 1;
  for (let node = 0; node < tree.count; node++) {
    const { start, end } = tree.children(node);
    if (start !== next) broken.push(`children of ${node} start at ${start}, not ${next}`);
    next = end;
    const bySize = Array.from({ length: end - start }, (_, i) => start + i).sort(
      (a, b) => tree.totalSize(b) - tree.totalSize(a) || a - b,
    );
    if (String([...tree.childrenBySize(node)]) !== String(bySize)) broken.push(`by size: ${node}`);
    for (let child = start; child < end; child++) {
      if (tree.parent(child) !== node) broken.push(`parent of ${child}`);
      if (child > start && compareBytes(tree.nameBytes(child - 1), tree.nameBytes(child)) >= 0) {
        broken.push(`order of ${child}`);
      }
    }
  }
  if (next !== tree.count) broken.push(`${tree.count} nodes, ${next} of them children`);
  return broken;
}
