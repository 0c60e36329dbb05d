/**
 * What a person asks for, in one line of text that reads well in a box and in a link:
 *
 *     passwd                     the name holds it; capitals matter where there are some
 *     *.conf  ssl/*.pem          a glob: over the name, with a slash over the path
 *     etc/ssl  path:share        the path holds it
 *     re:^lib.+\.so$             a regular expression over the name, with a slash in it over the path
 *     type:file,symlink  size:>10M  size:1k..2M  mode:setuid  mode:4755  owner:root  group:42
 *     layer:2  layer:1..3  is:changed  is:deleted  by:3  cap:net_raw  xattr:selinux
 *     package:ssl  package:"openssl"  package:none   whose it is, as package managers say
 *     text:password  grep:AKIA[0-9A-Z]{16}     in what the files hold
 *     secrets:                                 keys and tokens, in what the files hold and those that are gone held
 *
 * Words stand side by side, and all must hold; `-` before one turns it around; "quotes" keep spaces, and anything else,
 * as they are. A word with a colon whose front is no key is a name: dpkg has `libc6:amd64.list`.
 */

export const TYPE_NAMES = ['file', 'dir', 'symlink', 'hardlink', 'char', 'block', 'fifo'] as const;
export type TypeName = (typeof TYPE_NAMES)[number];
export const MODE_NAMES = ['setuid', 'setgid', 'sticky', 'world-writable', 'executable'] as const;
export type ModeName = (typeof MODE_NAMES)[number];

/** Both included. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

/** A text that is looked for: as it is, as a glob, as a regular expression. */
export interface TextPattern {
  readonly how: 'substring' | 'glob' | 'regexp';
  readonly value: string;
  /** Smart case: nothing in it is a capital. */
  readonly anyCase: boolean;
}

/** What is looked for in files: keys and tokens of any kind (`secrets.ts`), or a text. */
export type ContentsPattern =
  TextPattern | { readonly how: 'secrets'; readonly value: ''; readonly anyCase: false };

export type Test =
  | { readonly kind: 'name' | 'path'; readonly pattern: TextPattern }
  | { readonly kind: 'type'; readonly types: readonly TypeName[] }
  | { readonly kind: 'size' | 'layer' | 'by'; readonly span: Span }
  | { readonly kind: 'mode'; readonly mode: ModeName | number }
  | { readonly kind: 'owner' | 'group'; readonly who: string }
  | { readonly kind: 'is'; readonly state: 'changed' | 'deleted' }
  /** `name` is a part of the name that the attribute or the capability has; empty: any. */
  | { readonly kind: 'cap' | 'xattr'; readonly name: string }
  /** `name` in small letters: a part of the package's name, or all of it; empty: any. Null: it belongs to none. */
  | { readonly kind: 'package'; readonly name: string | null; readonly exact: boolean };

export interface Term {
  readonly not: boolean;
  readonly test: Test;
}

/** A word that makes no sense, and is left out. */
export interface QueryFault {
  readonly word: string;
  readonly why: 'type' | 'size' | 'mode' | 'number' | 'state' | 'regexp' | 'contents-twice' | 'contents-not';
}

export interface Query {
  readonly terms: readonly Term[];
  /** What is looked for in files; null where nothing is. */
  readonly contents: ContentsPattern | null;
  readonly faults: readonly QueryFault[];
}

/** Longer ones are cut; none that a person types or links to is. UTF-16 code units. */
export const MAX_QUERY = 4096;

const KEYS = new Set([
  'name',
  'path',
  're',
  'type',
  'size',
  'mode',
  'owner',
  'group',
  'layer',
  'is',
  'by',
  'cap',
  'xattr',
  'package',
  'text',
  'grep',
  'secrets',
] as const);
type Key = typeof KEYS extends Set<infer K> ? K : never;

/** One word of a query, and where it stands in the text. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly not: boolean;
  readonly key: Key | null;
  readonly value: string;
  readonly quoted: boolean;
}

/** Without a value they ask for any. */
const NEED_NO_VALUE: ReadonlySet<Key | null> = new Set(['cap', 'xattr', 'package', 'secrets'] as const);

