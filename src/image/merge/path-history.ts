/** What each layer made of one path, while they are laid upon each other. */
import type { Bytes } from '../../base/bytes.ts';
import { DIR, type LayerIndex } from '../layer-index.ts';
import { IMPLIED } from '../tree-columns.ts';
import { areOtherFolders } from './losses.ts';
import { NONE, type MergeNodes } from './nodes.ts';
import { PathParts } from './path-parts.ts';

/** Plain data. */
export interface PathChange {
  /** The layer that made the change. */
  readonly layer: number;
  /** `changed`: another entry took the place of what was there; a folder that is only named again is no change. */
  readonly what: 'added' | 'changed' | 'deleted';
  /** What is there now; of what was deleted, what was there. */
  readonly entry: PathEntry;
}

export interface PathEntry {
  /** Where the entry is. */
  readonly layer: number;
  readonly row: number;
  /** Where its attributes and bytes are: elsewhere for a hard link that is bound. */
  readonly inodeLayer: number;
  readonly inodeRow: number;
}

/**
 * `path` is taken literally, as `FileTree.find` takes it: no symbolic link is followed, and empty components, `.` and `..` are
 * cleaned away. A folder that is there only because something is in it does not count as being there.
 */
export class PathLog {
  readonly changes: PathChange[] = [];
  readonly #layers: readonly LayerIndex[];
  readonly #path: Bytes;
  readonly #parts = new PathParts();
  #before: PathEntry | null = null;

  constructor(layers: readonly LayerIndex[], path: Bytes) {
    this.#layers = layers;
    this.#path = path;
    this.#parts.read(path, 0, path.length, true);
  }

  /** All of `layer` has been applied. */
  after(layer: number, nodes: MergeNodes, root: number): void {
    const before = this.#before;
    const now = this.#find(nodes, root);
    this.#before = now;
    if (now === null) {
      if (before !== null) this.changes.push({ layer, what: 'deleted', entry: before });
    } else if (before === null) this.changes.push({ layer, what: 'added', entry: now });
    else if (this.#differ(before, now)) this.changes.push({ layer, what: 'changed', entry: now });
  }

  #find(nodes: MergeNodes, root: number): PathEntry | null {
    const { count, starts, lengths } = this.#parts;
    let node = root;
    for (let i = 0; i < count && node !== NONE; i++) {
      node = nodes.find(node, this.#path, starts[i]!, lengths[i]!);
    }
    const layer = node === NONE ? IMPLIED : nodes.layer[node]!;
    if (layer === IMPLIED) return null;
    const row = nodes.row[node]!;
    const isBound = nodes.contentLayer[node] !== IMPLIED;
    return {
      layer,
      row,
      inodeLayer: isBound ? nodes.contentLayer[node]! : layer,
      inodeRow: isBound ? nodes.contentRow[node]! : row,
    };
  }

  #differ(a: PathEntry, b: PathEntry): boolean {
    if (a.layer === b.layer && a.row === b.row) return false;
    const [before, after] = [this.#layers[a.inodeLayer]!, this.#layers[b.inodeLayer]!];
    const [old, row] = [a.inodeRow, b.inodeRow];
    return before.type[old] !== DIR || after.type[row] !== DIR || areOtherFolders(before, old, after, row);
  }
}
