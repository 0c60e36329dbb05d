/** Where symbolic links lead inside an image. */
import type { Bytes } from '../base/bytes.ts';
import { DIR, SYMLINK, type EntryType } from './layer-index.ts';
import { partsOf } from './merge/path-parts.ts';
import { MAX_LINK_HOPS, MAX_STEPS, MAX_TARGET } from './merge/paths.ts';
import { ROOT } from './tree-columns.ts';

/** What of a FileTree is needed. */
export interface LinkTree {
  kind(node: number): EntryType;
  parent(node: number): number;
  child(node: number, name: Uint8Array): number | null;
  symlinkTarget(node: number): Bytes;
}

/** `node` is null where a link leads nowhere, and `reason` says why. */
export interface LinkEnd {
  readonly node: number | null;
  /** Symbolic links on the way, the first one included. */
  readonly hops: number;
  readonly reason?: 'dangling' | 'loop';
}

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Follows a symbolic link as a process in the container would: through further links, absolute targets from the image's
 * root, `..` at the root staying there. A node that is no link leads to itself.
 */
export function followLink(tree: LinkTree, node: number): LinkEnd {
  if (tree.kind(node) !== SYMLINK) return { node, hops: 0 };
  let at = tree.parent(node);
  let hops = 0;
  /** Parts still to walk, the next one last. */
  const todo: (Uint8Array | '..' | '.')[] = [];
  const walkInto = (link: number): boolean => {
    hops++;
    const target = tree.symlinkTarget(link);
    if (target.length === 0 || target.length > MAX_TARGET) return false;
    if (target[0] === SLASH) at = ROOT;
    // `file/` and `file/.` ask for a folder.
    const last = target.at(-1);
    if (last === SLASH || (last === DOT && target.at(-2) === SLASH)) todo.push('.');
    for (const part of partsOf(target).reverse()) todo.push(part);
    return true;
  };
  if (!walkInto(node)) return { node: null, hops, reason: 'dangling' };
  let steps = 0;
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (++steps > MAX_STEPS) return { node: null, hops, reason: 'loop' };
    if (tree.kind(at) !== DIR) return { node: null, hops, reason: 'dangling' };
    if (part === '.') continue;
    if (part === '..') {
      at = tree.parent(at);
      continue;
    }
    const child = tree.child(at, part);
    if (child === null) return { node: null, hops, reason: 'dangling' };
    if (tree.kind(child) !== SYMLINK) at = child;
    else if (hops === MAX_LINK_HOPS) return { node: null, hops, reason: 'loop' };
    else if (!walkInto(child)) return { node: null, hops, reason: 'dangling' };
  }
  return { node: at, hops };
}
