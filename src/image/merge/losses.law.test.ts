/** What layers take away equals what the trees before and after each layer tell, on random stacks of layers. */
import { expect, it } from 'vitest';
import { readable } from '../../base/bytes.ts';
import { randomStack } from '../../testing/random-stack.ts';
import { layerOf } from '../../testing/tree-of.ts';
import { FileTree } from '../file-tree.ts';
import { DeletedEntries } from '../find/deleted-entries.ts';
import { DIR, type LayerIndex } from '../layer-index.ts';
import { IMPLIED } from '../tree-columns.ts';
import { lossesOf, merge } from './merge.ts';

const STACKS = 600;

/** The slow obvious one: the trees of the first layers, one more each time. */
function slowLosses(layers: readonly LayerIndex[]) {
  const trees = layers.map((_, i) => {
    const some = layers.slice(0, i + 1);
    return new FileTree(merge(some), some);
  });
  const deleted: string[] = [];
  for (let by = 1; by < trees.length; by++) {
    const [before, after] = [trees[by - 1]!, trees[by]!];
    for (let node = 1; node < before.count; node++) {
      if (before.layer(node) === null || after.find(before.pathBytes(node)) !== null) continue;
      const { layer, row, contentLayer, contentRow } = before.columns;
      deleted.push(
        `${before.path(node)} ${layer[node]}/${row[node]} ${contentLayer[node]}/${contentRow[node]} by ${by}`,
      );
    }
  }
  const last = trees.at(-1)!;
  const changed: string[] = [];
  for (let node = 0; node < last.count; node++) {
    const layer = last.layer(node);
    if (layer === null || layer === 0) continue;
    const before = trees[layer - 1]!;
    const old = before.find(last.pathBytes(node));
    if (old === null || before.layer(old) === null) continue;
    const isSame =
      before.kind(old) === DIR &&
      last.kind(node) === DIR &&
      before.mode(old) === last.mode(node) &&
      before.uid(old) === last.uid(node);
    if (!isSame) changed.push(last.path(node));
  }
  return { deleted: deleted.sort(), changed: changed.sort() };
}

it(`equals the trees before and after each layer, on ${STACKS} stacks`, { timeout: 120_000 }, () => {
  let [deletions, changes] = [0, 0];
  for (let seed = 1; seed <= STACKS; seed++) {
    const entries = randomStack(seed);
    const layers = entries.map(layerOf);
    const tree = new FileTree(merge(layers), layers);
    const { changed, deleted } = lossesOf(layers);
    const gone = new DeletedEntries(tree, deleted);
    const listed: string[] = [];
    for (let i = 0; i < deleted.count; i++) {
      const id = tree.count + i;
      expect(deleted.parent[i]!).toBeLessThan(id);
      expect(readable(gone.pathBytes(id))).toBe(gone.path(id));
      if (deleted.layer[i] === IMPLIED) continue;
      listed.push(
        `${gone.path(id)} ${deleted.layer[i]}/${deleted.row[i]} ${deleted.contentLayer[i]}/${deleted.contentRow[i]} by ${gone.by(id)}`,
      );
    }
    const paths = Array.from(changed.keys())
      .filter((node) => changed[node] === 1)
      .map((node) => tree.path(node));
    const told = `seed ${seed}\n${JSON.stringify(entries, null, 1)}`;
    expect({ deleted: listed.sort(), changed: paths.sort() }, told).toEqual(slowLosses(layers));
    deletions += listed.length;
    changes += paths.length;
  }
  expect(Math.min(deletions, changes)).toBeGreaterThan(STACKS / 3);
});
