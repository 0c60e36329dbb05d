/**
 * What of a tree goes into a tar, and in which order. Each layer is read once, from front to back, so its files come in the
 * order of their bytes:
 *
 *     files       layer by layer, by where their data stand; of several names of a file the first one
 *     hard links  to these, each after its target
 *     the rest    a walk through the tree: a folder, then what is in it and is no file
 *
 * Folders come behind the files that are in them: a tool that sets a folder's time when it meets it (GNU tar) would see it
 * changed by the next file; and each right before its symbolic links, which GNU tar makes at its end and then sets the times
 * of the folders that it had just met. Folders that are not there yet are made by all tools on the way.
 */
import { compareBytes, concat, utf8, type Bytes } from '../base/bytes.ts';
import { listAt } from '../base/list-at.ts';
import { fail } from '../base/problem.ts';
import type { TarEntry } from '../formats/tar/entry.ts';
import { xattrRecord, xattrsIn } from './entry-records.ts';
import type { Stretch } from './file-place.ts';
import type { FileTree } from './file-tree.ts';
import { DIR, FILE, HARDLINK, recordsOf, sparseOf, SYMLINK, type LayerIndex } from './layer-index.ts';
import { LayerIndexBuilder } from './layer-index-builder.ts';
import { IMPLIED, ROOT } from './tree-columns.ts';

/** Entries in the order of the tar, a row each: facts, name, and where the data stand in the layer of `layer`. */
export interface ExportPart {
  /** Names and link names are those in the tar. */
  readonly entries: LayerIndex;
  /** IMPLIED for an entry without data. */
  readonly layer: Uint16Array<ArrayBuffer>;
}

/** Plain data. */
export interface ExportPlan {
  /** Each of a bounded size: to make one, or to send it, is a short task. */
  readonly parts: readonly ExportPart[];
  /** By layer: the stretches of its tar that hold what is wanted, apart, ascending. */
  readonly stretches: ReadonlyMap<number, readonly Stretch[]>;
  readonly count: number;
  /** Bytes of data that are read. */
  readonly size: number;
  /** Hard links to what is in none of the layers: no tool could make them. */
  readonly leftOut: number;
}

/** Rows of one part: some megabytes. */
const PART = 32 * 1024;
/**
 * Bytes of names and link names in all. A tree holds each name once, a tar has the whole path of each entry: of an image that
 * is made for it (one long way, and much at its end), more than there is memory.
 */
const MAX_NAMES = 2 ** 30;
/** Steps between two rests. */
const STEPS = 256;
/** Bytes of a layer's tar between two files that are not worth to be left out: to begin elsewhere costs as much. */
const GAP = 8 * 1024 * 1024;

const SLASH = utf8('/');
const NO_BYTES: Bytes = new Uint8Array(0);
const NO_RECORDS: ReadonlyMap<string, Bytes> = new Map();
const NO_OWNER = ['', ''] as const;

/**
 * The plan for `nodes`; a folder stands for all that is in it, and each entry comes once. The name of a single node in the
 * tar is its own (of the root, its children's); of several, their whole paths. Rests often, for whoever keeps a page free.
 * Fails with `too-large` past `limit` bytes of names.
 */
export function* planExport(
  tree: FileTree,
  nodes: Iterable<number>,
  limit = MAX_NAMES,
): Generator<void, ExportPlan, undefined> {
  const tops = yield* topsOf(tree, nodes);
  const only = tops.length === 1 && tops[0] !== ROOT ? tree.parent(tops[0]!) : ROOT;
  const plan = new Plan(tree, only === ROOT ? 1 : tree.pathBytes(only).length + 1, limit);
  let steps = 0;
  const rested = () => ++steps % STEPS === 0;

  for (const top of tops) {
    for (const node of walk(tree, top)) {
      plan.see(node);
      if (rested()) yield;
    }
  }
  for (const _ of plan.files()) if (rested()) yield;
  for (const node of plan.links) {
    plan.link(node);
    if (rested()) yield;
  }
  for (const top of tops) {
    for (const node of walk(tree, top)) {
      plan.rest(node);
      if (rested()) yield;
    }
  }
  return plan.finish();
}

/** The given nodes without those that are in others of them, each once, in the order of the tree. */
function* topsOf(tree: FileTree, nodes: Iterable<number>): Generator<void, number[], undefined> {
  const wanted = new Uint8Array(tree.count);
  let steps = 0;
  for (const node of nodes) {
    wanted[node] = 1;
    if (++steps % STEPS === 0) yield;
  }
  const tops: number[] = [];
  for (let node = 0; node < tree.count; node++) {
    if (++steps % STEPS === 0) yield;
    if (wanted[node] === 0) continue;
    let at = node;
    do at = tree.parent(at);
    while (at !== ROOT && wanted[at] === 0);
    if (node === ROOT || wanted[at] === 0) tops.push(node);
  }
  return tops;
}

/** A node and all below it, each before what is in it. */
function* walk(tree: FileTree, top: number): Generator<number, void, undefined> {
  yield top;
  const frames = [tree.children(top)].map(({ start, end }) => ({ next: start, end }));
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (frame.next === frame.end) {
      frames.pop();
      continue;
    }
    const node = frame.next++;
    yield node;
    const { start, end } = tree.children(node);
    if (start < end) frames.push({ next: start, end });
  }
}

class Plan {
  /** Nodes whose file has a name already. */
  readonly links: number[] = [];
  readonly #tree: FileTree;
  /** Bytes of a path that are no part of the name in the tar. */
  readonly #cut: number;
  /** Bytes of names that may be taken. */
  readonly #limit: number;
  /** By layer and row: the node that is the first name of what is there, plus one. */
  readonly #names = new Map<number, Uint32Array>();
  readonly #stretches = new Map<number, Stretch[]>();
  readonly #parts: ExportPart[] = [];
  #builder = new LayerIndexBuilder();
  #layer = new Uint16Array(PART);
  #count = 0;
  #size = 0;
  #leftOut = 0;
  #taken = 0;

