/**
 * What is different between the filesystems of two images, entry by entry: as lstat(2), readlink(2) and the bytes tell it, and
 * nothing of layers or tars. Whether two files of one size hold the same is not known from their entries, unless both have them
 * from the same layer: their bytes must be read (`file-hashes.ts`).
 */
import { compareBytes, type Bytes } from '../../base/bytes.ts';
import type { FileTree } from '../file-tree.ts';
import { BLOCK, CHAR, DIR, FILE, HARDLINK, SYMLINK } from '../layer-index.ts';
import { IMPLIED, ROOT } from '../tree-columns.ts';

// What of an entry is different, as bits.
/** It is in the second image only. */
export const ADDED = 1;
/** It is in the first image only. */
export const REMOVED = 2;
export const TYPE = 4;
/** Bytes of a file. */
export const CONTENTS = 8;
/** Bytes of a file may be: as many, and nobody has read them yet. */
export const UNREAD = 16;
export const MODE = 32;
export const OWNER = 64;
/** What a symbolic link says. */
export const TARGET = 128;
export const XATTRS = 256;
export const DEVICE = 512;
/** When it was modified, in seconds. */
export const TIME = 1024;

/** In place of a node: that image has none of this path. */
export const NONE = 0xffff_ffff;

/** A row for each path that is not the same in both, as one walks: by name, a folder before what is in it. */
export interface Differences {
  readonly count: number;
  readonly what: Uint16Array<ArrayBuffer>;
  /** Nodes of the first image and of the second, or NONE. */
  readonly before: Uint32Array<ArrayBuffer>;
  readonly after: Uint32Array<ArrayBuffer>;
  /** Paths that are the same in both. */
  readonly same: number;
}

/** An image's tree, and what tells each of its layers (`layerKeys`). */
export interface Side {
  readonly tree: FileTree;
  readonly layers: readonly string[];
}

/** So many entries are looked at in one go: a millisecond or two. */
const TURN = 2048;

/** Children of a folder that is in one of them, or in both. */
interface Frame {
  before: number;
  readonly beforeEnd: number;
  after: number;
  readonly afterEnd: number;
}

/** Stops after each turn, for whoever has other things to do. */
export function* compareTrees(first: Side, second: Side): Generator<void, Differences, void> {
  const [before, after] = [first.tree, second.tree];
  const facts = new Facts(first, second);
  const rows = { what: [] as number[], before: [] as number[], after: [] as number[] };
  let same = 0;
  let turn = 0;
  const put = (what: number, b: number, a: number) => {
    rows.what.push(what);
    rows.before.push(b);
    rows.after.push(a);
  };
  const frames: Frame[] = [];
  const enter = (b: number, a: number) => {
    const left = b === NONE ? NOTHING : before.children(b);
    const right = a === NONE ? NOTHING : after.children(a);
    if (left.start < left.end || right.start < right.end) {
      frames.push({ before: left.start, beforeEnd: left.end, after: right.start, afterEnd: right.end });
    }
  };
  enter(ROOT, ROOT);
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (frame.before === frame.beforeEnd && frame.after === frame.afterEnd) {
      frames.pop();
      continue;
    }
    if (++turn % TURN === 0) yield;
    const order = orderOf(before, after, frame);
    const b = order <= 0 ? frame.before++ : NONE;
    const a = order >= 0 ? frame.after++ : NONE;
    if (b === NONE) put(ADDED, NONE, a);
    else if (a === NONE) put(REMOVED, b, NONE);
    else {
      const what = facts.compare(b, a);
      if (what === 0) same++;
      else put(what, b, a);
    }
    enter(b, a);
  }
  return {
    count: rows.what.length,
    what: Uint16Array.from(rows.what),
    before: Uint32Array.from(rows.before),
    after: Uint32Array.from(rows.after),
    same,
  };
}

const NOTHING = { start: 0, end: 0 };

/** Less than 0: the next name is in the first only; 0: in both. */
function orderOf(before: FileTree, after: FileTree, frame: Frame): number {
  if (frame.before === frame.beforeEnd) return 1;
  if (frame.after === frame.afterEnd) return -1;
  return compareBytes(before.nameBytes(frame.before), after.nameBytes(frame.after));
}

class Facts {
  readonly #before: FileTree;
  readonly #after: FileTree;
  /** A number for each layer of either, the same for those that hold the same. */
  readonly #first: Uint32Array;
  readonly #second: Uint32Array;

  constructor(first: Side, second: Side) {
    this.#before = first.tree;
    this.#after = second.tree;
    const numbers = new Map<string, number>();
    const numbered = ({ layers }: Side) =>
      Uint32Array.from(layers, (layer) => {
        if (!numbers.has(layer)) numbers.set(layer, numbers.size);
        return numbers.get(layer)!;
      });
    this.#first = numbered(first);
    this.#second = numbered(second);
  }

