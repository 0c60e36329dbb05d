/** What each layer made of a path equals what the trees before and after it tell, on random stacks of layers. */
import { expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { randomStack } from '../../testing/random-stack.ts';
import { layerOf } from '../../testing/tree-of.ts';
import { FileTree } from '../file-tree.ts';
import { DIR, type LayerIndex } from '../layer-index.ts';
import { historyOfPath, merge } from './merge.ts';

const STACKS = 400;

/** The slow obvious one: the tree of the first layers, one more each time. */
function slowHistory(trees: readonly FileTree[], path: string): string[] {
  const told: string[] = [];
  let before: { readonly tree: FileTree; readonly node: number } | null = null;
  trees.forEach((tree, layer) => {
    const found = tree.find(path);
    const now = found === null || tree.layer(found) === null ? null : { tree, node: found };
    if (now === null) {
      if (before !== null) told.push(`${layer} deleted ${entryAt(before)}`);
    } else if (before === null) told.push(`${layer} added ${entryAt(now)}`);
    else if (entryAt(before) !== entryAt(now) && !isSameFolder(before, now)) {
      told.push(`${layer} changed ${entryAt(now)}`);
    }
    before = now;
  });
  return told;
}

interface Place {
  readonly tree: FileTree;
  readonly node: number;
}

const entryAt = ({ tree, node }: Place) => `${tree.columns.layer[node]}/${tree.columns.row[node]}`;

function isSameFolder(a: Place, b: Place): boolean {
  return (
    a.tree.kind(a.node) === DIR &&
    b.tree.kind(b.node) === DIR &&
    a.tree.mode(a.node) === b.tree.mode(b.node) &&
    a.tree.uid(a.node) === b.tree.uid(b.node)
  );
}

function drawHistory(layers: readonly LayerIndex[], path: string): string[] {
  return historyOfPath(layers, utf8(path)).map(
    ({ layer, what, entry }) => `${layer} ${what} ${entry.layer}/${entry.row}`,
  );
}

it(`equals what the trees before and after tell, on ${STACKS} stacks`, { timeout: 120_000 }, () => {
  const seen = { added: 0, changed: 0, deleted: 0 };
  for (let seed = 1; seed <= STACKS; seed++) {
    const entries = randomStack(seed);
    const layers = entries.map(layerOf);
    const trees = layers.map((_, i) => {
      const some = layers.slice(0, i + 1);
      return new FileTree(merge(some), some);
    });
    const paths = new Set(
      trees.flatMap((tree) => Array.from({ length: tree.count }, (_, node) => tree.path(node))),
    );
    for (const path of paths) {
      const told = drawHistory(layers, path);
      expect(told, `seed ${seed}: ${path}\n${JSON.stringify(entries, null, 1)}`).toEqual(
        slowHistory(trees, path),
      );
      for (const line of told) seen[line.split(' ')[1] as keyof typeof seen]++;
    }
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(STACKS / 3);
});

it('says where the bytes of a hard link are, and takes a path as the tree does', () => {
  const layers = [
    layerOf([{ name: 'a', content: 'one' }]),
    layerOf([{ name: 'b', type: 'hardlink', linkname: 'a' }]),
    layerOf([{ name: '.wh.a' }, { name: 'd/e', content: 'x' }]),
  ];
  const inodes = (path: string) =>
    historyOfPath(layers, utf8(path)).map(({ what, entry }) => [what, entry.layer, entry.inodeLayer]);
  expect(inodes('/b')).toEqual([['added', 1, 0]]);
  expect(inodes('//./x/../a')).toEqual([
    ['added', 0, 0],
    ['deleted', 0, 0],
  ]);
  // Nobody brought the folder.
  expect(inodes('/d')).toEqual([]);
  expect(inodes('/none')).toEqual([]);
});
