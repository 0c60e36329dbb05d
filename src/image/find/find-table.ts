/** The columns that finding goes through, for a thread that has its own copy of them. */
import type { Bytes } from '../../base/bytes.ts';
import { xattrsIn, unpackRecords } from '../entry-records.ts';
import { DIR, HARDLINK, type EntryType, type LayerIndex } from '../layer-index.ts';
import { IMPLIED, ROOT, type TreeColumns } from '../tree-columns.ts';
import type { DeletedColumns, Losses } from '../merge/losses.ts';
import type { FindTree } from './find-tree.ts';
import { NamePool } from './name-pool.ts';

/** What of a layer is needed. */
export type FindLayer = Omit<LayerIndex, 'mtime' | 'mtimeNanos' | 'devmajor' | 'devminor' | 'headerOffset'>;

/** Plain data, to be sent. */
export interface FindData {
  readonly tree: FindTree;
  readonly layers: readonly FindLayer[];
}

export function findDataOf(tree: TreeColumns, layers: readonly LayerIndex[]): FindData {
  const { count, parent, layer, row, contentLayer, contentRow, names, nameStart, nameLength } = tree;
  return {
    tree: { count, parent, layer, row, contentLayer, contentRow, names, nameStart, nameLength },
    layers: layers.map(({ mtime, mtimeNanos, devmajor, devminor, headerOffset, ...needed }) => needed),
  };
}

/** To which package each entry of the tree belongs. Plain data. */
export interface Owners {
  /** Counted from 1; 0 for none. */
  readonly owner: Uint32Array<ArrayBuffer>;
  readonly names: readonly string[];
}

/** What a runtime gives a folder that no layer describes. */
const IMPLIED_MODE = 0o755;

export class FindTable {
  readonly tree: FindTree;
  readonly layers: readonly FindLayer[];
  readonly count: number;
  readonly names: NamePool;
  /** An entry type each: of what a hard link is bound to. */
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly modes: Uint16Array<ArrayBuffer>;
  /** Bytes of files; 0 for all else. */
  readonly sizes: Float64Array<ArrayBuffer>;
  /** All but the root as one walks through the tree: by name, a folder before what is in it. */
  readonly walk: Uint32Array<ArrayBuffer>;
  /** Some files have several names. */
  readonly hasLinks: boolean;
  /** Where they are known: what layers took from those below. The rows of `deleted` follow those of the tree. */
  readonly losses: Losses | null;
  /** Where they are known. */
  readonly owners: Owners | null;
  /** Rows of the tree itself. */
  readonly there: number;
  /** Entries that are not there any more, by path. */
  readonly gone: Uint32Array<ArrayBuffer>;
  #bySize: Uint32Array<ArrayBuffer> | null = null;

  constructor({ tree: own, layers }: FindData, losses: Losses | null = null, owners: Owners | null = null) {
    const tree = losses === null ? own : withDeleted(own, losses.deleted);
    this.losses = losses;
    this.owners = owners;
    this.there = own.count;
    const { count, layer, row, contentLayer, contentRow } = tree;
    this.tree = tree;
    this.layers = layers;
    this.count = count;
    this.names = new NamePool(tree);
    this.kinds = new Uint8Array(count);
    this.modes = new Uint16Array(count);
    this.sizes = new Float64Array(count);
    let hasLinks = false;
    for (let id = 0; id < count; id++) {
      const content = contentLayer[id]!;
      const bound = content !== IMPLIED;
      const inode = layers[bound ? content : layer[id]!];
      const at = bound ? contentRow[id]! : row[id]!;
      this.kinds[id] = inode === undefined ? DIR : inode.type[at]!;
      this.modes[id] = inode === undefined ? IMPLIED_MODE : inode.mode[at]!;
      if (!bound) continue;
      this.sizes[id] = inode!.size[at]!;
      if (at !== row[id] || content !== layer[id]) hasLinks = true;
    }
    this.hasLinks = hasLinks;
    this.walk = walkOf(own);
    this.gone = this.#byPath(losses);
  }

