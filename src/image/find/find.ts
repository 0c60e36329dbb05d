/** Which entries are what a query asks for. */
import { unreachable } from '../../base/assert.ts';
import { capabilityText } from '../capability.ts';
import { BLOCK, CHAR, DIR, FIFO, FILE, SYMLINK } from '../layer-index.ts';
import { IMPLIED } from '../tree-columns.ts';
import type { FindTable } from './find-table.ts';
import { nameTest, pathTest, type IdTest } from './name-tests.ts';
import type { ModeName, Query, Span, Term, Test, TextPattern, TypeName } from './query.ts';

export type FoundOrder = 'path' | 'size';

export interface Found {
  /** Rows of the table. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Bytes of the files among them; one with several names counts once. */
  readonly bytes: number;
}

/** So many are looked at in one go: some milliseconds. */
const TURN = 32 * 1024;
/** Of more than such a share of all, all are gone through at once. */
const MANY = 16;

export class Finder {
  readonly #table: FindTable;
  /** What was found last, as one walks: what is asked next is mostly more of the same. */
  #last: { readonly terms: readonly Term[]; readonly ids: Uint32Array } | null = null;
  /** Memory for what is found: that of the last, and another one. A million of fresh memory for each key costs more than the looking. */
  readonly #rooms: [Uint32Array | null, Uint32Array | null] = [null, null];
  #chosen: Uint8Array | null = null;

  constructor(table: FindTable) {
    this.#table = table;
  }

  /** Room for all that may be found, which the last has not. */
  #room(): Uint32Array {
    const free = this.#last !== null && this.#last.ids.buffer === this.#rooms[0]?.buffer ? 1 : 0;
    const { walk, gone } = this.#table;
    return (this.#rooms[free] ??= new Uint32Array(Math.max(walk.length, gone.length)));
  }

  /** Stops after each turn, for whoever wants to know whether the answer is still wanted. */
  *find({ terms }: Query, order: FoundOrder): Generator<void, Found, void> {
    const table = this.#table;
    const last = this.#last;
    const narrows = last !== null && last.terms.every((old) => terms.some((now) => implies(now, old)));
    const known = narrows ? last.terms.map(keyOf) : [];
    const left = terms.filter((term) => !known.includes(keyOf(term)));
    const all = terms.some(isAboutGone) ? table.gone : table.walk;
    let ids = narrows && terms.some(isAboutGone) === last.terms.some(isAboutGone) ? last.ids : all;
    const found = this.#room();
    // Cheap ones first: what they leave out is not looked at again, and those after them write over what they have read.
    for (const term of left.toSorted((a, b) => cost(a.test) - cost(b.test))) {
      const test = testOf(table, term, ids.length > table.count / MANY);
      let count = 0;
      for (let at = 0; at < ids.length;) {
        for (const end = Math.min(ids.length, at + TURN); at < end; at++) {
          const id = ids[at]!;
          if (test(id) !== term.not) found[count++] = id;
        }
        yield;
      }
      ids = found.subarray(0, count);
    }
    this.#last = { terms, ids };
    return { ids: this.#ordered(ids, order), bytes: this.#bytesOf(ids) };
  }

  /** A copy of its own, in that order. */
  #ordered(ids: Uint32Array, order: FoundOrder): Uint32Array<ArrayBuffer> {
    if (order === 'path') return new Uint32Array(ids);
    const { sizes, there } = this.#table;
    if (ids.length > 0 && ids[0]! >= there) return new Uint32Array(ids).sort((a, b) => sizes[b]! - sizes[a]!);
    const chosen = (this.#chosen ??= new Uint8Array(this.#table.count)).fill(0);
    for (let i = 0; i < ids.length; i++) chosen[ids[i]!] = 1;
    const ordered = new Uint32Array(ids.length);
    let count = 0;
    for (const id of this.#table.bySize) if (chosen[id] === 1) ordered[count++] = id;
    return ordered;
  }

  #bytesOf(ids: Uint32Array): number {
    const { sizes, hasLinks, tree, layers } = this.#table;
    /** By layer: 1 for each file whose bytes were counted. */
    const counted: (Uint8Array | undefined)[] = [];
    let bytes = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      const size = sizes[id]!;
      if (size === 0) continue;
      if (hasLinks) {
        const layer = tree.contentLayer[id]!;
        const row = tree.contentRow[id]!;
        const seen = (counted[layer] ??= new Uint8Array(layers[layer]!.count));
        if (seen[row] === 1) continue;
        seen[row] = 1;
      }
      bytes += size;
    }
    return bytes;
  }
}

/** Whether what layers took from each other must be known for that. */
export function needsLosses(query: Query): boolean {
  return looksEverywhere(query) || query.terms.some(({ test }) => test.kind === 'is' || test.kind === 'by');
}

/** Whether it must be known to which package each file belongs. */
export function needsOwners({ terms }: Query): boolean {
  return terms.some(({ test }) => test.kind === 'package');
}

/** Also what is not there any more is looked into: a key that a later layer deleted is pulled all the same. */
export function looksEverywhere({ terms, contents }: Query): boolean {
  return contents?.how === 'secrets' && !terms.some(isAboutGone);
}

/** Only entries that are not there any more are asked for. */
const isAboutGone = ({ not, test }: Term) =>
  !not && (test.kind === 'by' || (test.kind === 'is' && test.state === 'deleted'));

const keyOf = (term: Term) => JSON.stringify(term);

