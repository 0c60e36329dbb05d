/** One row of what was found: all that it shows, made once when it comes into view. */
import type { DeletedEntries } from '../../image/find/deleted-entries.ts';
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
  /** The layer that took it away; null where it is there. */
  readonly by: number | null;
}

export function foundRow(tree: FileTree, deleted: DeletedEntries | null, id: number, row: number): FoundRow {
  return id < tree.count ? rowOfNode(tree, id, row) : rowOfDeleted(deleted!, id, row);
}

function rowOfDeleted(deleted: DeletedEntries, id: number, row: number): FoundRow {
  const { index, row: at, isFile } = deleted.inode(id);
  const kind = index.type[at]! as EntryType;
  const [uname, gname] = index.owners[index.owner[at]!]!;
  const mode = index.mode[at]!;
  return {
    id,
    row,
    type: deleted.type(id),
    folder: deleted.folder(id),
    name: deleted.name(id),
    target: '',
    size: isFile ? humanBytes(index.size[at]!) : '',
    mode: modeText(kind, mode),
    privileged: kind !== DIR && (mode & 0o6000) !== 0,
    owner: ownerText({ uid: index.uid[at]!, gid: index.gid[at]!, uname, gname }),
    modified: minuteText(index.mtime[at]!),
    layer: deleted.layer(id),
    by: deleted.by(id),
  };
}

function rowOfNode(tree: FileTree, node: number, row: number): FoundRow {
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
    by: null,
  };
}
