/** What folders add up to, and their children in the order of that. */
import { IMPLIED, type TreeColumns } from '../tree-columns.ts';
import { HARDLINK, type LayerIndex } from '../layer-index.ts';

type Shape = Pick<
  TreeColumns,
  'count' | 'parent' | 'firstChild' | 'childCount' | 'layer' | 'row' | 'contentLayer' | 'contentRow'
>;

/**
 * Bytes and entries below each node. A file with several names counts once in every folder, however they are spread:
 * each name adds the size, and in the order of the tree, each two neighbours of one file take it back at the lowest
 * folder that has both.
 */
export function folderSums(tree: Shape, layers: readonly LayerIndex[]) {
  const { count, parent, contentLayer, contentRow } = tree;
  const totalSize = new Float64Array(count);
  const totalEntries = new Uint32Array(count);
  for (let node = 0; node < count; node++) {
    const layer = contentLayer[node]!;
    if (layer !== IMPLIED) totalSize[node] = layers[layer]!.size[contentRow[node]!]!;
  }
  // Every parent stands before its children.
  for (let node = count - 1; node > 0; node--) totalEntries[parent[node]!]! += totalEntries[node]! + 1;

  takeBackRepeated(tree, layers, totalEntries, totalSize);
  for (let node = count - 1; node > 0; node--) totalSize[parent[node]!]! += totalSize[node]!;
  return { totalSize, totalEntries };
}

function takeBackRepeated(
  tree: Shape,
  layers: readonly LayerIndex[],
  totalEntries: Uint32Array,
  totalSize: Float64Array,
): void {
  const { count, parent, layer, row, contentLayer, contentRow } = tree;
  /** By layer and row of a content: its name seen last, + 1. Only of layers that hard links are bound to. */
  const lastName: (Uint32Array | undefined)[] = layers.map(() => undefined);
  let some = false;
  for (let node = 0; node < count; node++) {
    const content = contentLayer[node]!;
    if (content === IMPLIED || layers[layer[node]!]!.type[row[node]!] !== HARDLINK) continue;
    lastName[content] ??= new Uint32Array(layers[content]!.count);
    some = true;
  }
  if (!some) return;
  const ancestors = new Ancestors(parent);
  for (const node of depthFirst(tree, totalEntries)) {
    const content = contentLayer[node]!;
    const last = lastName[content];
    if (last === undefined) continue;
    const before = last[contentRow[node]!]!;
    last[contentRow[node]!] = node + 1;
    if (before === 0) continue;
    totalSize[ancestors.lowestCommon(before - 1, node)]! -= layers[content]!.size[contentRow[node]!]!;
  }
}

/** The nodes in the order of a walk, a folder before what is in it. */
function depthFirst({ count, firstChild, childCount }: Shape, totalEntries: Uint32Array): Uint32Array {
  const walk = new Uint32Array(count);
  const place = new Uint32Array(count);
  for (let node = 0; node < count; node++) {
    walk[place[node]!] = node;
    let next = place[node]! + 1;
    const end = firstChild[node]! + childCount[node]!;
    for (let child = firstChild[node]!; child < end; child++) {
      place[child] = next;
      next += totalEntries[child]! + 1;
    }
  }
  return walk;
}

/**
 * The lowest common ancestor in logarithmic time, whatever the depth: beside its parent every node knows one ancestor
 * further up, and the lengths of these jumps are skew-binary numbers (Myers, "An applicative random-access stack", 1983).
 */
class Ancestors {
  readonly #parent: Uint32Array;
  readonly #depth: Uint32Array;
  readonly #jump: Uint32Array;

  constructor(parent: Uint32Array) {
    const depth = new Uint32Array(parent.length);
    const jump = new Uint32Array(parent.length);
    for (let node = 1; node < parent.length; node++) {
      const up = parent[node]!;
      const over = jump[up]!;
      depth[node] = depth[up]! + 1;
      jump[node] = depth[up]! - depth[over]! === depth[over]! - depth[jump[over]!]! ? jump[over]! : up;
    }
    this.#parent = parent;
    this.#depth = depth;
    this.#jump = jump;
  }

  lowestCommon(one: number, other: number): number {
    const depth = this.#depth;
    let a = this.#up(one, Math.min(depth[one]!, depth[other]!));
    let b = this.#up(other, depth[a]!);
    while (a !== b) {
      const apart = this.#jump[a] !== this.#jump[b];
      a = apart ? this.#jump[a]! : this.#parent[a]!;
      b = apart ? this.#jump[b]! : this.#parent[b]!;
    }
    return a;
  }

  /** The ancestor of `node` at `depth`. */
  #up(node: number, depth: number): number {
    let at = node;
    while (this.#depth[at]! > depth) {
      const jump = this.#jump[at]!;
      at = this.#depth[jump]! >= depth ? jump : this.#parent[at]!;
    }
    return at;
  }
}

/** 16 bits a pass. */
const RADIX = 0x10000;

/**
 * The children of every node by size, the largest first, equal ones by name. One radix sort of all nodes, then dealt
 * out to their parents: the time does not depend on how the nodes are spread.
 */
export function orderBySize(tree: Shape, totalSize: Float64Array): Uint32Array<ArrayBuffer> {
  const { count, parent, firstChild } = tree;
  let largest = 0;
  for (let node = 0; node < count; node++) largest = Math.max(largest, totalSize[node]!);

  let order = new Uint32Array(count);
  for (let node = 0; node < count; node++) order[node] = node;
  let spare = new Uint32Array(count);
  const digits = new Uint16Array(count);
  const starts = new Uint32Array(RADIX);
  // Sums may pass 2^53: they are then not exact, but still ordered, and 2^64 is out of reach.
  for (let unit = 1; unit <= largest; unit *= RADIX) {
    starts.fill(0);
    for (let node = 0; node < count; node++) {
      const digit = Math.floor((largest - totalSize[node]!) / unit) % RADIX;
      digits[node] = digit;
      starts[digit]!++;
    }
    let sum = 0;
    for (let digit = 0; digit < RADIX; digit++) {
      const size = starts[digit]!;
      starts[digit] = sum;
      sum += size;
    }
    for (let i = 0; i < count; i++) {
      const node = order[i]!;
      spare[starts[digits[node]!]!++] = node;
    }
    [order, spare] = [spare, order];
  }

  const bySize = new Uint32Array(count);
  const next = firstChild.slice();
  for (let i = 0; i < count; i++) {
    const node = order[i]!;
    if (node !== 0) bySize[next[parent[node]!]!++] = node;
  }
  return bySize;
}
