/**
 * Hard links while layers are merged. One is bound when its entry is read, to the entry that its target's name shows
 * then: what becomes of that name later is nothing to it, as with inodes on a disk. Where nothing is there yet, it is
 * bound at the end of its layer.
 */
import { IMPLIED } from '../tree-columns.ts';
import { DIR, HARDLINK, type LayerIndex } from '../layer-index.ts';
import { NONE, type MergeNodes } from './nodes.ts';
import { PathWalk } from './paths.ts';

/** What a hard link is bound to: an entry of any type but a folder. */
export interface Inode {
  readonly layer: number;
  readonly row: number;
  readonly kind: number;
}

export class HardLinks {
  readonly #nodes: MergeNodes;
  readonly #layers: readonly LayerIndex[];
  readonly #path: PathWalk;
  /** Nodes of links in this layer whose target was not there when they were read. */
  #waiting: number[] = [];
  /** By row: what a link of this layer leads to below, where this layer takes that away. */
  readonly #takenAway = new Map<number, Inode>();
  /** By cleaned path: this layer's files in aufs' own folders, which are only there to be linked to. */
  readonly #hidden = new Map<string, Inode>();

  constructor(nodes: MergeNodes, layers: readonly LayerIndex[]) {
    this.#nodes = nodes;
    this.#layers = layers;
    this.#path = new PathWalk(nodes, layers);
  }

  /** Before each layer. */
  begin(): void {
    this.#waiting = [];
    this.#takenAway.clear();
    this.#hidden.clear();
  }

  /** What the links of a layer lead to as long as only the layers below are there, by row. */
  lowerTargets(layer: number, root: number): Map<number, Inode> {
    const index = this.#layers[layer]!;
    const targets = new Map<number, Inode>();
    for (let row = 0; row < index.count; row++) {
      if (index.type[row] !== HARDLINK) continue;
      const node = this.#target(layer, row, root);
      const inode = node === NONE ? null : this.#inodeOf(node);
      if (inode !== null) targets.set(row, inode);
    }
    return targets;
  }

  /**
   * After the layer's whiteouts: of `targets` those count that are gone. A builder may link to a lower file and then
   * delete it; the link was made while the file was there.
   */
  keepTakenAway(targets: ReadonlyMap<number, Inode>, layer: number, root: number): void {
    for (const [row, inode] of targets) {
      if (this.#target(layer, row, root) === NONE) this.#takenAway.set(row, inode);
    }
  }

  /** A file of this layer that has no place in the tree. */
  hide(path: string, inode: Inode): void {
    this.#hidden.set(path, inode);
  }

  /** What the link at `row` leads to now, or null. */
  bind(layer: number, row: number, root: number): Inode | null {
    const node = this.#target(layer, row, root);
    if (node !== NONE) return this.#inodeOf(node);
    return this.#hidden.size === 0 ? null : (this.#hidden.get(this.#path.wholeText()) ?? null);
  }

  /** `node` shows a link that `bind` could not bind. */
  wait(node: number): void {
    this.#waiting.push(node);
  }

  /** At the end of a layer: links to what came later, also by way of each other; those in a circle stay unbound. */
  bindWaiting(layer: number, root: number): void {
    const nodes = this.#nodes;
    // One that was replaced since waits no more.
    const open = new Set(
      this.#waiting.filter(
        (node) => nodes.gone[node] === 0 && nodes.layer[node] === layer && nodes.kind[node] === HARDLINK,
      ),
    );
    for (const first of open) {
      const chain: number[] = [];
      let inode: Inode | null = null;
      for (let node = first; ;) {
        open.delete(node);
        chain.push(node);
        const row = nodes.row[node]!;
        const next = this.#target(layer, row, root);
        if (next !== NONE && open.has(next)) {
          node = next;
          continue;
        }
        inode = this.bind(layer, row, root);
        if (inode === null && next === NONE) inode = this.#takenAway.get(row) ?? null;
        break;
      }
      if (inode === null) continue;
      for (const node of chain) {
        nodes.kind[node] = inode.kind;
        nodes.contentLayer[node] = inode.layer;
        nodes.contentRow[node] = inode.row;
      }
    }
  }

  /** The node that the link's target names now, its last component not followed; or NONE. Its path is in `#path`. */
  #target(layer: number, row: number, root: number): number {
    const index = this.#layers[layer]!;
    const path = this.#path;
    path.readFrom(layer, index.linkStart[row]!, index.linkLength[row]!);
    if (path.count === 0) return NONE;
    const folder = path.folder(root, false);
    return folder === NONE ? NONE : path.last(folder);
  }

  /** Null for a folder, which cannot have a second name, and for a link that is not bound. */
  #inodeOf(node: number): Inode | null {
    const nodes = this.#nodes;
    const kind = nodes.kind[node]!;
    if (kind === DIR || kind === HARDLINK) return null;
    return nodes.contentLayer[node] === IMPLIED
      ? { layer: nodes.layer[node]!, row: nodes.row[node]!, kind }
      : { layer: nodes.contentLayer[node]!, row: nodes.contentRow[node]!, kind };
  }
}
