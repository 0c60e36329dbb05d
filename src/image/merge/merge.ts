/**
 * Layers laid upon each other, lowest first: image-spec v1.1, layer.md, "Applying Changesets". Each layer in two steps,
 * so that the order of its tar does not matter where the spec says it must not:
 *
 * 1. its whiteouts and opaque markers, all looked up in what the layers below have made, then all applied;
 * 2. its entries in the order of the tar, the last of a name wins; then the hard links whose target came after them.
 *
 * Where the spec is silent this does as umoci does (oci/layer/tar_extract.go): names are cleaned lexically and stay
 * inside the root; a folder of a path that is a symbolic link leads where the link leads, for entries, whiteouts and
 * targets of hard links alike; whatever else stands where a folder is needed gives way to one.
 */
import type { Bytes } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { fail } from '../../base/problem.ts';
import { columnsOf } from './columns.ts';
import { HardLinks } from './hard-links.ts';
import { LossLog, type Losses } from './losses.ts';
import { MergeNodes, NONE } from './nodes.ts';
import { PathLog, type PathChange } from './path-history.ts';
import { isWhiteout, PathWalk, WHITEOUT } from './paths.ts';
import { IMPLIED, type TreeColumns } from '../tree-columns.ts';
import { DIR, FILE, HARDLINK, MAX_ENTRIES, SYMLINK, type LayerIndex } from '../layer-index.ts';

const DOT = 0x2e;
const SLASH = 0x2f;
const OPAQUE = '.wh..wh..opq';
/** aufs' own files: `.wh..wh.aufs`, `.wh..wh.orph`, `.wh..wh.plnk`. */
const AUFS = '.wh..wh.';

/** The merged tree. Fails with `too-large` past `MAX_ENTRIES` (all layers together) or `MAX_NODES`. */
export function merge(layers: readonly LayerIndex[]): TreeColumns {
  if (layers.length >= IMPLIED) {
    fail({ code: 'too-large', what: 'layers', limit: IMPLIED - 1, actual: layers.length });
  }
  const entries = entriesOf(layers);
  if (entries > MAX_ENTRIES) {
    fail({ code: 'too-large', what: 'entries', limit: MAX_ENTRIES, actual: entries });
  }
  const merging = applied(layers);
  return columnsOf(merging.nodes, merging.root, layers, merging.ignored);
}

/** What the layers take from each other; in the rows of the tree that `merge` makes of the same. Fails as that. */
export function lossesOf(layers: readonly LayerIndex[]): Losses {
  const log = new LossLog(layers);
  const merging = applied(layers, log);
  return log.finish(merging.nodes, merging.root);
}

/** What each of the layers made of one path, the lowest first. Fails as `merge`, which see for the rules. */
export function historyOfPath(layers: readonly LayerIndex[], path: Bytes): PathChange[] {
  const log = new PathLog(layers, path);
  applied(layers, log);
  return log.changes;
}

/** Looks at the nodes when all of a layer has been applied. */
interface MergeLog {
  after(layer: number, nodes: MergeNodes, root: number): void;
}

function applied(layers: readonly LayerIndex[], log?: MergeLog): Merging {
  const merging = new Merging(layers, entriesOf(layers));
  for (let layer = 0; layer < layers.length; layer++) {
    merging.apply(layer);
    log?.after(layer, merging.nodes, merging.root);
  }
  return merging;
}

const entriesOf = (layers: readonly LayerIndex[]) => layers.reduce((sum, { count }) => sum + count, 0);

class Merging {
  readonly nodes: MergeNodes;
  root = 0;
  /** Entries that no rule can place: `.wh.` without a name, a root that is no folder. */
  ignored = 0;
  readonly #layers: readonly LayerIndex[];
  readonly #paths: PathWalk;
  readonly #links: HardLinks;
  /** Symbolic links below where this layer has an entry or a whiteout of its own; null until that is asked. */
  #replaced: Set<number> | null = null;
  /** The folder of the entry read last, as its tar spells it, and the node that this led to. */
  #folderStart = 0;
  #folderLength = -1;
  #folder = NONE;

