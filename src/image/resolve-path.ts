/** What a path names, as a process in a container would see it: symbolic links are followed on the way, and at the end. */
import type { FileTree } from './file-tree.ts';
import { MAX_LINK_HOPS } from './merge/paths.ts';
import { partsOf } from './merge/path-parts.ts';
import { ROOT } from './tree-columns.ts';
import { utf8 } from '../base/bytes.ts';

/** Parts of a path that are walked: Linux stops at 4096 bytes. */
const MAX_PARTS = 2048;

/** The node where `path`, from the root, ends; null where it leads nowhere, or through more links than Linux follows. */
export function resolvePath(tree: FileTree, path: string | Uint8Array): number | null {
  let at: number | null = ROOT;
  const parts = partsOf(typeof path === 'string' ? utf8(path) : path);
  if (parts.length > MAX_PARTS) return null;
  let hops = 0;
  for (const part of parts) {
    if (part === '..') at = tree.parent(at);
    else {
      const child = tree.child(at, part);
      if (child === null) return null;
      const end = tree.follow(child);
      hops += end.hops;
      if (hops > MAX_LINK_HOPS) return null;
      at = end.node;
    }
    if (at === null) return null;
  }
  return at;
}
