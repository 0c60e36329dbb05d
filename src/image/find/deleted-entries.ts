/** Entries that a higher layer took away, asked one by one: they are counted on from the rows of the tree. */
import { concat, readable, utf8, type Bytes } from '../../base/bytes.ts';
import type { FileTree } from '../file-tree.ts';
import type { EntryType, LayerIndex } from '../layer-index.ts';
import type { DeletedColumns } from '../merge/losses.ts';
import { IMPLIED, ROOT } from '../tree-columns.ts';

const SLASH = utf8('/');

export class DeletedEntries {
  readonly #tree: FileTree;
  readonly #columns: DeletedColumns;

  constructor(tree: FileTree, columns: DeletedColumns) {
    this.#tree = tree;
    this.#columns = columns;
  }

  name(id: number): string {
    const row = id - this.#tree.count;
    const { names, nameStart, nameLength } = this.#columns;
    return readable(names.subarray(nameStart[row]!, nameStart[row]! + nameLength[row]!));
  }

  /** Raw: `path` is readable, not exact. */
  pathBytes(id: number): Bytes {
    const { names, nameStart, nameLength, parent } = this.#columns;
    const parts: Uint8Array[] = [];
    let at = id;
    for (; at >= this.#tree.count; at = parent[at - this.#tree.count]!) {
      const row = at - this.#tree.count;
      parts.unshift(SLASH, names.subarray(nameStart[row]!, nameStart[row]! + nameLength[row]!));
    }
    return concat(at === ROOT ? parts : [this.#tree.pathBytes(at), ...parts]);
  }

  /** With a final slash. */
  folder(id: number): string {
    let path = '/';
    let at = this.#columns.parent[id - this.#tree.count]!;
    for (; at >= this.#tree.count; at = this.#columns.parent[at - this.#tree.count]!)
      path = `/${this.name(at)}${path}`;
    return at === ROOT ? path : this.#tree.path(at) + path;
  }

  path(id: number): string {
    return this.folder(id) + this.name(id);
  }

  layer(id: number): number {
    return this.#columns.layer[id - this.#tree.count]!;
  }

  /** The layer that took it away. */
  by(id: number): number {
    return this.#columns.by[id - this.#tree.count]!;
  }

  /** As its layer says. */
  type(id: number): EntryType {
    const row = id - this.#tree.count;
    return this.#tree.layers[this.layer(id)]!.type[this.#columns.row[row]!] as EntryType;
  }

  /** Where its attributes are: a hard link that was bound has those of its file. */
  inode(id: number): { readonly index: LayerIndex; readonly row: number; readonly isFile: boolean } {
    const at = id - this.#tree.count;
    const { layer, row, contentLayer, contentRow } = this.#columns;
    const isFile = contentLayer[at] !== IMPLIED;
    return {
      index: this.#tree.layers[isFile ? contentLayer[at]! : layer[at]!]!,
      row: isFile ? contentRow[at]! : row[at]!,
      isFile,
    };
  }
}