  /** Bits of what is different; 0 for nothing. */
  compare(b: number, a: number): number {
    const [before, after] = [this.#before, this.#after];
    const [one, other] = [before.inode(b), after.inode(a)];
    if (this.#isOne(one, other)) return 0;
    const kind = before.kind(b);
    if (kind !== after.kind(a)) return TYPE;
    let what = 0;
    if (before.mode(b) !== after.mode(a) && kind !== SYMLINK) what |= MODE;
    if (before.uid(b) !== after.uid(a) || before.gid(b) !== after.gid(a)) what |= OWNER;
    const isKnown = one.layer !== IMPLIED && other.layer !== IMPLIED;
    if (isKnown && before.mtime(b) !== after.mtime(a)) what |= TIME;
    if (!sameXattrs(before.xattrs(b), after.xattrs(a))) what |= XATTRS;
    switch (kind) {
      case FILE:
        if (before.size(b) !== after.size(a)) what |= CONTENTS;
        else if (before.size(b) > 0) what |= UNREAD;
        break;
      case SYMLINK:
      // One that is bound to nothing: its target was in none of the layers.
      case HARDLINK:
        if (compareBytes(before.symlinkTarget(b), after.symlinkTarget(a)) !== 0) what |= TARGET;
        break;
      case CHAR:
      case BLOCK:
        if (before.devmajor(b) !== after.devmajor(a) || before.devminor(b) !== after.devminor(a))
          what |= DEVICE;
        break;
      default:
    }
    return what;
  }

  /** Both are what one entry of one layer says, or folders that no layer describes. */
  #isOne(one: Inode, other: Inode): boolean {
    if (one.layer === IMPLIED || other.layer === IMPLIED) return one.layer === other.layer;
    return one.row === other.row && this.#first[one.layer] === this.#second[other.layer];
  }
}

interface Inode {
  readonly layer: number;
  readonly row: number;
}

function sameXattrs(one: ReadonlyMap<string, Bytes>, other: ReadonlyMap<string, Bytes>): boolean {
  if (one.size !== other.size) return false;
  for (const [name, value] of one) {
    const its = other.get(name);
    if (its === undefined || compareBytes(value, its) !== 0) return false;
  }
  return true;
}

/** Rows of which only bytes tell whether they are the same. */
export function* unreadRows({ count, what }: Differences): Generator<void, Uint32Array<ArrayBuffer>, void> {
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    if ((what[row]! & UNREAD) !== 0) rows[found++] = row;
    if (row % TURN === TURN - 1) yield;
  }
  return rows.slice(0, found);
}

/** What is known once files were read: `isSame` of two nodes says null where they were not. */
export function* withContents(
  differences: Differences,
  isSame: (before: number, after: number) => boolean | null,
): Generator<void, Differences, void> {
  const { count } = differences;
  const kept = {
    what: new Uint16Array(count),
    before: new Uint32Array(count),
    after: new Uint32Array(count),
  };
  let { same } = differences;
  let rows = 0;
  for (let row = 0; row < count; row++) {
    if (row % TURN === TURN - 1) yield;
    const [b, a] = [differences.before[row]!, differences.after[row]!];
    let what = differences.what[row]!;
    if ((what & UNREAD) !== 0) {
      const known = isSame(b, a);
      if (known !== null) what &= ~UNREAD;
      if (known === false) what |= CONTENTS;
    }
    if (what === 0) {
      same++;
      continue;
    }
    kept.what[rows] = what;
    kept.before[rows] = b;
    kept.after[rows++] = a;
  }
  return {
    count: rows,
    what: kept.what.slice(0, rows),
    before: kept.before.slice(0, rows),
    after: kept.after.slice(0, rows),
    same,
  };
}

/** What a row is counted as. A row of which only the time is different says little: a build made it anew. */
export type RowKind = 'added' | 'removed' | 'changed' | 'unread' | 'time';

export function kindOf(what: number): RowKind {
  if ((what & ADDED) !== 0) return 'added';
  if ((what & REMOVED) !== 0) return 'removed';
  if ((what & ~(TIME | UNREAD)) !== 0) return 'changed';
  return (what & UNREAD) !== 0 ? 'unread' : 'time';
}

export interface DifferenceSums {
  readonly rows: Readonly<Record<RowKind, number>>;
  /** By how many bytes those of one kind make the second image larger: of files, each counted where it is no hard link. */
  readonly bytes: Readonly<Record<RowKind, number>>;
}

export function* sumsOf(
  differences: Differences,
  before: FileTree,
  after: FileTree,
): Generator<void, DifferenceSums, void> {
  const rows = { added: 0, removed: 0, changed: 0, unread: 0, time: 0 };
  const bytes = { ...rows };
  for (let row = 0; row < differences.count; row++) {
    if (row % TURN === TURN - 1) yield;
    const kind = kindOf(differences.what[row]!);
    rows[kind]++;
    bytes[kind] += growthOf(differences, row, before, after);
  }
  return { rows, bytes };
}

/** Bytes that the file at this row is larger in the second image; less than 0 where it is smaller, or not there. */
export function growthOf(
  { before, after }: Differences,
  row: number,
  first: FileTree,
  second: FileTree,
): number {
  return ownSize(second, after[row]!) - ownSize(first, before[row]!);
}

const ownSize = (tree: FileTree, node: number) =>
  node === NONE || tree.type(node) === DIR || tree.type(node) === HARDLINK ? 0 : tree.size(node);