  #byPath(losses: Losses | null): Uint32Array<ArrayBuffer> {
    const gone: number[] = [];
    for (let row = 0; row < (losses?.deleted.count ?? 0); row++) {
      if (losses!.deleted.layer[row] !== IMPLIED) gone.push(this.there + row);
    }
    const paths = new Map(gone.map((id) => [id, this.path(id)]));
    return Uint32Array.from(gone.sort((a, b) => (paths.get(a)! < paths.get(b)! ? -1 : 1)));
  }

  path(id: number): string {
    if (id === ROOT) return '/';
    let path = '';
    for (let at = id; at !== ROOT; at = this.tree.parent[at]!) path = `/${this.names.name(at)}${path}`;
    return path;
  }

  /** All but the root by size, the largest first, equal ones as one walks. */
  get bySize(): Uint32Array<ArrayBuffer> {
    if (this.#bySize === null) {
      const { walk, sizes } = this;
      const sized = new Uint32Array(walk.length);
      let count = 0;
      for (let i = 0; i < walk.length; i++) if (sizes[walk[i]!]! > 0) sized[count++] = i;
      const order = new Uint32Array(walk.length);
      const large = sized.subarray(0, count).sort((a, b) => sizes[walk[b]!]! - sizes[walk[a]!]! || a - b);
      for (let i = 0; i < count; i++) order[i] = walk[large[i]!]!;
      for (let i = 0; i < walk.length; i++) if (sizes[walk[i]!] === 0) order[count++] = walk[i]!;
      this.#bySize = order;
    }
    return this.#bySize;
  }

  // --- facts, as FileTree has them

  /** As its layer says. */
  type(id: number): EntryType {
    const layer = this.tree.layer[id]!;
    return layer === IMPLIED ? DIR : (this.layers[layer]!.type[this.tree.row[id]!] as EntryType);
  }

  isHardLink(id: number): boolean {
    return this.type(id) === HARDLINK;
  }

  xattrs(id: number): Map<string, Bytes> {
    const layer = this.layers[this.inodeLayer(id)];
    if (layer === undefined) return new Map();
    const row = this.inodeRow(id);
    const length = layer.recordsLength[row]!;
    return length === 0 ? new Map() : xattrsIn(unpackRecords(layer.pool, layer.recordsStart[row]!, length));
  }

  /** The entry with the attributes: its own, or that of the file it is bound to. */
  inodeLayer(id: number): number {
    const { contentLayer, layer } = this.tree;
    return contentLayer[id] === IMPLIED ? layer[id]! : contentLayer[id]!;
  }

  inodeRow(id: number): number {
    const { contentLayer, contentRow, row } = this.tree;
    return contentLayer[id] === IMPLIED ? row[id]! : contentRow[id]!;
  }
}

function withDeleted(tree: FindTree, deleted: DeletedColumns): FindTree {
  const { length } = tree.names;
  return {
    count: tree.count + deleted.count,
    parent: joined(Uint32Array, tree.parent, deleted.parent),
    layer: joined(Uint16Array, tree.layer, deleted.layer),
    row: joined(Uint32Array, tree.row, deleted.row),
    contentLayer: joined(Uint16Array, tree.contentLayer, deleted.contentLayer),
    contentRow: joined(Uint32Array, tree.contentRow, deleted.contentRow),
    names: joined(Uint8Array, tree.names, deleted.names),
    nameStart: joined(
      Uint32Array,
      tree.nameStart,
      deleted.nameStart.map((start) => start + length),
    ),
    nameLength: joined(Uint32Array, tree.nameLength, deleted.nameLength),
  };
}

type Column = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

function joined<C extends Column>(kind: new (length: number) => C, first: C, second: C): C {
  const both = new kind(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function walkOf({ count, parent }: FindTree): Uint32Array<ArrayBuffer> {
  const below = new Uint32Array(count);
  for (let id = count - 1; id > 0; id--) below[parent[id]!]! += below[id]! + 1;
  // Where the next of its children goes.
  const next = new Uint32Array(count);
  const walk = new Uint32Array(Math.max(0, count - 1));
  for (let id = 1; id < count; id++) {
    const place = next[parent[id]!]!;
    next[parent[id]!] = place + below[id]! + 1;
    next[id] = place + 1;
    walk[place] = id;
  }
  return walk;
}
