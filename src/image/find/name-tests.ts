/** Whether names and paths are what a pattern says. */
import { unreachable } from '../../base/assert.ts';
import { ROOT } from '../tree-columns.ts';
import type { FindTable } from './find-table.ts';
import { compileNameGlob, compilePathGlob, matchesName, type NameGlob, matchesPath } from './glob.ts';
import { compileRegExp, type TextPattern } from './query.ts';

export type IdTest = (id: number) => boolean;

/** Whether the base name of an entry is of the pattern. `many`: most entries will be asked about. */
export function nameTest(table: FindTable, pattern: TextPattern, many: boolean): IdTest {
  switch (pattern.how) {
    case 'substring': {
      if (many) return isMarked(namesHolding(table, pattern));
      const part = casedOf(pattern);
      return (id) => table.names.cased(id, pattern.anyCase).includes(part);
    }
    case 'glob': {
      const glob = compileNameGlob(casedOf(pattern));
      return (id) => nameIsOf(table, id, glob, pattern.anyCase);
    }
    case 'regexp': {
      const regexp = regexpOf(pattern);
      return (id) => regexp.test(table.names.name(id));
    }
    default:
      return unreachable(pattern.how);
  }
}

/** Whether the absolute path of an entry is of the pattern. */
export function pathTest(table: FindTable, pattern: TextPattern): IdTest {
  switch (pattern.how) {
    case 'substring':
      return isMarked(pathsHolding(table, pattern));
    case 'glob':
      return pathIsOf(table, pattern);
    case 'regexp': {
      const regexp = regexpOf(pattern);
      const { parent } = table.tree;
      // Entries come as one walks: mostly those of a folder after each other.
      let folder = -1;
      let prefix = '';
      return (id) => {
        if (parent[id] !== folder) {
          folder = parent[id]!;
          prefix = folder === ROOT ? '/' : `${table.path(folder)}/`;
        }
        return regexp.test(prefix + table.names.name(id));
      };
    }
    default:
      return unreachable(pattern.how);
  }
}

const casedOf = ({ value, anyCase }: TextPattern) => (anyCase ? value.toLowerCase() : value);

const isMarked =
  (marks: Uint8Array): IdTest =>
  (id) =>
    marks[id] === 1;

function regexpOf({ value, anyCase }: TextPattern): RegExp {
  const regexp = compileRegExp(value, anyCase ? 'i' : '');
  if (regexp === null) throw new Error('bug: a regular expression was not looked at');
  return regexp;
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

/** A 1 for each entry whose name holds the text: all names are gone through as one text. */
function namesHolding(table: FindTable, pattern: TextPattern): Uint8Array {
  const { names, count } = table;
  const part = casedOf(pattern);
  const marks = new Uint8Array(count);
  for (const id of names.others) {
    if (names.cased(id, pattern.anyCase).includes(part)) marks[id] = 1;
  }
  // Names of ASCII alone hold nothing else, also without their capitals.
  if (!ASCII.test(part)) return marks;
  if (part === '') return marks.fill(1);
  const { starts } = names;
  const text = pattern.anyCase ? names.small : names.text;
  const { length } = part;
  let id = 0;
  for (let at = text.indexOf(part); at >= 0;) {
    id = ownerOf(starts, id, at);
    const end = starts[id + 1]!;
    // What begins in one name and ends in the next is in neither.
    if (at + length <= end) {
      marks[id] = 1;
      at = text.indexOf(part, end);
    } else at = text.indexOf(part, at + 1);
  }
  return marks;
}

/** The name that holds place `at`; not before `from`. Matches are near each other, or few. */
function ownerOf(starts: Uint32Array, from: number, at: number): number {
  let step = 1;
  let low = from;
  while (low + step < starts.length && starts[low + step]! <= at) {
    low += step;
    step *= 2;
  }
  let high = Math.min(starts.length - 1, low + step);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Without a slash, a path holds what one of its names holds. With some, `a/b/c`, it is held where one name ends with `a`, the
 * next is `b` and the one after that begins with `c`; a path has it from there down.
 */
function pathsHolding(table: FindTable, pattern: TextPattern): Uint8Array {
  const { parent } = table.tree;
  const marks = pattern.value.includes('/') ? namesEnding(table, pattern) : namesHolding(table, pattern);
  marks[ROOT] = 0;
  for (let id = 1; id < table.count; id++) marks[id]! |= marks[parent[id]!]!;
  return marks;
}

/** A 1 where the text ends in that entry's own name, a slash or more before it. */
function namesEnding(table: FindTable, { value, anyCase }: TextPattern): Uint8Array {
  const { names, count } = table;
  const { parent } = table.tree;
  const { codes, starts, plain } = names;
  const parts = (anyCase ? value.toLowerCase() : value).split('/');
  const last = parts.pop()!;
  const leads = leadingTo(table, parts, anyCase);
  const marks = new Uint8Array(count);
  // Most names begin with another letter.
  const small = last.length > 0 ? last.charCodeAt(0) : -1;
  const large = anyCase && small >= 0x61 && small <= 0x7a ? small - 0x20 : small;
  for (let id = 1; id < count; id++) {
    if (small >= 0 && plain[id] === 1) {
      const code = codes[starts[id]!];
      if (code !== small && code !== large) continue;
    }
    if (last !== '' && !names.cased(id, anyCase).startsWith(last)) continue;
    if (leads(parent[id]!)) marks[id] = 1;
  }
  return marks;
}

/** Whether the path of a folder ends as `parts` says, the first of them in the middle of a name. Each folder is looked at once. */
function leadingTo({ names, tree }: FindTable, parts: readonly string[], anyCase: boolean): IdTest {
  const { parent } = tree;
  const [first, ...rest] = parts;
  const look = (folder: number) => {
    let at = folder;
    for (const part of rest.toReversed()) {
      if (at === ROOT || names.cased(at, anyCase) !== part) return false;
      at = parent[at]!;
    }
    return names.cased(at, anyCase).endsWith(first!);
  };
  /** 0 not looked at yet, 1 no, 2 yes. */
  const known = new Uint8Array(tree.count);
  return (folder) => {
    if (known[folder] === 0) known[folder] = look(folder) ? 2 : 1;
    return known[folder] === 2;
  };
}

function nameIsOf({ names }: FindTable, id: number, glob: NameGlob, anyCase: boolean): boolean {
  if (names.plain[id] === 1) {
    return matchesName(glob, names.codes, names.starts[id]!, names.starts[id + 1]!, anyCase);
  }
  const codes = Uint32Array.from(names.cased(id, anyCase), (char) => char.codePointAt(0)!);
  return matchesName(glob, codes, 0, codes.length, false);
}

function pathIsOf(table: FindTable, pattern: TextPattern): IdTest {
  const { anyCase } = pattern;
  const glob = compilePathGlob(casedOf(pattern));
  const { parent } = table.tree;
  const last = glob.at(-1);
  const chain: number[] = [];
  const fits = (name: NameGlob, i: number) => nameIsOf(table, chain[chain.length - 1 - i]!, name, anyCase);
  return (id) => {
    // Most are told by their own name.
    if (last !== null && last !== undefined && !nameIsOf(table, id, last, anyCase)) return false;
    chain.length = 0;
    for (let at = id; at !== ROOT; at = parent[at]!) chain.push(at);
    return matchesPath(glob, chain.length, fits);
  };
}
