/** The last step of a merge: the nodes that are left, in the order that FileTree wants. */
import type { TreeColumns } from '../tree-columns.ts';
import { folderSums, orderBySize } from './folder-sums.ts';
import type { LayerIndex } from '../layer-index.ts';
import type { MergeNodes } from './nodes.ts';
import { NameSorter } from './name-sort.ts';

/** Breadth first: the children of a node stand together, and every parent before its children. */
export function columnsOf(
  nodes: MergeNodes,
  root: number,
  layers: readonly LayerIndex[],
  ignored: number,
): TreeColumns {
  const { order, firstChild, childCount, names, start } = orderOf(nodes, root);

  const count = order.length;
  const parent = new Uint32Array(count);
  const layer = new Uint16Array(count);
  const row = new Uint32Array(count);
  const contentLayer = new Uint16Array(count);
  const contentRow = new Uint32Array(count);
  const nameStart = new Uint32Array(count);
  const nameLength = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const node = order[i]!;
    layer[i] = nodes.layer[node]!;
    row[i] = nodes.row[node]!;
    contentLayer[i] = nodes.contentLayer[node]!;
    contentRow[i] = nodes.contentRow[node]!;
    nameStart[i] = start[node]!;
    nameLength[i] = i === 0 ? 0 : nodes.nameLength[node]!;
    const end = firstChild[i]! + childCount[i]!;
    for (let child = firstChild[i]!; child < end; child++) parent[child] = i;
  }
  const shape = { count, parent, firstChild, childCount, layer, row, contentLayer, contentRow };
  const { totalSize, totalEntries } = folderSums(shape, layers);
  const bySize = orderBySize(shape, totalSize);
  return { ...shape, names, nameStart, nameLength, totalSize, totalEntries, bySize, ignored };
}

/** `order`: the node of each row of the tree. */
export function orderOf(nodes: MergeNodes, root: number) {
  const alive = living(nodes, root);
  const { names, start } = gatherNames(nodes, alive);
  return { ...layOut(nodes, root, alive, new NameSorter(names, start, nodes.nameLength)), names, start };
}

/** 1 for each node that the root leads to. A parent's number is less than its children's, so one pass tells. */
function living(nodes: MergeNodes, root: number): Uint8Array {
  const alive = new Uint8Array(nodes.count);
  alive[root] = 1;
  for (let node = root + 1; node < nodes.count; node++) {
    if (nodes.gone[node] === 0) alive[node] = alive[nodes.parent[node]!]!;
  }
  return alive;
}

/** All names in one pool, in the order in which they came: neighbours in a tar are neighbours in memory. */
function gatherNames(nodes: MergeNodes, alive: Uint8Array) {
  let total = 0;
  for (let node = 0; node < nodes.count; node++) if (alive[node] === 1) total += nodes.nameLength[node]!;
  const names = new Uint8Array(total);
  const start = new Uint32Array(nodes.count);
  let at = 0;
  for (let node = 0; node < nodes.count; node++) {
    if (alive[node] === 0) continue;
    const pool = nodes.pools[nodes.namePool[node]!]!;
    const from = nodes.nameStart[node]!;
    const length = nodes.nameLength[node]!;
    start[node] = at;
    for (let i = 0; i < length; i++) names[at + i] = pool[from + i]!;
    at += length;
  }
  return { names, start };
}

/** `order`: the node of each row. */
function layOut(nodes: MergeNodes, root: number, alive: Uint8Array, names: NameSorter) {
  // The children of each node, together: counted, then put where they belong.
  const groupEnd = new Uint32Array(nodes.count);
  let count = 1;
  for (let node = 0; node < nodes.count; node++) {
    if (alive[node] === 0 || node === root) continue;
    groupEnd[nodes.parent[node]!]!++;
    count++;
  }
  let sum = 0;
  for (let node = 0; node < nodes.count; node++) groupEnd[node] = sum += groupEnd[node]!;
  const groups = new Uint32Array(count - 1);
  // Backwards, so that each group is in the order of the numbers; `groupEnd` becomes where it starts.
  for (let node = nodes.count - 1; node >= 0; node--) {
    if (alive[node] === 1 && node !== root) groups[--groupEnd[nodes.parent[node]!]!] = node;
  }
  const groupStart = groupEnd;

  const order = new Uint32Array(count);
  const firstChild = new Uint32Array(count);
  const childCount = new Uint32Array(count);
  order[0] = root;
  let next = 1;
  for (let i = 0; i < count; i++) {
    const node = order[i]!;
    const from = groupStart[node]!;
    const to = node + 1 < nodes.count ? groupStart[node + 1]! : count - 1;
    if (to - from > 1) names.sort(groups, from, to);
    firstChild[i] = next;
    childCount[i] = to - from;
    for (let at = from; at < to; at++) order[next++] = groups[at]!;
  }
  return { order, firstChild, childCount };
}
