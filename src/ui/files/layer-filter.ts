import { IMPLIED, ROOT, type TreeColumns } from '../../image/tree-columns.ts';

/** A 1 for every node that `layer` brought, and for the folders above it: what `VisibleRows.keep` takes. */
export function keptOfLayer(
  tree: Pick<TreeColumns, 'count' | 'layer' | 'parent'>,
  layer: number,
): Uint8Array {
  const kept = new Uint8Array(tree.count);
  if (layer === IMPLIED) return kept;
  kept[ROOT] = 1;
  for (let node = 1; node < tree.count; node++) {
    if (tree.layer[node] !== layer) continue;
    for (let at = node; kept[at] === 0; at = tree.parent[at]!) kept[at] = 1;
  }
  return kept;
}
