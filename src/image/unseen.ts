/** What layers carry and nobody sees: files that a later entry replaced, deleted, or hid. It is pulled with the image all the same. */
import type { FileTree } from './file-tree.ts';
import { FILE } from './layer-index.ts';
import { IMPLIED } from './tree-columns.ts';

export interface Unseen {
  readonly files: number;
  /** In the layer's tar. */
  readonly bytes: number;
}

/** By layer. A file that is still there by another name is seen. Looks at each entry of each layer once. */
export function unseenOf({
  layers,
  columns,
  count,
}: Pick<FileTree, 'layers' | 'columns' | 'count'>): Unseen[] {
  const seen = layers.map((layer) => new Uint8Array(layer.count));
  for (let node = 0; node < count; node++) {
    const layer = columns.contentLayer[node]!;
    if (layer !== IMPLIED) seen[layer]![columns.contentRow[node]!] = 1;
  }
  return layers.map(({ count, type, dataSize }, at) => {
    let files = 0;
    let bytes = 0;
    for (let row = 0; row < count; row++) {
      // Without bytes are also the marks by which a layer deletes.
      if (type[row] !== FILE || dataSize[row] === 0 || seen[at]![row] === 1) continue;
      files++;
      bytes += dataSize[row]!;
    }
    return { files, bytes };
  });
}