  constructor(tree: FileTree, cut: number, limit: number) {
    this.#tree = tree;
    this.#cut = cut;
    this.#limit = limit;
  }

  /** In the first walk: who is the first name of a file. */
  see(node: number): void {
    const tree = this.#tree;
    const kind = tree.kind(node);
    if (kind === DIR) return;
    if (kind === HARDLINK) {
      this.#leftOut++;
      return;
    }
    const { layer, row } = tree.inode(node);
    let names = this.#names.get(layer);
    if (names === undefined) this.#names.set(layer, (names = new Uint32Array(tree.layers[layer]!.count)));
    if (names[row] === 0) names[row] = node + 1;
    else if (kind === FILE) this.links.push(node);
  }

  /** The files that were seen, layer by layer, as their data stand. */
  *files(): Generator<void, void, undefined> {
    const layers = [...this.#names.keys()].sort((a, b) => a - b);
    for (const layer of layers) {
      const index = this.#tree.layers[layer]!;
      const names = this.#names.get(layer)!;
      for (let row = 0; row < names.length; row++) {
        if (names[row] !== 0 && index.type[row] === FILE) {
          this.#add(names[row]! - 1, FILE, NO_BYTES);
          this.#want(layer, index.dataOffset[row]!, index.dataSize[row]!);
        }
        yield;
      }
    }
  }

  /** A further name of a file, or of a device or the like. */
  link(node: number): void {
    this.#add(node, HARDLINK, this.#nameOf(this.#firstName(node)));
  }

  /** In the second walk: what is no file. */
  rest(node: number): void {
    const tree = this.#tree;
    const kind = tree.kind(node);
    if (kind === FILE || kind === HARDLINK) return;
    // Nothing says anything of the root but an entry of its own.
    if (node === ROOT && tree.layer(ROOT) === null) return;
    if (kind !== DIR && this.#firstName(node) !== node) this.link(node);
    else this.#add(node, kind, kind === SYMLINK ? tree.symlinkTarget(node) : NO_BYTES);
  }

  finish(): ExportPlan {
    this.#endPart();
    return {
      parts: this.#parts,
      stretches: this.#stretches,
      count: this.#count,
      size: this.#size,
      leftOut: this.#leftOut,
    };
  }

  #firstName(node: number): number {
    const { layer, row } = this.#tree.inode(node);
    return this.#names.get(layer)![row]! - 1;
  }

  #nameOf(node: number): Bytes {
    return this.#tree.pathBytes(node).subarray(this.#cut);
  }

  #add(node: number, type: number, linkname: Bytes): void {
    const tree = this.#tree;
    const { layer, row } = tree.inode(node);
    const index = tree.layers[layer];
    const name = this.#nameOf(node);
    this.#taken += name.length + linkname.length;
    if (this.#taken > this.#limit) fail({ code: 'too-large', what: 'bytes of names', limit: this.#limit });
    const has = type === FILE && index !== undefined;
    const [uname, gname] = index?.owners[index.owner[row]!] ?? NO_OWNER;
    const entry: TarEntry = {
      type: String(type),
      name: type !== DIR ? name : name.length === 0 ? utf8('./') : concat([name, SLASH]),
      linkname,
      mode: tree.mode(node),
      uid: tree.uid(node),
      gid: tree.gid(node),
      uname,
      gname,
      size: has ? index.size[row]! : 0,
      mtime: tree.mtime(node) ?? 0,
      mtimeNanos: index?.mtimeNanos[row]! ?? 0,
      devmajor: index?.devmajor[row]! ?? 0,
      devminor: index?.devminor[row]! ?? 0,
      headerOffset: 0,
      dataOffset: has ? index.dataOffset[row]! : 0,
      dataSize: has ? index.dataSize[row]! : 0,
      sparse: has && index.recordsLength[row] !== 0 ? sparseOf(index, row) : null,
      records: index === undefined || index.recordsLength[row] === 0 ? NO_RECORDS : xattrRecords(index, row),
    };
    this.#layer[this.#builder.count] = entry.dataSize > 0 ? layer : IMPLIED;
    this.#builder.add(entry);
    this.#count++;
    if (this.#builder.count === PART) this.#endPart();
  }

  #endPart(): void {
    const { count } = this.#builder;
    if (count === 0) return;
    const entries = this.#builder.finish({ compression: 'none', unpackedSize: 0 });
    this.#parts.push({ entries, layer: this.#layer.slice(0, count) });
    this.#builder = new LayerIndexBuilder();
  }

  #want(layer: number, from: number, length: number): void {
    if (length === 0) return;
    this.#size += length;
    const stretches = listAt(this.#stretches, layer);
    const last = stretches.at(-1);
    const to = from + length;
    if (last === undefined || from - last.to > GAP) stretches.push({ from, to });
    else stretches[stretches.length - 1] = { from: last.from, to };
  }
}

/** As PAX records: other records are of the archive that the entry came in (its comments, the times it was read). */
function xattrRecords(index: LayerIndex, row: number): ReadonlyMap<string, Bytes> {
  const records = new Map<string, Bytes>();
  // By name, so that equal entries are written alike.
  const xattrs = [...xattrsIn(recordsOf(index, row))].sort(([a], [b]) => compareBytes(utf8(a), utf8(b)));
  for (const [name, value] of xattrs) records.set(...xattrRecord(name, value));
  return records;
}
