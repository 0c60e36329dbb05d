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

/** Milliseconds. A layer's thread hands over what it has unpacked a moment after it has said what is in it. */
const MOMENT = 100;

export interface EarlyFile {
  /** The layer, from 0, and the row in its index. */
  readonly layer: number;
  readonly row: number;
  /** All of it, or null where it is not at hand after all; never rejects. Not verified before the layer is. */
  readonly bytes: Promise<Bytes | null>;
}

/** Bytes `from` to `to` of what a layer unpacks to, or null where they are not at hand. May take its time. Never rejects. */
export type Cut = (layer: number, from: number, to: number) => Promise<Bytes | null>;

/** Null where the path leads to no file, or to none that stands in its layer as it is. */
export function earlyFile(tree: FileTree, path: Bytes, cut: Cut): EarlyFile | null {
  const node = tree.find(path);
  const found = node === null ? null : bytesOfNode(tree, node);
  if (found?.kind !== 'file') return null;
  const { layer, row } = found;
  const { dataOffset, dataSize, size, sparse } = placeOf(tree.layers[layer]!, row);
  if (sparse !== null || dataSize !== size || size > MOST) return null;
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), MOMENT));
  return { layer, row, bytes: Promise.race([cut(layer, dataOffset, dataOffset + dataSize), late]) };
}
