/** One row of the grid: all that it shows, made once when it comes into view. */
import type { FileTree } from '../../image/file-tree.ts';
import { DIR, HARDLINK, SYMLINK, type EntryType } from '../../image/layer-index.ts';
import { modeText } from '../../image/mode.ts';
import { humanBytes } from '../shared/quantity.ts';
import { minuteText, ownerText } from './entry-words.ts';
import type { VisibleRows } from './visible-rows.ts';

export interface GridRow {
  readonly node: number;
  readonly row: number;
  readonly level: number;
  readonly position: number;
  readonly of: number;
  /** Null where there is nothing to unfold. */
  readonly unfolded: boolean | null;
  readonly type: EntryType;
  readonly name: string;
  /** Of links, readable. */
  readonly target: string;
  readonly size: string;
  /** Of its folder's bytes, 0 to 1. */
  readonly share: number;
  readonly mode: string;
  /** setuid, setgid: worth a second look. */
  readonly privileged: boolean;
  readonly owner: string;
  readonly modified: string;
  readonly layer: number | null;
}

export function gridRow(tree: FileTree, rows: VisibleRows, row: number): GridRow {
  const node = rows.node(row);
  const type = tree.type(node);
  const kind = tree.kind(node);
  const layer = tree.layer(node);
  const implied = layer === null;
  const entry = tree.entry(node);
  const { position, of } = rows.place(node);
  const bytes = tree.totalSize(node);
  return {
    node,
    row,
    level: rows.level(node),
    position,
    of,
    unfolded: type === DIR && rows.canUnfold(node) ? rows.isUnfolded(node) : null,
    type,
    name: tree.name(node),
    target: type === SYMLINK || type === HARDLINK ? entry.linkname : '',
    size: kind === SYMLINK ? '' : humanBytes(bytes),
    // A file with several names in one folder counts there once.
    share: kind === SYMLINK ? 0 : Math.min(1, bytes / Math.max(1, tree.totalSize(tree.parent(node)))),
    mode: implied ? '' : modeText(kind, entry.mode),
    privileged: kind !== DIR && (entry.mode & 0o6000) !== 0,
    owner: implied ? '' : ownerText(entry),
    modified: implied ? '' : minuteText(entry.mtime),
    layer,
  };
}

/** True where both would look the same: the one that is drawn already may stay. */
export function sameRow(a: GridRow, rows: VisibleRows, row: number): boolean {
  const { position, of } = rows.place(a.node);
  return (
    a.row === row &&
    a.position === position &&
    a.of === of &&
    (a.unfolded ?? false) === rows.isUnfolded(a.node)
  );
}