  constructor(layers: readonly LayerIndex[], entries: number) {
    this.#layers = layers;
    this.nodes = new MergeNodes(
      layers.map(({ pool }) => pool),
      entries,
    );
    this.#paths = new PathWalk(this.nodes, layers);
    this.#links = new HardLinks(this.nodes, layers);
  }

  apply(layer: number): void {
    this.#links.begin();
    this.#folder = NONE;
    this.#takeAway(layer);
    const { count } = this.#layers[layer]!;
    for (let row = 0; row < count; row++) this.#addEntry(layer, row);
    this.#links.bindWaiting(layer, this.root);
  }

  // --- whiteouts

  #takeAway(layer: number): void {
    const index = this.#layers[layer]!;
    const paths = this.#paths;
    const removed: number[] = [];
    const emptied: number[] = [];
    for (let row = 0; row < index.count; row++) {
      const start = index.nameStart[row]!;
      const length = index.nameLength[row]!;
      if (!mayBeWhiteout(index.pool, start, length)) continue;
      paths.readFrom(layer, start, length);
      const depth = paths.whiteoutDepth();
      // Below a whiteout there is nothing: a file system cannot have such a folder (layer.md, "Whiteouts").
      if (depth === NONE || depth < paths.count - 1) continue;
      const name = paths.text(depth);
      if (name !== OPAQUE && name.startsWith(AUFS)) continue;
      const what = name.slice(WHITEOUT.length);
      if (what === '' || what === '.' || what === '..') {
        // moby and umoci refuse the whole layer; one bad name should not keep a person from seeing the rest.
        this.ignored++;
        continue;
      }
      const folder = paths.folder(this.root, false, (link) => this.#isReplaced(layer, link));
      if (folder === NONE) continue;
      if (name === OPAQUE) emptied.push(folder);
      else {
        const node = paths.last(folder, WHITEOUT.length);
        if (node !== NONE) removed.push(node);
      }
    }
    this.#replaced = null;
    if (removed.length === 0 && emptied.length === 0) return;

    const targets = this.#links.lowerTargets(layer, this.root);
    const { nodes } = this;
    for (const node of removed) nodes.gone[node] = 1;
    for (const node of emptied) {
      if (nodes.gone[node] === 1) continue;
      const emptyOne = nodes.renew(node);
      if (node === this.root) this.root = emptyOne;
    }
    this.#links.keepTakenAway(targets, layer, this.root);
  }

  /**
   * A whiteout does not follow a link that its own layer replaces: in `link/`, `link/.wh..wh..opq` the marker is about
   * the new folder, wherever in the tar it stands, not about the folder that the lower link leads to.
   */
  #isReplaced(layer: number, link: number): boolean {
    if (this.#replaced === null) {
      this.#replaced = new Set();
      const index = this.#layers[layer]!;
      const paths = new PathWalk(this.nodes, this.#layers);
      for (let row = 0; row < index.count; row++) {
        paths.readFrom(layer, index.nameStart[row]!, index.nameLength[row]!);
        if (paths.count === 0) continue;
        const depth = paths.whiteoutDepth();
        if (depth !== NONE && depth < paths.count - 1) continue;
        const folder = paths.folder(this.root, false);
        if (folder === NONE) continue;
        const node = paths.last(folder, depth === NONE ? 0 : WHITEOUT.length);
        if (node !== NONE && this.nodes.kind[node] === SYMLINK) this.#replaced.add(node);
      }
    }
    return this.#replaced.has(link);
  }

  // --- entries

  #addEntry(layer: number, row: number): void {
    const index = this.#layers[layer]!;
    const { pool } = index;
    const start = index.nameStart[row]!;
    let end = start + index.nameLength[row]!;
    while (end > start && pool[end - 1] === SLASH) end--;
    let base = end;
    while (base > start && pool[base - 1] !== SLASH) base--;
    const prefix = base - start;

