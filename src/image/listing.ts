/**
 * The Listing: JSON Lines, one entry of the merged tree a line, in the order of the bytes of whole paths, as
 * `LC_ALL=C sort` has them.
 */
import { compareBytes, decodeUtf8, readable, toBase64 } from '../base/bytes.ts';
import { type FileTree } from './file-tree.ts';
import { IMPLIED, ROOT } from './tree-columns.ts';
import { BLOCK, CHAR, FILE, HARDLINK, SYMLINK } from './layer-index.ts';
import { PathParts } from './merge/path-parts.ts';

/** Characters of one piece, about. */
const PIECE = 64 * 1024;
const SLASH = 0x2f;
/** By entry type. */
const TYPES = ['file', 'hardlink', 'symlink', 'char', 'block', 'dir', 'fifo'] as const;
/** Milliseconds that a Date can hold, before and after 1970 (ECMA-262, "Time Values and Time Range"). */
const MAX_TIME = 8.64e15;

/** One line, its keys in this order. Keys that do not apply are left out. */
export interface ListingLine {
  readonly path: string;
  /** Base64, where the path is not UTF-8; `path` is then readable, not exact. */
  readonly pathBytes?: string;
  readonly type: (typeof TYPES)[number];
  /** Four octal digits. Of a hard link that is bound, as uid, gid, mtime, size and xattrs: what its file has. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; files and hard links. */
  readonly size?: number;
  /** Whole seconds, in UTC. Years past 9999 and before 0 have a sign and six digits (ISO 8601, expanded). */
  readonly mtime?: string;
  /** Of a symbolic link as it is; of a hard link the cleaned, absolute path that its layer gives. Readable. */
  readonly linkname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** From 0; not for a folder that no layer describes. */
  readonly layer?: number;
  /** Base64, by name. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** Whole lines. */
export interface ListingPiece {
  readonly text: string;
  readonly lines: number;
}

/** The listing in pieces of about 64 KiB. The root has a line only where a layer has an entry for it. */
export function* writeListing(tree: FileTree): Generator<ListingPiece, void, undefined> {
  const seconds = new Seconds();
  let text = '';
  let lines = 0;
  for (const { node, path, isUtf8 } of inPathOrder(tree)) {
    text += `${JSON.stringify(lineOf(tree, node, path, isUtf8, seconds))}\n`;
    lines++;
    if (text.length >= PIECE) {
      yield { text, lines };
      text = '';
      lines = 0;
    }
  }
  if (lines > 0) yield { text, lines };
}

/** The line of one node. */
export function listingLine(tree: FileTree, node: number): ListingLine {
  const bytes = tree.pathBytes(node);
  return lineOf(tree, node, readable(bytes), decodeUtf8(bytes) !== null, new Seconds());
}

function lineOf(tree: FileTree, node: number, path: string, isUtf8: boolean, seconds: Seconds): ListingLine {
  const type = tree.type(node);
  const layer = tree.layer(node);
  const mtime = seconds.text(tree.mtime(node));
  const isDevice = type === CHAR || type === BLOCK;
  const xattrs = [...tree.xattrs(node)];
  return {
    path,
    ...(isUtf8 ? {} : { pathBytes: toBase64(tree.pathBytes(node)) }),
    type: TYPES[type],
    mode: tree.mode(node).toString(8).padStart(4, '0'),
    uid: tree.uid(node),
    gid: tree.gid(node),
    ...(type === FILE || type === HARDLINK ? { size: tree.size(node) } : {}),
    ...(mtime === null ? {} : { mtime }),
    ...(type === SYMLINK ? { linkname: tree.linkname(node) } : {}),
    ...(type === HARDLINK ? { linkname: cleanPath(tree.linknameBytes(node)) } : {}),
    ...(isDevice ? { devmajor: tree.devmajor(node), devminor: tree.devminor(node) } : {}),
    ...(layer === null ? {} : { layer }),
    // fromEntries defines, it does not assign: `__proto__` is a name like any other.
    ...(xattrs.length === 0
      ? {}
      : { xattrs: Object.fromEntries(xattrs.map(([name, value]) => [name, toBase64(value)])) }),
  };
}

/** Absolute and readable, inside the root. */
function cleanPath(bytes: Uint8Array): string {
  const parts = new PathParts();
  parts.read(bytes, 0, bytes.length, true);
  let path = '';
  for (let i = 0; i < parts.count; i++) {
    path += `/${readable(bytes.subarray(parts.starts[i]!, parts.starts[i]! + parts.lengths[i]!))}`;
  }
  return path === '' ? '/' : path;
}

/** Times as text. Neighbours mostly have the same: the last one is kept. */
class Seconds {
  #last: number | null = null;
  #text: string | null = null;

  /** Null where there is no time, or none that a Date can hold. */
  text(mtime: number | null): string | null {
    if (mtime !== this.#last) {
      this.#last = mtime;
      this.#text =
        mtime === null || Math.abs(mtime * 1000) > MAX_TIME
          ? null
          : new Date(mtime * 1000).toISOString().replace('.000Z', 'Z');
    }
    return this.#text;
  }
}

interface Placed {
  readonly node: number;
  readonly path: string;
  readonly isUtf8: boolean;
}

/** A folder that is being walked. */
interface Frame {
  /** Its path with a final slash, and whether that is UTF-8. */
  readonly prefix: string;
  readonly isUtf8: boolean;
  /** The child to come, and the end of them. */
  next: number;
  readonly end: number;
  /** Folders among the children so far whose own children are still to come, the first of those last. */
  readonly waiting: Placed[];
}

/**
 * All nodes in the order of their whole paths. What is in a folder `a` begins with `a/`, so it does not come right
 * after `a` but behind those of its siblings that come before `a/`: `a-b` and `a.c`, for `-` and `.` are less than a
 * slash. Such a sibling begins with the folder's name, so the folders that wait form a stack, the longest name on top.
 */
function* inPathOrder(tree: FileTree): Generator<Placed, void, undefined> {
  if (tree.columns.layer[ROOT] !== IMPLIED) yield { node: ROOT, path: '/', isUtf8: true };
  const frames: Frame[] = [frameOf(tree, { node: ROOT, path: '', isUtf8: true })];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const waiting = frame.waiting.at(-1);
    if (waiting !== undefined && (frame.next === frame.end || !comesFirst(tree, frame.next, waiting.node))) {
      frame.waiting.pop();
      frames.push(frameOf(tree, waiting));
      continue;
    }
    if (frame.next === frame.end) {
      frames.pop();
      continue;
    }
    const node = frame.next++;
    const bytes = tree.nameBytes(node);
    const name = decodeUtf8(bytes);
    const placed = {
      node,
      path: frame.prefix + (name ?? readable(bytes)),
      isUtf8: frame.isUtf8 && name !== null,
    };
    yield placed;
    if (tree.columns.childCount[node]! > 0) frame.waiting.push(placed);
  }
}

function frameOf(tree: FileTree, { node, path, isUtf8 }: Placed): Frame {
  const { start, end } = tree.children(node);
  return { prefix: `${path}/`, isUtf8, next: start, end, waiting: [] };
}

/** True where `sibling`, whose name is greater than the folder's, comes before what is in the folder. */
function comesFirst(tree: FileTree, sibling: number, folder: number): boolean {
  const name = tree.nameBytes(sibling);
  const start = tree.nameBytes(folder);
  return (
    name.length > start.length &&
    name[start.length]! < SLASH &&
    compareBytes(name.subarray(0, start.length), start) === 0
  );
}
