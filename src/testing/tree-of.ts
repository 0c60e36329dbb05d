/** Layers and trees from a few lines of text, through a real tar and the real reader. */
import type { Bytes } from '../base/bytes.ts';
import { TarParser } from '../formats/tar/parser.ts';
import { FileTree } from '../image/file-tree.ts';
import { LayerIndexBuilder } from '../image/layer-index-builder.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { merge } from '../image/merge/merge.ts';
import { tarOf, type TestEntry } from './tar-of.ts';

/**
 * One entry a line, in the order of the tar:
 *
 *     etc/            a folder
 *     etc/passwd      an empty file
 *     etc/group (12)  a file of 12 bytes
 *     bin -> usr/bin  a symbolic link
 *     sh => bin/dash  a hard link
 *     fifo |          a fifo
 */
export function entriesOf(drawing: string): TestEntry[] {
  return drawing
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): TestEntry => {
      const link = / (->|=>) ?/.exec(line);
      if (link !== null) {
        const type = link[1] === '->' ? 'symlink' : 'hardlink';
        return { name: line.slice(0, link.index), type, linkname: line.slice(link.index + link[0].length) };
      }
      if (line.endsWith(' |')) return { name: line.slice(0, -2), type: 'fifo' };
      const size = / \((\d+)\)$/.exec(line);
      if (size !== null) return { name: line.slice(0, size.index), content: 'x'.repeat(Number(size[1])) };
      return { name: line, type: line.endsWith('/') ? 'dir' : 'file' };
    });
}

/** The index of a whole tar. */
export function indexOfTar(tar: Bytes): LayerIndex {
  const builder = new LayerIndexBuilder();
  const parser = new TarParser((entry) => builder.add(entry));
  parser.push(tar);
  parser.end();
  return builder.finish({ compression: 'none', unpackedSize: tar.length });
}

/** A layer from a drawing (`entriesOf`) or from entries. */
export function layerOf(layer: string | readonly TestEntry[]): LayerIndex {
  return indexOfTar(tarOf(typeof layer === 'string' ? entriesOf(layer) : layer));
}

/** The merged tree of layers, the lowest first. */
export function treeOf(...layers: readonly (string | readonly TestEntry[])[]): FileTree {
  const indexes = layers.map(layerOf);
  return new FileTree(merge(indexes), indexes);
}
