/** The merged filesystem, asked node by node. Its columns are in `tree-columns.ts`. */
import { compareBytes, decodeUtf8, readable, utf8, type Bytes } from '../base/bytes.ts';
import { isXattrRecord, xattrsIn } from './entry-records.ts';
import { DIR, HARDLINK, recordsOf, type EntryType, type LayerIndex } from './layer-index.ts';
import { partsOf } from './merge/path-parts.ts';
import { followLink, type LinkEnd } from './symlinks.ts';
import { IMPLIED, ROOT, type TreeColumns } from './tree-columns.ts';

/**
 * An entry's facts, made on demand for one node. Two names of one file share its attributes, as in any container
 * (path_resolution aside, link(2) makes a name and nothing else): a hard link that is bound has those of its file.
 */
export interface Entry {
  readonly path: string;
  /** Present where the path is not UTF-8; `path` is then readable, not exact. */
  readonly pathBytes?: Bytes;
  readonly type: EntryType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  readonly size: number;
  /** 0 for an implied folder. */
  readonly mtime: number;
  readonly mtimeNanos: number;
  /** As the tar has it, readable. */
  readonly linkname: string;
  readonly devmajor: number;
  readonly devminor: number;
  /** From 0; null for an implied folder. */
  readonly layer: number | null;
  readonly xattrs: ReadonlyMap<string, Bytes>;
  /** Other PAX records that the columns do not hold, readable. */
  readonly records: ReadonlyMap<string, string>;
}

/** Rows `start` to `end`, the end not included. */
export interface Rows {
  readonly start: number;
  readonly end: number;
}

/** What a container runtime gives a folder that no layer describes. */
const IMPLIED_MODE = 0o755;
const SLASH = 0x2f;

/** The merged filesystem of an image. Nothing in here changes; every accessor is cheap unless it says otherwise. */
export class FileTree {
  readonly columns: TreeColumns;
  readonly layers: readonly LayerIndex[];
  readonly count: number;

  /** `layers` are those that `columns` was merged from. */
  constructor(columns: TreeColumns, layers: readonly LayerIndex[]) {
    this.columns = columns;
    this.layers = layers;
    this.count = columns.count;
  }

  // --- names and places

  /** Base name, readable; empty for the root. */
  name(node: number): string {
    return readable(this.nameBytes(node));
  }

  /** A view: not to be changed. */
  nameBytes(node: number): Bytes {
    const start = this.columns.nameStart[node]!;
    return this.columns.names.subarray(start, start + this.columns.nameLength[node]!);
  }

  /** Absolute, readable: `/` or `/usr/bin`. */
  path(node: number): string {
    return readable(this.pathBytes(node));
  }

  pathBytes(node: number): Bytes {
    const { parent, nameLength } = this.columns;
    let length = 0;
    for (let at = node; at !== ROOT; at = parent[at]!) length += 1 + nameLength[at]!;
    if (length === 0) return Uint8Array.of(SLASH);
    const path = new Uint8Array(length);
    for (let at = node; at !== ROOT; at = parent[at]!) {
      length -= nameLength[at]!;
      path.set(this.nameBytes(at), length);
      path[--length] = SLASH;
    }
    return path;
  }

  /** The root has itself. */
  parent(node: number): number {
    return this.columns.parent[node]!;
  }

  /** Rows of the children, by name. */
  children(node: number): Rows {
    const start = this.columns.firstChild[node]!;
    return { start, end: start + this.columns.childCount[node]! };
  }

  /** The same children, the largest (`totalSize`) first. A view: not to be changed. */
  childrenBySize(node: number): Uint32Array<ArrayBuffer> {
    const { start, end } = this.children(node);
    return this.columns.bySize.subarray(start, end);
  }

  /** The child of that name, or null. */
  child(node: number, name: Uint8Array): number | null {
    let { start: low, end: high } = this.children(node);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareBytes(this.nameBytes(middle), name);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return null;
  }

  /** The node of exactly this path, no symbolic link followed; `//`, `.` and `..` are cleaned away first. */
  find(path: string | Uint8Array): number | null {
    let node: number | null = ROOT;
    for (const part of partsOf(typeof path === 'string' ? utf8(path) : path)) {
      if (part === '..') node = this.parent(node);
      else node = this.child(node, part);
      if (node === null) return null;
    }
    return node;
  }

  // --- facts

  /** As its layer says: a hard link is HARDLINK. */
  type(node: number): EntryType {
    const layer = this.columns.layer[node]!;
    return layer === IMPLIED ? DIR : (this.layers[layer]!.type[this.columns.row[node]!]! as EntryType);
  }

  /** Of the file that it is a name of: a hard link that is bound has the type of its target, as lstat(2) has it. */
  kind(node: number): EntryType {
    return this.#fact(node, 'type', DIR) as EntryType;
  }

  /** 0 to 0o7777. */
  mode(node: number): number {
    return this.#fact(node, 'mode', IMPLIED_MODE);
  }

  uid(node: number): number {
    return this.#fact(node, 'uid', 0);
  }

  gid(node: number): number {
    return this.#fact(node, 'gid', 0);
  }

  /** Seconds since 1970; null for an implied folder. */
  mtime(node: number): number | null {
    return this.#inodeLayer(node) === IMPLIED ? null : this.#fact(node, 'mtime', 0);
  }

  devmajor(node: number): number {
    return this.#fact(node, 'devmajor', 0);
  }

