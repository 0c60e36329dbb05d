/** What is different at a path, as a person reads it. */
import { NONE, type RowKind } from '../../image/compare/compare-trees.ts';
import { factsOf, type DifferentFact } from '../../image/compare/difference-lines.ts';
import type { Entry, FileTree } from '../../image/file-tree.ts';
import { DIR, FILE, SYMLINK } from '../../image/layer-index.ts';
import { modeText } from '../../image/mode.ts';
import { instantText, ownerText, TYPE_WORDS, valueText } from '../files/entry-words.ts';
import { exactBytes, humanBytes } from '../shared/quantity.ts';

const WORDS: Readonly<Record<DifferentFact, string>> = {
  type: 'type',
  contents: 'contents',
  unread: 'contents not compared',
  target: 'where it leads',
  mode: 'mode',
  owner: 'owner',
  xattrs: 'attributes',
  device: 'device',
  time: 'time',
};

/** `contents, mode`; empty for what is in one image only. */
export function whatText(what: number): string {
  return factsOf(what)
    .map((fact) => WORDS[fact])
    .join(', ');
}

export const KIND_WORDS: Readonly<Record<RowKind, string>> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  unread: 'not compared',
  time: 'other time only',
};

/** `+1.20 MB`, `−34 B`; empty where nothing grew. */
export function growthText(bytes: number): string {
  if (bytes === 0) return '';
  return `${bytes > 0 ? '+' : '\u2212'}${humanBytes(Math.abs(bytes))}`;
}

export interface FactPair {
  readonly name: string;
  /** Null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** The facts of one path in both images; those that are the same are left out unless it is in one of them only. */
export function factPairs(
  before: { readonly tree: FileTree; readonly node: number },
  after: { readonly tree: FileTree; readonly node: number },
): FactPair[] {
  const one = shownFacts(before.tree, before.node);
  const other = shownFacts(after.tree, after.node);
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names]
    .map((name) => ({ name, before: one.get(name) ?? null, after: other.get(name) ?? null }))
    .filter(({ before, after }) => before !== after);
}

function shownFacts(tree: FileTree, node: number): Map<string, string> {
  const facts = new Map<string, string>();
  if (node === NONE) return facts;
  const entry: Entry = tree.entry(node);
  const kind = tree.kind(node);
  facts.set('Type', TYPE_WORDS[kind]);
  if (kind === FILE) facts.set('Size', exactBytes(tree.size(node)));
  if (kind === DIR) facts.set('Entries', String(tree.totalEntries(node)));
  if (kind === SYMLINK) facts.set('Leads to', entry.linkname);
  if (kind !== SYMLINK) facts.set('Mode', modeText(kind, entry.mode));
  const numbers = `${entry.uid}:${entry.gid}`;
  const names = ownerText(entry);
  facts.set('Owner', names === numbers ? numbers : `${names} (${numbers})`);
  if (entry.layer !== null) facts.set('Modified', instantText(entry.mtime, entry.mtimeNanos));
  for (const [name, value] of entry.xattrs) facts.set(name, valueText(value).text);
  return facts;
}
