/**
 * What layers take from those below, while they are laid upon each other: entries that are not there any more, and those that
 * stand where a lower layer had one. An entry is deleted by the layer after which nothing is at its path.
 */
import type { Bytes } from '../../base/bytes.ts';
import { DIR, type LayerIndex } from '../layer-index.ts';
import { IMPLIED } from '../tree-columns.ts';
import { orderOf } from './columns.ts';
import { NONE, type MergeNodes } from './nodes.ts';

/** Plain data. */
export interface Losses {
  /** By row of the merged tree: 1 where its entry took the place of one of a lower layer. */
  readonly changed: Uint8Array<ArrayBuffer>;
  readonly deleted: DeletedColumns;
}

/** Entries that are gone, and folders on the way to them that are gone too; all columns have `count` rows. */
export interface DeletedColumns {
  readonly count: number;
  /** A row of the merged tree, or its count and a row of these, less than its own. */
  readonly parent: Uint32Array<ArrayBuffer>;
  /** Where the entry is. IMPLIED for a folder that no layer had an entry for, which is only on the way. */
  readonly layer: Uint16Array<ArrayBuffer>;
  readonly row: Uint32Array<ArrayBuffer>;
  readonly contentLayer: Uint16Array<ArrayBuffer>;
  readonly contentRow: Uint32Array<ArrayBuffer>;
  /** The layer that took it away. */
  readonly by: Uint16Array<ArrayBuffer>;
  readonly names: Bytes;
  readonly nameStart: Uint32Array<ArrayBuffer>;
  readonly nameLength: Uint32Array<ArrayBuffer>;
}

interface Lost {
  readonly layer: number;
  readonly row: number;
  readonly contentLayer: number;
  readonly contentRow: number;
}

/** In `#lostIn`: it is there. */
const THERE = 0xffff;

/** Builders repeat the folders on the way to what they change: one of the same mode and owner is no change. */
export function areOtherFolders(before: LayerIndex, old: number, after: LayerIndex, row: number): boolean {
  return (
    before.mode[old] !== after.mode[row] ||
    before.uid[old] !== after.uid[row] ||
    before.gid[old] !== after.gid[row]
  );
}

/** Looks at the nodes after each layer; costs as much as there are nodes, each time. */
export class LossLog {
  readonly #layers: readonly LayerIndex[];
  /** By node, as they were after the layer before. */
  #layer = new Uint16Array(0);
  #row = new Uint32Array(0);
  #contentLayer = new Uint16Array(0);
  #contentRow = new Uint32Array(0);
  #kind = new Uint8Array(0);
  #known = 0;
  /** By node: the layer after which nothing leads to it, and what was at its path then. */
  #lostIn = new Uint16Array(0);
  #heir = new Uint32Array(0);
  #changed = new Uint8Array(0);
  /** What was there, of each node that was lost. */
  readonly #lost = new Map<number, Lost>();

  constructor(layers: readonly LayerIndex[]) {
    this.#layers = layers;
  }

  /** All of `layer` has been applied. */
  after(layer: number, nodes: MergeNodes, root: number): void {
    this.#grow(nodes.count);
    for (let node = 0; node < nodes.count; node++) {
      if (this.#lostIn[node] !== THERE) continue;
      const parent = nodes.parent[node]!;
      if (nodes.gone[node] === 1 || (parent !== node && this.#lostIn[parent] === layer)) {
        this.#lose(layer, nodes, root, node);
      } else if (node < this.#known) this.#compare(node, nodes, node);
    }
    this.#known = nodes.count;
    this.#layer.set(nodes.layer.subarray(0, nodes.count));
    this.#row.set(nodes.row.subarray(0, nodes.count));
    this.#contentLayer.set(nodes.contentLayer.subarray(0, nodes.count));
    this.#contentRow.set(nodes.contentRow.subarray(0, nodes.count));
    this.#kind.set(nodes.kind.subarray(0, nodes.count));
  }

  #lose(layer: number, nodes: MergeNodes, root: number, node: number): void {
    this.#lostIn[node] = layer;
    // What a layer brings and takes away itself was never there.
    if (node >= this.#known) return;
    const parent = nodes.parent[node]!;
    let heir = NONE;
    if (parent === node) heir = root;
    else {
      const folder = this.#lostIn[parent] === layer ? this.#heir[parent]! : parent;
      if (folder !== NONE) {
        heir = nodes.find(
          folder,
          nodes.pools[nodes.namePool[node]!]!,
          nodes.nameStart[node]!,
          nodes.nameLength[node]!,
        );
      }
    }
    this.#heir[node] = heir;
    if (heir === NONE) {
      this.#lost.set(node, {
        layer: this.#layer[node]!,
        row: this.#row[node]!,
        contentLayer: this.#contentLayer[node]!,
        contentRow: this.#contentRow[node]!,
      });
    } else this.#compare(node, nodes, heir);
  }

  /** Notes whether the entry that `heir` shows took the place of the one that `node` showed before. */
  #compare(node: number, nodes: MergeNodes, heir: number): void {
    const isSame = this.#layer[node] === nodes.layer[heir] && this.#row[node] === nodes.row[heir];
    if (isSame) this.#changed[heir] = this.#changed[node]!;
    else this.#changed[heir] = this.#isOther(node, nodes, heir) ? 1 : 0;
  }