  devminor(node: number): number {
    return this.#fact(node, 'devminor', 0);
  }

  /** Bytes of a file, also of one that a hard link is bound to; 0 for all else. */
  size(node: number): number {
    const layer = this.columns.contentLayer[node]!;
    return layer === IMPLIED ? 0 : this.layers[layer]!.size[this.columns.contentRow[node]!]!;
  }

  /** Bytes at and below; a file with several names counts once in each folder. */
  totalSize(node: number): number {
    return this.columns.totalSize[node]!;
  }

  /** Entries below. */
  totalEntries(node: number): number {
    return this.columns.totalEntries[node]!;
  }

  /** The layer that gives this name its entry, from 0; null for an implied folder. */
  layer(node: number): number | null {
    const layer = this.columns.layer[node]!;
    return layer === IMPLIED ? null : layer;
  }

  /** Target of a symbolic or hard link as the tar has it, readable; empty for others. */
  linkname(node: number): string {
    return readable(this.linknameBytes(node));
  }

  /** A view: not to be changed. */
  linknameBytes(node: number): Bytes {
    const { layer, row } = this.columns;
    const index = this.layers[layer[node]!];
    if (index === undefined) return new Uint8Array(0);
    const start = index.linkStart[row[node]!]!;
    return index.pool.subarray(start, start + index.linkLength[row[node]!]!);
  }

  /** Everything that is known of a node. */
  entry(node: number): Entry {
    const bytes = this.pathBytes(node);
    const exact = decodeUtf8(bytes);
    const layer = this.layers[this.#inodeLayer(node)];
    const row = this.#inodeRow(node);
    const records = layer === undefined ? new Map<string, Bytes>() : recordsOf(layer, row);
    const [uname, gname] = layer?.owners[layer.owner[row]!] ?? ['', ''];
    return {
      path: exact ?? readable(bytes),
      ...(exact === null ? { pathBytes: bytes } : {}),
      type: this.type(node),
      mode: this.mode(node),
      uid: this.uid(node),
      gid: this.gid(node),
      uname,
      gname,
      size: this.size(node),
      mtime: this.mtime(node) ?? 0,
      mtimeNanos: this.#fact(node, 'mtimeNanos', 0),
      linkname: this.linkname(node),
      devmajor: this.devmajor(node),
      devminor: this.devminor(node),
      layer: this.layer(node),
      xattrs: xattrsIn(records),
      records: new Map(
        [...records].filter(([key]) => !isXattrRecord(key)).map(([key, value]) => [key, readable(value)]),
      ),
    };
  }

  /** Extended attributes, by name. */
  xattrs(node: number): Map<string, Bytes> {
    const layer = this.layers[this.#inodeLayer(node)];
    return layer === undefined ? new Map() : xattrsIn(recordsOf(layer, this.#inodeRow(node)));
  }

  // --- links

  /** Where a symbolic link leads; see `followLink`. */
  follow(node: number): LinkEnd {
    return followLink(this, node);
  }

  /** The other names of the same file. Looks through the whole tree. */
  hardLinks(node: number): number[] {
    if (this.kind(node) === DIR) return [];
    const inodeLayer = this.#inodeLayer(node);
    const inodeRow = this.#inodeRow(node);
    const { count, layer, row, contentLayer, contentRow } = this.columns;
    const others: number[] = [];
    // Each selection asks, of a million entries: by the columns, without a call for each.
    for (let other = 0; other < count; other++) {
      const isBound = contentLayer[other] !== IMPLIED;
      if ((isBound ? contentRow[other] : row[other]) !== inodeRow || other === node) continue;
      if ((isBound ? contentLayer[other] : layer[other]) === inodeLayer) others.push(other);
    }
    return others;
  }

  /** What a symbolic link, or a hard link to one, says. A view: not to be changed. */
  symlinkTarget(node: number): Bytes {
    const index = this.layers[this.#inodeLayer(node)];
    if (index === undefined) return new Uint8Array(0);
    const row = this.#inodeRow(node);
    return index.pool.subarray(index.linkStart[row]!, index.linkStart[row]! + index.linkLength[row]!);
  }

  /** True for a hard link whose target was in none of the layers. */
  isUnbound(node: number): boolean {
    return this.type(node) === HARDLINK && this.columns.contentLayer[node] === IMPLIED;
  }

  /** What its attributes and bytes are those of: names that share it are names of one file. `layer` is IMPLIED for none. */
  inode(node: number): { readonly layer: number; readonly row: number } {
    return { layer: this.#inodeLayer(node), row: this.#inodeRow(node) };
  }

  /** The entry with the attributes: its own, or that of the file it is bound to. */
  #inodeLayer(node: number): number {
    const { contentLayer, layer } = this.columns;
    return contentLayer[node] === IMPLIED ? layer[node]! : contentLayer[node]!;
  }

  #inodeRow(node: number): number {
    const { contentLayer, contentRow, row } = this.columns;
    return contentLayer[node] === IMPLIED ? row[node]! : contentRow[node]!;
  }

  #fact(
    node: number,
    column: 'type' | 'mode' | 'uid' | 'gid' | 'mtime' | 'mtimeNanos' | 'devmajor' | 'devminor',
    implied: number,
  ): number {
    const index = this.layers[this.#inodeLayer(node)];
    return index === undefined ? implied : index[column][this.#inodeRow(node)]!;
  }
}