/** True where all that `now` is true of, `old` is true of too; may be false all the same. */
function implies(now: Term, old: Term): boolean {
  if (keyOf(now) === keyOf(old)) return true;
  const { kind } = old.test;
  if (now.not || old.not || (kind !== 'name' && kind !== 'path') || now.test.kind !== kind) return false;
  const [long, short] = [now.test.pattern, old.test.pattern];
  if (long.how !== 'substring' || short.how !== 'substring') return false;
  if (!short.anyCase) return !long.anyCase && long.value.includes(short.value);
  return long.value.toLowerCase().includes(short.value);
}

function cost({ kind, ...test }: Test): number {
  switch (kind) {
    case 'name':
    case 'path': {
      const { how } = (test as { pattern: TextPattern }).pattern;
      return how === 'substring' ? 2 : how === 'glob' ? 3 : 5;
    }
    case 'cap':
    case 'xattr':
      return 4;
    default:
      return 1;
  }
}

function testOf(table: FindTable, { test }: Term, many: boolean): IdTest {
  const { kinds, sizes } = table;
  switch (test.kind) {
    case 'name':
      return nameTest(table, test.pattern, many);
    case 'path':
      return pathTest(table, test.pattern);
    case 'type': {
      const tests = test.types.map((type) => typeTest(table, type));
      if (tests.length === 1) return tests[0]!;
      return (id) => tests.some((is) => is(id));
    }
    case 'size':
      return (id) => kinds[id] === FILE && within(test.span, sizes[id]!);
    case 'mode':
      return modeTest(table, test.mode);
    case 'owner':
      return ownerTest(table, test.who, 'uid', 0);
    case 'group':
      return ownerTest(table, test.who, 'gid', 1);
    case 'layer': {
      const { layer } = table.tree;
      return (id) => layer[id] !== IMPLIED && within(test.span, layer[id]!);
    }
    case 'cap':
      return (id) => {
        const value = table.xattrs(id).get('security.capability');
        return value !== undefined && (test.name === '' || !!capabilityText(value)?.includes(test.name));
      };
    case 'xattr':
      return (id) => {
        for (const name of table.xattrs(id).keys()) if (name.toLowerCase().includes(test.name)) return true;
        return false;
      };
    case 'is': {
      const { there, losses } = table;
      if (test.state === 'deleted') return (id) => id >= there;
      return (id) => id < there && losses?.changed[id] === 1;
    }
    case 'package':
      return packageTest(table, test.name, test.exact);
    case 'by': {
      const { there, losses } = table;
      return (id) => id >= there && within(test.span, losses!.deleted.by[id - there]!);
    }
    default:
      return unreachable(test);
  }
}

const within = ({ min, max }: Span, value: number) => value >= min && value <= max;

const KINDS = { file: FILE, symlink: SYMLINK, char: CHAR, block: BLOCK, dir: DIR, fifo: FIFO } as const;

function typeTest(table: FindTable, type: TypeName): IdTest {
  if (type === 'hardlink') return (id) => table.isHardLink(id);
  const kind = KINDS[type];
  const { kinds } = table;
  return (id) => kinds[id] === kind;
}

/** Folders, and what is not there any more, belong to none, and are not what is meant by that. */
function packageTest({ owners, kinds, there }: FindTable, name: string | null, exact: boolean): IdTest {
  if (owners === null) return () => false;
  const { owner, names } = owners;
  if (name === null) return (id) => id < there && owner[id] === 0 && kinds[id] !== DIR;
  const wanted = new Uint8Array(names.length + 1);
  for (const [i, other] of names.entries()) {
    if (exact ? other.toLowerCase() === name : other.toLowerCase().includes(name)) wanted[i + 1] = 1;
  }
  return (id) => id < there && wanted[owner[id]!] === 1;
}

const MODES: Readonly<Record<ModeName, number>> = {
  setuid: 0o4000,
  setgid: 0o2000,
  sticky: 0o1000,
  'world-writable': 0o002,
  executable: 0o111,
};

function modeTest({ kinds, modes }: FindTable, mode: ModeName | number): IdTest {
  if (typeof mode === 'number') return (id) => modes[id] === mode;
  const bits = MODES[mode];
  if (mode === 'executable') return (id) => (modes[id]! & bits) !== 0 && kinds[id] === FILE;
  // The mode of a symbolic link says nothing: it is what it leads to that counts.
  return (id) => (modes[id]! & bits) !== 0 && kinds[id] !== SYMLINK;
}

/** By number or by name; `root` is 0, also where a layer has no names. */
function ownerTest(table: FindTable, who: string, column: 'uid' | 'gid', name: 0 | 1): IdTest {
  const number = who === 'root' ? 0 : /^\d+$/.test(who) ? Number(who) : -1;
  const named = table.layers.map(({ owners }) =>
    Uint8Array.from(owners, (names) => (names[name] === who ? 1 : 0)),
  );
  const numbers = table.layers.map((layer) => layer[column]);
  const owners = table.layers.map(({ owner }) => owner);
  const { contentLayer, contentRow, layer, row: ownRow } = table.tree;
  return (id) => {
    const bound = contentLayer[id] !== IMPLIED;
    const at = bound ? contentLayer[id]! : layer[id]!;
    if (at >= numbers.length) return number === 0;
    const row = bound ? contentRow[id]! : ownRow[id]!;
    return numbers[at]![row] === number || named[at]![owners[at]![row]!] === 1;
  };
}
