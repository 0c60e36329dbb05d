import { ROOT } from '../../image/tree-columns.ts';

/** A 1 for every node found and for the folders above it: what `VisibleRows.keep` takes. */
export function keptOf(parent: Uint32Array, ids: Uint32Array): Uint8Array {
  const kept = new Uint8Array(parent.length);
  kept[ROOT] = 1;
  for (let i = 0; i < ids.length; i++) {
    for (let at = ids[i]!; kept[at] === 0; at = parent[at]!) kept[at] = 1;
  }
  return kept;
}
