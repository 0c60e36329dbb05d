/** What a layer made of a path, in words. */
import { DIR, FILE, HARDLINK, SYMLINK, type EntryType, type LayerIndex } from '../../image/layer-index.ts';
import type { PathChange, PathEntry } from '../../image/merge/path-history.ts';
import { humanBytes } from '../shared/quantity.ts';
import { minuteText, ownerText, TYPE_WORDS } from './entry-words.ts';

export interface ToldChange {
  /** The layer that made the change. */
  readonly layer: number;
  readonly what: PathChange['what'];
  /** What it brought, or what is different. */
  readonly facts: readonly string[];
  /** After this layer the path shows what the change is about; null: after all of them. */
  readonly after: number | null;
}

/** The newest first. `layers`: all of the image. */
export function toldChanges(changes: readonly PathChange[], layers: readonly LayerIndex[]): ToldChange[] {
  return changes
    .map(({ layer, what, entry }, i): ToldChange => {
      const before = changes[i - 1];
      const isLast = i === changes.length - 1;
      const facts =
        what === 'changed' && before !== undefined
          ? differences(factsOf(before.entry, layers), factsOf(entry, layers))
          : what === 'added'
            ? brought(factsOf(entry, layers))
            : [];
      return { layer, what, facts, after: what === 'deleted' ? layer - 1 : isLast ? null : layer };
    })
    .reverse();
}

interface Facts {
  readonly kind: EntryType;
  readonly isLink: boolean;
  readonly size: number;
  readonly mode: string;
  readonly owner: string;
  readonly modified: string;
}

function factsOf({ layer, row, inodeLayer, inodeRow }: PathEntry, layers: readonly LayerIndex[]): Facts {
  const inode = layers[inodeLayer]!;
  const [uname, gname] = inode.owners[inode.owner[inodeRow]!]!;
  return {
    kind: inode.type[inodeRow]! as EntryType,
    isLink: layers[layer]!.type[row] === HARDLINK,
    size: inode.size[inodeRow]!,
    mode: inode.mode[inodeRow]!.toString(8).padStart(4, '0'),
    owner: ownerText({ uid: inode.uid[inodeRow]!, gid: inode.gid[inodeRow]!, uname, gname }),
    modified: minuteText(inode.mtime[inodeRow]!),
  };
}

const typeOf = ({ kind, isLink }: Facts) =>
  isLink && kind !== HARDLINK ? `hard link to a ${TYPE_WORDS[kind]}` : TYPE_WORDS[kind];

function brought(facts: Facts): string[] {
  const size = facts.kind === FILE ? [humanBytes(facts.size)] : [];
  const mode = facts.kind === SYMLINK ? [] : [facts.mode];
  return [typeOf(facts), ...size, ...mode, facts.owner];
}

function differences(before: Facts, after: Facts): string[] {
  const told: string[] = [];
  const tell = (was: string, is: string) => {
    if (was !== is) told.push(`${was} → ${is}`);
  };
  tell(typeOf(before), typeOf(after));
  if (before.kind === FILE && after.kind === FILE && before.size !== after.size) {
    const [was, is] = [humanBytes(before.size), humanBytes(after.size)];
    // Two sizes may round to one.
    tell(was === is ? `${before.size} B` : was, was === is ? `${after.size} B` : is);
  }
  // That of a symbolic link says nothing (symlink(7)).
  if (before.kind !== SYMLINK && after.kind !== SYMLINK) tell(before.mode, after.mode);
  tell(before.owner, after.owner);
  if (after.kind !== DIR) tell(before.modified, after.modified);
  if (told.length === 0)
    told.push(after.kind === FILE ? 'of the same size, mode, owner and time' : 'as it was');
  return told;
}
