/** A merged tree as text, for tests to compare. */
import { readable } from '../base/bytes.ts';
import { type FileTree } from '../image/file-tree.ts';
import { ROOT } from '../image/tree-columns.ts';
import { CHAR, BLOCK, DIR, FIFO, HARDLINK, SYMLINK } from '../image/layer-index.ts';

/**
 * One node a line, two spaces for each level, the children by name; then the layer, where one has an entry for it:
 *
 *     etc/ @0
 *       group (12) @1      a file of 12 bytes
 *     lib/                 implied
 *     sh => @0 dash @0     a hard link, bound to the entry `dash` of layer 0 (or to `nothing`)
 *     bin -> usr/bin @1    a symbolic link
 *     tty % @0             a device
 *     fifo | @0
 *
 * The root has no line, but where a layer has an entry for it: `/ @1`.
 */
export function drawTree(tree: FileTree): string {
  const lines: string[] = [];
  const root = tree.layer(ROOT);
  if (root !== null) lines.push(`/ @${root}`);
  const draw = (folder: number, indent: string): void => {
    const { start, end } = tree.children(folder);
    for (let node = start; node < end; node++) {
      const layer = tree.layer(node);
      const at = layer === null ? '' : ` @${layer}`;
      lines.push(`${indent}${tree.name(node)}${mark(tree, node)}${at}`);
      draw(node, `${indent}  `);
    }
  };
  draw(ROOT, '');
  return lines.join('\n');
}

function mark(tree: FileTree, node: number): string {
  switch (tree.type(node)) {
    case DIR:
      return '/';
    case SYMLINK:
      return ` -> ${tree.linkname(node)}`;
    case HARDLINK: {
      if (tree.isUnbound(node)) return ' => nothing';
      const layer = tree.columns.contentLayer[node]!;
      const row = tree.columns.contentRow[node]!;
      const { pool, nameStart, nameLength } = tree.layers[layer]!;
      const name = readable(pool.subarray(nameStart[row]!, nameStart[row]! + nameLength[row]!));
      return ` => @${layer} ${name}`;
    }
    case CHAR:
    case BLOCK:
      return ' %';
    case FIFO:
      return ' |';
    default:
      return tree.size(node) === 0 ? '' : ` (${tree.size(node)})`;
  }
}
