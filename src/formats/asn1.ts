/**
 * Reading DER (ITU-T X.690): values are found as they are asked for, nothing is copied, and no claim of a length is
 * believed past the end of what holds it.
 */
import type { Bytes } from '../base/bytes.ts';
import { fail, type Format } from '../base/problem.ts';

/** Universal tags, with the bit of a constructed encoding where they have it (X.680, clause 8.6). */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const UTF8_STRING = 0x0c;
export const PRINTABLE_STRING = 0x13;
export const TELETEX_STRING = 0x14;
export const IA5_STRING = 0x16;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const UNIVERSAL_STRING = 0x1c;
export const BMP_STRING = 0x1e;
export const SEQUENCE = 0x30;
export const SET = 0x31;

/** Values in one value: a certificate has some tens of names at most; a hostile one shall not make a million objects. */
const MAX_CHILDREN = 4096;
/** Bytes of an object identifier: those in use have some ten. */
const MAX_OID = 64;

/** The tag of `[number]` in a grammar: `constructed` unless it is an IMPLICIT primitive. */
export const contextTag = (number: number, constructed: boolean) => (constructed ? 0xa0 : 0x80) + number;

/** One value. Reading fails with `malformed` of the format that it was made for, with the offset in all of it. */
export class Der {
  readonly tag: number;
  readonly #all: Uint8Array;
  /** Where the value's header, its content, and what follows it begin. */
  readonly #start: number;
  readonly #from: number;
  readonly #to: number;
  readonly #format: Format;

  private constructor(all: Uint8Array, start: number, end: number, format: Format) {
    this.#all = all;
    this.#start = start;
    this.#format = format;
    const no = (reason: string) => fail({ code: 'malformed', format, reason, offset: start });
    this.tag = all[start] ?? no('a value is missing');
    if (start + 2 > end) no('it ends in a header');
    // X.690, 8.1.2.4: tags above 30 take more bytes; no format that is read here has one.
    if ((this.tag & 0x1f) === 0x1f) no('a tag of several bytes');
    const first = all[start + 1]!;
    let length = first;
    let from = start + 2;
    if (first >= 0x80) {
      // X.690, 10.1: the definite form, in as few bytes as can be.
      const count = first - 0x80;
      if (count === 0 || count > 4) no('a length that DER does not have');
      if (from + count > end) no('it ends in a header');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + all[from + i]!;
      from += count;
      if (length < 0x80 || length < 256 ** (count - 1)) no('a length in too many bytes');
    }
    if (length > end - from) no('it ends too early');
    this.#from = from;
    this.#to = from + length;
  }

  /** The one value that `bytes` are. */
  static read(bytes: Uint8Array, format: Format): Der {
    const value = new Der(bytes, 0, bytes.length, format);
    if (value.#to !== bytes.length) value.fail('something follows it');
    return value;
  }

  /** The content; a view. */
  get content(): Uint8Array {
    return this.#all.subarray(this.#from, this.#to);
  }

  /** Header and content; a view. */
  get whole(): Uint8Array {
    return this.#all.subarray(this.#start, this.#to);
  }

  fail(reason: string): never {
    fail({ code: 'malformed', format: this.#format, reason, offset: this.#start });
  }

  /** This value, of that tag or not at all. */
  expect(tag: number, what: string): Der {
    if (this.tag !== tag) this.fail(`${what} is missing`);
    return this;
  }

  /** The values in it. */
  children(): Der[] {
    const found: Der[] = [];
    for (let at = this.#from; at < this.#to;) {
      if (found.length === MAX_CHILDREN) this.fail('too many values in one');
      const child = new Der(this.#all, at, this.#to, this.#format);
      found.push(child);
      at = child.#to;
    }
    return found;
  }

  /** X.690, 8.19: `1.2.840.113549`. */
  oid(): string {
    this.expect(OBJECT_IDENTIFIER, 'an object identifier');
    const bytes = this.content;
    if (bytes.length === 0 || bytes.length > MAX_OID || bytes.at(-1)! >= 0x80) {
      this.fail('no object identifier');
    }
    const arcs: bigint[] = [];
    let arc = 0n;
    for (const byte of bytes) {
      arc = arc * 128n + BigInt(byte & 0x7f);
      if (byte < 0x80) {
        arcs.push(arc);
        arc = 0n;
      }
    }
    const head = arcs.shift()!;
    const top = head < 40n ? 0n : head < 80n ? 1n : 2n;
    return [top, head - top * 40n, ...arcs].join('.');
  }

  /** X.690, 8.6: the bytes, and how many bits of the last one do not count. */
  bits(): { readonly bytes: Uint8Array; readonly unused: number } {
    const [unused = 8] = this.expect(BIT_STRING, 'a bit string').content;
    if (unused > 7 || (unused > 0 && this.content.length === 1)) this.fail('no bit string');
    return { bytes: this.content.subarray(1), unused };
  }

  /** A text of any of the types that names are written in. */
  text(): string | null {
    const { content } = this;
    switch (this.tag) {
      case UTF8_STRING:
        return new TextDecoder().decode(content);
      case PRINTABLE_STRING:
      case IA5_STRING:
      // By its standard a code of its own; by those who use it Latin-1.
      case TELETEX_STRING:
        return new TextDecoder('latin1').decode(content);
      case BMP_STRING:
        return new TextDecoder('utf-16be').decode(content);
      case UNIVERSAL_STRING: {
        const view = new DataView(content.buffer, content.byteOffset, content.byteLength & ~3);
        let text = '';
        for (let at = 0; at < view.byteLength; at += 4) {
          const point = view.getUint32(at);
          text += String.fromCodePoint(point <= 0x10ffff ? point : 0xfffd);
        }
        return text;
      }
      default:
        return null;
    }
  }

  /** RFC 5280, section 4.1.2.5: in UTC, with seconds; ms since 1970. */
  time(): number {
    const text = new TextDecoder('latin1').decode(this.content);
    const isShort = this.tag === UTC_TIME;
    if (!isShort && this.tag !== GENERALIZED_TIME) this.fail('a time is missing');
    const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
    if (match === null || match[1]!.length !== (isShort ? 2 : 4)) return this.fail('no time');
    const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const full = !isShort ? year : year < 50 ? 2000 + year : 1900 + year;
    const date = new Date(0);
    date.setUTCFullYear(full, month - 1, day);
    date.setUTCHours(hour, minute, second);
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) this.fail('no time');
    return date.getTime();
  }
}

/** Its own copy, for whoever keeps a part of what was read. */
export const copyOf = (view: Uint8Array): Bytes => new Uint8Array(view);