  #isOther(node: number, nodes: MergeNodes, heir: number): boolean {
    const layer = this.#layer[node]!;
    const [at, row] = [nodes.layer[heir]!, nodes.row[heir]!];
    if (layer === IMPLIED || at === IMPLIED) return false;
    if (this.#kind[node] !== DIR || nodes.kind[heir] !== DIR) return true;
    return areOtherFolders(this.#layers[layer]!, this.#row[node]!, this.#layers[at]!, row!);
  }

  /** When all layers have been applied. */
  finish(nodes: MergeNodes, root: number): Losses {
    const { order } = orderOf(nodes, root);
    const rowOf = new Uint32Array(nodes.count).fill(NONE);
    const changed = new Uint8Array(order.length);
    for (let row = 0; row < order.length; row++) {
      rowOf[order[row]!] = row;
      changed[row] = this.#changed[order[row]!]!;
    }
    return { changed, deleted: this.#deleted(nodes, rowOf, order.length) };
  }

  #deleted(nodes: MergeNodes, rowOf: Uint32Array, treeCount: number): DeletedColumns {
    /** Nodes in the order of the rows, and the row of each, counted on from those of the tree. */
    const listed: number[] = [];
    /** What shows the path of `node`, as far as it was ever shown. */
    const lastOf = (node: number) => {
      let at = node;
      while (this.#lostIn[at] !== THERE && this.#heir[at] !== NONE) at = this.#heir[at]!;
      return at;
    };
    const waiting: number[] = [];
    for (const [node, { layer }] of this.#lost) {
      if (layer === IMPLIED) continue;
      // Parents come first, though they may have been lost later.
      for (let at = node; rowOf[at] === NONE; at = lastOf(nodes.parent[at]!)) waiting.push(at);
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        rowOf[at] = treeCount + listed.length;
        listed.push(at);
      }
    }
    const count = listed.length;
    const nameLength = Uint32Array.from(listed, (node) => nodes.nameLength[node]!);
    const nameStart = new Uint32Array(count);
    let length = 0;
    for (let i = 0; i < count; i++) {
      nameStart[i] = length;
      length += nameLength[i]!;
    }
    const names = new Uint8Array(length);
    for (let i = 0; i < count; i++) {
      const start = nodes.nameStart[listed[i]!]!;
      names.set(
        nodes.pools[nodes.namePool[listed[i]!]!]!.subarray(start, start + nameLength[i]!),
        nameStart[i],
      );
    }
    return {
      count,
      parent: Uint32Array.from(listed, (node) => rowOf[lastOf(nodes.parent[node]!)]!),
      layer: Uint16Array.from(listed, (node) => this.#lost.get(node)!.layer),
      row: Uint32Array.from(listed, (node) => this.#lost.get(node)!.row),
      contentLayer: Uint16Array.from(listed, (node) => this.#lost.get(node)!.contentLayer),
      contentRow: Uint32Array.from(listed, (node) => this.#lost.get(node)!.contentRow),
      by: Uint16Array.from(listed, (node) => this.#lostIn[node]!),
      names,
      nameStart,
      nameLength,
    };
  }

  #grow(count: number): void {
    if (count <= this.#lostIn.length) return;
    const capacity = Math.max(count, this.#lostIn.length * 2);
    const longer = <T extends Uint8Array | Uint16Array | Uint32Array>(column: T, filler: number): T => {
      const larger = new (column.constructor as new (length: number) => T)(capacity);
      larger.fill(filler, column.length);
      larger.set(column);
      return larger;
    };
    this.#layer = longer(this.#layer, IMPLIED);
    this.#row = longer(this.#row, 0);
    this.#contentLayer = longer(this.#contentLayer, IMPLIED);
    this.#contentRow = longer(this.#contentRow, 0);
    this.#kind = longer(this.#kind, DIR);
    this.#lostIn = longer(this.#lostIn, THERE);
    this.#heir = longer(this.#heir, NONE);
    this.#changed = longer(this.#changed, 0);
  }
}