/** Never fails: what makes no sense is in `faults`, and a key without a value, as it is while typed, is nothing yet. */
export function parseQuery(text: string): Query {
  const terms: Term[] = [];
  const faults: QueryFault[] = [];
  let contents: ContentsPattern | null = null;
  for (const word of wordsOf(text)) {
    if (word.value === '' && !NEED_NO_VALUE.has(word.key)) continue;
    const fault = (why: QueryFault['why']) => faults.push({ word: text.slice(word.start, word.end), why });
    if (word.key === 'text' || word.key === 'grep' || word.key === 'secrets') {
      const how = word.key === 'text' ? 'substring' : 'regexp';
      if (contents !== null) fault('contents-twice');
      else if (word.not) fault('contents-not');
      else if (word.key === 'secrets') contents = { how: 'secrets', value: '', anyCase: false };
      else if (how === 'regexp' && compileRegExp(word.value, '') === null) fault('regexp');
      else contents = patternOf(how, word.value);
      continue;
    }
    const test = testOf(word);
    if (typeof test === 'string') fault(test);
    else terms.push({ not: word.not, test });
  }
  return { terms, contents, faults };
}

const SPACE = /\s/;

/** The words of a query in their order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const length = Math.min(text.length, MAX_QUERY);
  for (let at = 0; at < length;) {
    if (SPACE.test(text[at]!)) {
      at++;
      continue;
    }
    const start = at;
    const not = text[at] === '-' && at + 1 < length && !SPACE.test(text[at + 1]!);
    if (not) at++;
    const key = keyAt(text, at);
    if (key !== null) at += key.length + 1;
    let value = '';
    let quoted = false;
    while (at < length && !SPACE.test(text[at]!)) {
      if (text[at] === '"') {
        quoted = true;
        const close = text.indexOf('"', at + 1);
        const end = close < 0 ? length : Math.min(close, length);
        value += text.slice(at + 1, end);
        at = end + 1;
      } else value += text[at++]!;
    }
    at = Math.min(at, length);
    words.push({ start, end: at, not, key, value, quoted });
  }
  return words;
}

function keyAt(text: string, at: number): Key | null {
  const colon = text.indexOf(':', at);
  if (colon < 0 || colon - at > 8) return null;
  const key = text.slice(at, colon);
  return KEYS.has(key as Key) ? (key as Key) : null;
}

/** `value` as a word of a query, in quotes where it must be. */
export function quoted(value: string): string {
  const isPlain = !/[\s"]/.test(value) && !value.startsWith('-') && keyAt(value, 0) === null;
  // There is no way to write a quote inside of quotes: `?` stands for any character, and a glob may have it.
  return isPlain ? value : `"${value.replaceAll('"', '?')}"`;
}

function testOf({ key, value, quoted }: Word): Test | QueryFault['why'] {
  switch (key) {
    case null:
    case 'name': {
      const pattern = patternOf(quoted ? 'substring' : howOf(value), value);
      return { kind: value.includes('/') ? 'path' : 'name', pattern };
    }
    case 'path':
      return { kind: 'path', pattern: patternOf(quoted ? 'substring' : howOf(value), value) };
    case 're': {
      if (compileRegExp(value, '') === null) return 'regexp';
      return { kind: value.includes('/') ? 'path' : 'name', pattern: patternOf('regexp', value) };
    }
    case 'type': {
      const types = value.split(',').filter((name) => name !== '');
      const known = types.map((name) => TYPE_ALIASES.get(name) ?? name);
      return known.every(isTypeName) ? { kind: 'type', types: known } : 'type';
    }
    case 'size': {
      const span = spanOf(value, bytesOf);
      return span === null ? 'size' : { kind: 'size', span };
    }
    case 'layer':
    case 'by': {
      const span = spanOf(value, (text) => (/^\d{1,4}$/.test(text) ? Number(text) : null));
      return span === null ? 'number' : { kind: key, span };
    }
    case 'mode': {
      if (/^[0-7]{3,5}$/.test(value)) return { kind: 'mode', mode: Number.parseInt(value, 8) & 0o7777 };
      return (MODE_NAMES as readonly string[]).includes(value)
        ? { kind: 'mode', mode: value as ModeName }
        : 'mode';
    }
    case 'owner':
    case 'group':
      return { kind: key, who: value };
    case 'is':
      return value === 'changed' || value === 'deleted' ? { kind: 'is', state: value } : 'state';
    case 'cap':
    case 'xattr':
      return { kind: key, name: value.toLowerCase() };
    case 'package': {
      const isNone = value === 'none' && !quoted;
      return { kind: key, name: isNone ? null : value.toLowerCase(), exact: quoted && value !== '' };
    }
    default:
      throw new Error(`bug: ${key} is no test`);
  }
}

const TYPE_ALIASES: ReadonlyMap<string, TypeName> = new Map([
  ['folder', 'dir'],
  ['link', 'symlink'],
  ['pipe', 'fifo'],
]);

const isTypeName = (name: string): name is TypeName => (TYPE_NAMES as readonly string[]).includes(name);

const howOf = (value: string) => (/[*?[]/.test(value) ? 'glob' : 'substring');

function patternOf(how: TextPattern['how'], value: string): TextPattern {
  // What stands behind a backslash is no letter that is looked for: `\S` is no capital S.
  const letters = how === 'regexp' ? value.replace(/\\[pP]\{[^}]*\}|\\./g, '') : value;
  return { how, value, anyCase: letters === letters.toLowerCase() };
}

/** Null where it is none. With `u` where that takes it: `.` is a character then, also one outside of 16 bits. */
export function compileRegExp(source: string, flags: string): RegExp | null {
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(source, flags + unicode);
    } catch {
      // Old patterns escape more than `u` lets them.
    }
  }
  return null;
}