    if (prefix === this.#folderLength && this.#folder !== NONE && !isDots(pool, base, end)) {
      let i = 0;
      const before = this.#folderStart;
      while (i < prefix && pool[start + i] === pool[before + i]) i++;
      if (i === prefix) {
        if (!isWhiteout(pool, base, end)) this.#place(layer, row, this.#folder, base, end - base);
        return;
      }
    }

    const paths = this.#paths;
    paths.readFrom(layer, start, end - start);
    if (paths.count === 0) {
      this.#placeRoot(layer, row);
      return;
    }
    const depth = paths.whiteoutDepth();
    if (depth !== NONE) {
      if (depth < paths.count - 1) this.#hide(layer, row);
      return;
    }
    const plain = !isDots(pool, base, end);
    const nameStart = paths.starts[paths.count - 1]!;
    const nameLength = paths.lengths[paths.count - 1]!;
    const folder = paths.folder(this.root, true);
    assert(folder !== NONE, 'a folder was not made');
    this.#folder = plain && paths.settled ? folder : NONE;
    this.#folderStart = start;
    this.#folderLength = prefix;
    this.#place(layer, row, folder, nameStart, nameLength);
  }

  #placeRoot(layer: number, row: number): void {
    if (this.#layers[layer]!.type[row] === DIR) {
      this.nodes.layer[this.root] = layer;
      this.nodes.row[this.root] = row;
    } else this.ignored++;
  }

  /** layer.md, "Changeset over existing files": folder over folder sets attributes, all else removes and recreates. */
  #place(layer: number, row: number, folder: number, start: number, length: number): void {
    const { nodes } = this;
    const index = this.#layers[layer]!;
    const type = index.type[row]!;
    // Before anything is removed: a link may be named like its own target.
    const inode = type === HARDLINK ? this.#links.bind(layer, row, this.root) : null;

    let node = nodes.find(folder, index.pool, start, length);
    if (node === NONE) node = nodes.addUnfound(folder, layer, start, length);
    else if (nodes.kind[node] === DIR) {
      if (type !== DIR) {
        node = nodes.renew(node);
        this.#folder = NONE;
      }
    } else if (nodes.kind[node] === SYMLINK) this.#folder = NONE;

    nodes.layer[node] = layer;
    nodes.row[node] = row;
    nodes.kind[node] = inode === null ? type : inode.kind;
    if (type === FILE) {
      nodes.contentLayer[node] = layer;
      nodes.contentRow[node] = row;
    } else if (inode !== null) {
      nodes.contentLayer[node] = inode.layer;
      nodes.contentRow[node] = inode.row;
    } else {
      nodes.contentLayer[node] = IMPLIED;
      nodes.contentRow[node] = 0;
      if (type === HARDLINK) this.#links.wait(node);
    }
  }

  #hide(layer: number, row: number): void {
    const paths = this.#paths;
    const type = this.#layers[layer]!.type[row]!;
    if (type === FILE && paths.text(paths.whiteoutDepth()).startsWith(AUFS)) {
      this.#links.hide(paths.wholeText(), { layer, row, kind: type });
    }
  }
}

/** True where the last component, as it is spelt, begins with `.wh.`, or where that takes cleaning to say. */
function mayBeWhiteout(pool: Uint8Array, start: number, length: number): boolean {
  let end = start + length;
  while (end > start && pool[end - 1] === SLASH) end--;
  let base = end;
  while (base > start && pool[base - 1] !== SLASH) base--;
  return isWhiteout(pool, base, end) || isDots(pool, base, end);
}

/** Empty, `.` or `..`: no name yet. */
function isDots(pool: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return length === 0 || (length <= 2 && pool[start] === DOT && (length === 1 || pool[start + 1] === DOT));
}
