/** One row of what was found: all that it shows, made once when it comes into view. */
import type { FileTree } from '../../image/file-tree.ts';
import { DIR, FILE, HARDLINK, SYMLINK, type EntryType } from '../../image/layer-index.ts';
import { modeText } from '../../image/mode.ts';
import { ROOT } from '../../image/tree-columns.ts';
import { minuteText, ownerText } from '../files/entry-words.ts';
import { humanBytes } from '../shared/quantity.ts';

export interface FoundRow {
  readonly id: number;
  readonly row: number;
  readonly type: EntryType;
  /** With a final slash. */
  readonly folder: string;
  readonly name: string;
  /** Of links, readable. */
  readonly target: string;
  readonly size: string;
  readonly mode: string;
  readonly privileged: boolean;
  readonly owner: string;
  readonly modified: string;
  readonly layer: number | null;
}

export function foundRow(tree: FileTree, node: number, row: number): FoundRow {
  const type = tree.type(node);
  const kind = tree.kind(node);
  const layer = tree.layer(node);
  const entry = tree.entry(node);
  const parent = tree.parent(node);
  return {
    id: node,
    row,
    type,
    folder: parent === ROOT ? '/' : `${tree.path(parent)}/`,
    name: tree.name(node),
    target: type === SYMLINK || type === HARDLINK ? entry.linkname : '',
    size: kind === FILE ? humanBytes(tree.size(node)) : '',
    mode: layer === null ? '' : modeText(kind, entry.mode),
    privileged: kind !== DIR && (entry.mode & 0o6000) !== 0,
    owner: layer === null ? '' : ownerText(entry),
    modified: layer === null ? '' : minuteText(entry.mtime),
    layer,
  };
}