/** `5`, `>5`, `>=5`, `<5`, `<=5`, `5..7`, `5..`, `..7`; whole numbers. */
function spanOf(text: string, valueOf: (text: string) => number | null): Span | null {
  const range = /^([^.]*(?:\.\d[^.]*)?)\.\.(.*)$/.exec(text);
  if (range !== null) {
    const min = range[1] === '' ? 0 : valueOf(range[1]!);
    const max = range[2] === '' ? Infinity : valueOf(range[2]!);
    return min === null || max === null || text === '..' ? null : { min, max };
  }
  const sign = /^(?:[<>]=?|=)?/.exec(text)![0];
  const value = valueOf(text.slice(sign.length));
  if (value === null) return null;
  switch (sign) {
    case '>':
      return { min: value + 1, max: Infinity };
    case '>=':
      return { min: value, max: Infinity };
    case '<':
      return { min: 0, max: value - 1 };
    case '<=':
      return { min: 0, max: value };
    default:
      return { min: value, max: value };
  }
}

const UNITS = ['', 'k', 'm', 'g', 't'];

/** `10`, `10k`, `1.5MB` as the page writes them, by the thousand; `10Ki`, `2GiB` by 1024. */
function bytesOf(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([kmgt]?)(i?)b?$/i.exec(text);
  if (match === null || (match[3] !== '' && match[2] === '')) return null;
  const bytes = Number(match[1]) * (match[3] === '' ? 1000 : 1024) ** UNITS.indexOf(match[2]!.toLowerCase());
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : null;
}

/** `text` with `key:value` in place of what it says of that key (null: with nothing); all else stays as it is. */
export function withWord(text: string, key: string, value: string | null): string {
  const word = value === null ? '' : value === '' ? `${key}:` : `${key}:${quoted(value)}`;
  const old = wordsOf(text).find((it) => it.key === key && !it.not);
  const parts = old === undefined ? [text, word] : [text.slice(0, old.start), word, text.slice(old.end)];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ');
}
