/**
 * The file that a link leads to, out of what its layer was unpacked to for the first look: it is there with the tree. To read
 * it means else to unpack the layer again, from its start, while all is being checked.
 */
import type { Bytes } from '../base/bytes.ts';
import { bytesOfNode } from '../image/bytes-of-node.ts';
import { placeOf } from '../image/file-place.ts';
import type { FileTree } from '../image/file-tree.ts';

/** Bytes. Copied while nothing else can be done. */
const MOST = 16 * 1024 * 1024;

export interface EarlyFile {
  /** The layer, from 0, and the row in its index. */
  readonly layer: number;
  readonly row: number;
  /** All of it. Not verified before the layer is. */
  readonly bytes: Bytes;
}

/** `unpackedOf`: what a layer unpacks to, where that is at hand. Null where the file is not in it, or not as it is. */
export function earlyFile(
  tree: FileTree,
  path: Bytes,
  unpackedOf: (layer: number) => Bytes | null,
): EarlyFile | null {
  const node = tree.find(path);
  const found = node === null ? null : bytesOfNode(tree, node);
  if (found?.kind !== 'file') return null;
  const { layer, row } = found;
  const { dataOffset, dataSize, size, sparse } = placeOf(tree.layers[layer]!, row);
  const tar = unpackedOf(layer);
  const end = dataOffset + dataSize;
  if (tar === null || sparse !== null || dataSize !== size || size > MOST || end > tar.length) return null;
  return { layer, row, bytes: tar.slice(dataOffset, end) };
}
