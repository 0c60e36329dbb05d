/**
 * Reading JSON (RFC 8259) that strangers wrote: bounded, strict UTF-8, never deeper than we can walk, and every
 * complaint says where. Of a key that occurs twice the last value counts, as in JavaScript and Go.
 */
import { decodeUtf8, utf8 } from '../base/bytes.ts';
import { fail, type Format } from '../base/problem.ts';
import { jsonFaultAt } from './json-fault.ts';

/**
 * Our documents are some ten levels deep. JSON.stringify, the viewer of a document and some engines' parsers recurse:
 * a few kilobytes of `[[[[` must not take the stack from them.
 */
const MAX_DEPTH = 128;

/**
 * Items of a list or members of an object that are looked at one by one. The smallest descriptor has 90 bytes, so no index
 * has more; but `[0,0,…` of 8 MiB would become 4 million objects of ours.
 */
const MAX_ITEMS = 65_536;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** One value of a document, and where it stands. Readers fail with `malformed` that carries the JSON pointer, or `too-large` past MAX_ITEMS. */
export class Json {
  /** Undefined where the document has none. Objects may have any key: do not read members past `get`. */
  readonly value: unknown;
  readonly #format: Format;
  readonly #pointer: string;

  constructor(value: unknown, format: Format, pointer = '') {
    this.value = value;
    this.#format = format;
    this.#pointer = pointer;
  }

  /** False for what is not there, and for null, which Go writes for an empty list or map. */
  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  fail(reason: string): never {
    fail({ code: 'malformed', format: this.#format, reason, pointer: this.#pointer });
  }

  /** What `read` makes of it, or undefined where it is absent or null. */
  optional<T>(read: (json: Json) => T): T | undefined {
    return this.present ? read(this) : undefined;
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.#expected('a string');
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.#expected('a boolean');
  }

  /** A whole number that a double holds exactly, within the bounds (both included). */
  integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
    const { value } = this;
    if (typeof value !== 'number') this.#expected('a number');
    if (!Number.isSafeInteger(value)) this.fail(`${value} is not a whole number that can be held exactly`);
    if (value < min) this.fail(`${value} is less than ${min}`);
    if (value > max) this.fail(`${value} is more than ${max}`);
    return value;
  }

  array(): readonly Json[] {
    const { value } = this;
    if (!Array.isArray(value)) this.#expected('an array');
    this.#bound(value.length);
    return value.map((item: unknown, i) => this.#item(item, i));
  }

  /** The member of an object; own keys only, so that `__proto__` and `constructor` are names like any other. */
  get(key: string): Json {
    const record = this.#record();
    return this.#member(key, Object.hasOwn(record, key) ? record[key] : undefined);
  }

  /** All members of an object, in the order of the document (names that look like numbers first). */
  entries(): readonly (readonly [key: string, value: Json])[] {
    const members = Object.entries(this.#record());
    this.#bound(members.length);
    return members.map(([key, value]) => [key, this.#member(key, value)] as const);
  }

  strings(): readonly string[] {
    const { value } = this;
    if (!Array.isArray(value)) this.#expected('an array');
    // As many as there are: no object is made for any but a wrong one.
    return value.map((item: unknown, i) => (typeof item === 'string' ? item : this.#item(item, i).string()));
  }

  /** An object whose values are strings: annotations, labels. */
  stringMap(): ReadonlyMap<string, string> {
    return new Map(this.entries().map(([key, value]) => [key, value.string()]));
  }

  #record(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#expected('an object');
    return value as Record<string, unknown>;
  }

  #bound(actual: number): void {
    if (actual > MAX_ITEMS)
      fail({ code: 'too-large', what: `items of ${this.#format}`, limit: MAX_ITEMS, actual });
  }

  #item(value: unknown, i: number): Json {
    return new Json(value, this.#format, `${this.#pointer}/${i}`);
  }

  /** RFC 6901, section 3: `~` and `/` are escaped. */
  #member(key: string, value: unknown): Json {
    return new Json(
      value,
      this.#format,
      `${this.#pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    );
  }

  #expected(what: string): never {
    this.fail(
      this.value === undefined ? `missing, expected ${what}` : `${kindOf(this.value)}, expected ${what}`,
    );
  }
}

/**
 * The document that `bytes` are. Fails with `too-large` past `limit` bytes, else with `malformed` of `format`: not
 * UTF-8, a byte order mark (RFC 8259, section 8.1: must not be there; Go's parser, which the registries and runtimes
 * use, refuses it too), not JSON, too deep.
 */
export function parseJson(bytes: Uint8Array, format: Format, limit: number): Json {
  if (bytes.length > limit) fail({ code: 'too-large', what: format, limit, actual: bytes.length });
  const text = decodeUtf8(bytes);
  if (text === null) fail({ code: 'malformed', format, reason: 'not UTF-8' });
  if (text.startsWith('\uFEFF')) fail({ code: 'malformed', format, reason: 'a byte order mark', offset: 0 });
  const deep = tooDeepAt(text);
  if (deep !== null) {
    const offset = utf8(text.slice(0, deep)).length;
    fail({ code: 'malformed', format, reason: `nested more than ${MAX_DEPTH} deep`, offset });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const at = jsonFaultAt(text);
    const offset = at === null ? {} : { offset: utf8(text.slice(0, at)).length };
    fail({ code: 'malformed', format, reason: 'not JSON', ...offset }, { cause });
  }
  return new Json(value, format);
}

/** `members` without those that are undefined: what optional readers give, as `exactOptionalPropertyTypes` wants it. */
export function defined<T extends object>(members: {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? T[K] | undefined : T[K];
}): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** The index of the first bracket that opens one level too many. Text that is no JSON may get any answer. */
function tooDeepAt(text: string): number | null {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) {
          if (text.charCodeAt(i) === BACKSLASH) i++;
        }
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (++depth > MAX_DEPTH) return i;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
        break;
      default:
    }
  }
  return null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
