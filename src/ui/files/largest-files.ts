/** Where the bytes of an image are, at a glance. */
import type { FileTree } from '../../image/file-tree.ts';
import { FILE } from '../../image/layer-index.ts';

/** What of a FileTree is looked at. */
export type Sized = Pick<FileTree, 'count' | 'type' | 'totalSize'>;

/** At most `most` files that have bytes, the largest first; a file with several names by the name that holds it. */
export function largestFiles(tree: Sized, most: number): readonly number[] {
  // Few are kept, and few of a million come even near: putting each in its place costs nothing.
  const found: number[] = [];
  let least = 0;
  for (let node = 0; node < tree.count; node++) {
    const size = tree.totalSize(node);
    if (size <= least || tree.type(node) !== FILE) continue;
    let at = found.length;
    while (at > 0 && tree.totalSize(found[at - 1]!) < size) at--;
    found.splice(at, 0, node);
    if (found.length > most) found.pop();
    if (found.length === most) least = tree.totalSize(found[most - 1]!);
  }
  return found;
}
