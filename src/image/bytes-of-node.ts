/** Whose bytes a name of the tree shows, as a container would see them: through hard links, symbolic links and layers. */
import { unreachable } from '../base/assert.ts';
import type { FileTree } from './file-tree.ts';
import { BLOCK, CHAR, DIR, FIFO, FILE, HARDLINK, SYMLINK } from './layer-index.ts';

export type NodeBytes =
  /** In row `row` of layer `layer`. `node` is the name that the links end at, `hops` the symbolic links on the way. */
  | {
      readonly kind: 'file';
      readonly node: number;
      readonly layer: number;
      readonly row: number;
      readonly size: number;
      readonly hops: number;
    }
  /** `unbound`: a hard link to what is in none of the layers. `node` is null where the links end at nothing. */
  | {
      readonly kind: 'none';
      readonly why: 'folder' | 'device' | 'fifo' | 'dangling' | 'loop' | 'unbound';
      readonly node: number | null;
      readonly hops: number;
    };

export function bytesOfNode(tree: FileTree, node: number): NodeBytes {
  const end = tree.follow(node);
  const { hops } = end;
  if (end.node === null) return { kind: 'none', why: end.reason ?? 'dangling', node: null, hops };
  const kind = tree.kind(end.node);
  const none = (why: 'folder' | 'device' | 'fifo' | 'dangling' | 'unbound'): NodeBytes => {
    return { kind: 'none', why, node: end.node, hops };
  };
  switch (kind) {
    case FILE: {
      const { contentLayer, contentRow } = tree.columns;
      const layer = contentLayer[end.node]!;
      const row = contentRow[end.node]!;
      return { kind: 'file', node: end.node, layer, row, size: tree.size(end.node), hops };
    }
    case DIR:
      return none('folder');
    case CHAR:
    case BLOCK:
      return none('device');
    case FIFO:
      return none('fifo');
    case HARDLINK:
      return none('unbound');
    case SYMLINK:
      // Links are followed to what is none.
      return none('dangling');
    default:
      return unreachable(kind);
  }
}
