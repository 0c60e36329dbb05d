/** The values that a PDF is written in (ISO 32000-1, 7.3), read from a stretch of it. */
import { readable, toHex } from '../../base/bytes.ts';
import { malformed } from './random-access.ts';

export type PdfValue =
  | null
  | boolean
  | number
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'text'; readonly bytes: Uint8Array }
  | { readonly type: 'ref'; readonly number: number }
  | { readonly type: 'list'; readonly items: readonly PdfValue[] }
  | { readonly type: 'dict'; readonly entries: PdfDict };

export type PdfDict = ReadonlyMap<string, PdfValue>;

const MAX_DEPTH = 32;
/** Values in one list or dictionary; what of a longer one is past it is not kept. */
const MAX_ITEMS = 4096;

const WHITE = new Set([0, 9, 10, 12, 13, 32]);
const DELIMITERS = new Set([...'()<>[]{}/%'].map((char) => char.charCodeAt(0)));

/** Reads one value after the other. Fails with `malformed` where the bytes end in one. */
export class PdfLexer {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) malformed('values lie too deep in each other', this.at);
    this.skipWhite();
    const byte = this.#byte();
    switch (byte) {
      case 0x2f:
        this.at++;
        return { type: 'name', name: this.#name() };
      case 0x28:
        return { type: 'text', bytes: this.#text() };
      case 0x5b:
        this.at++;
        return { type: 'list', items: this.#items(0x5d, depth) };
      case 0x3c:
        if (this.#bytes[this.at + 1] !== 0x3c) return { type: 'text', bytes: this.#hex() };
        this.at += 2;
        return { type: 'dict', entries: this.#entries(depth) };
      default:
        return this.#word();
    }
  }

  /** A word such as `obj` or `xref`, or a number, as it stands. */
  word(): string {
    this.skipWhite();
    const start = this.at;
    while (this.at < this.#bytes.length && !WHITE.has(this.#byte()) && !DELIMITERS.has(this.#byte()))
      this.at++;
    if (this.at - start > 256) malformed('a word is too long', start);
    return String.fromCharCode(...this.#bytes.subarray(start, this.at));
  }

  /** Comments are white too. */
  skipWhite(): void {
    for (; this.at < this.#bytes.length; this.at++) {
      if (this.#bytes[this.at] === 0x25) {
        while (this.at < this.#bytes.length && this.#byte() !== 10 && this.#byte() !== 13) this.at++;
      } else if (!WHITE.has(this.#byte())) return;
    }
  }

  #byte(): number {
    return this.#bytes[this.at] ?? malformed('it ends in a value', this.at);
  }

  /** `12`, `-3.5`, `true`, `null`, or `12 0 R`. */
  #word(): PdfValue {
    const start = this.at;
    const word = this.word();
    if (word === '') malformed('no value', start);
    if (word === 'true' || word === 'false') return word === 'true';
    const number = Number(word);
    if (word === 'null' || !Number.isFinite(number)) return null;
    if (!/^\d{1,10}$/.test(word)) return number;
    const after = this.at;
    const isRef = /^\d{1,5}$/.test(this.word()) && this.word() === 'R';
    if (isRef) return { type: 'ref', number };
    this.at = after;
    return number;
  }

  #name(): string {
    // 7.3.5: "#" and two digits stand for a byte.
    return this.word().replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }

  #items(close: number, depth: number): PdfValue[] {
    const items: PdfValue[] = [];
    for (this.skipWhite(); this.#byte() !== close; this.skipWhite()) {
      const item = this.value(depth + 1);
      if (items.length < MAX_ITEMS) items.push(item);
    }
    this.at++;
    return items;
  }

  #entries(depth: number): PdfDict {
    const entries = new Map<string, PdfValue>();
    for (this.skipWhite(); this.#byte() !== 0x3e; this.skipWhite()) {
      const key = this.value(depth + 1);
      const value = this.value(depth + 1);
      if (key !== null && typeof key === 'object' && key.type === 'name' && entries.size < MAX_ITEMS)
        entries.set(key.name, value);
    }
    this.at += 2;
    return entries;
  }

  /** 7.3.4.2: parentheses in pairs, or behind a backslash. */
  #text(): Uint8Array {
    const bytes: number[] = [];
    let open = 0;
    do {
      let byte = this.#byte();
      this.at++;
      if (byte === 0x5c) byte = this.#escaped();
      else if (byte === 0x28 && open++ === 0) continue;
      else if (byte === 0x29 && --open === 0) break;
      if (byte >= 0) bytes.push(byte);
    } while (open > 0);
    return Uint8Array.from(bytes);
  }

  /** -1 for a line that goes on. */
  #escaped(): number {
    const digits = /^[0-7]{1,3}/.exec(
      String.fromCharCode(...this.#bytes.subarray(this.at, this.at + 3)),
    )?.[0];
    if (digits !== undefined) {
      this.at += digits.length;
      return parseInt(digits, 8) & 255;
    }
    const char = String.fromCharCode(this.#byte());
    this.at++;
    if (char === '\r' || char === '\n') return -1;
    return ({ n: 10, r: 13, t: 9, b: 8, f: 12 } as Record<string, number>)[char] ?? char.charCodeAt(0);
  }

  #hex(): Uint8Array {
    const end = this.#bytes.indexOf(0x3e, this.at);
    if (end < 0) malformed('it ends in a value', this.at);
    const digits = readable(this.#bytes.subarray(this.at + 1, end)).replace(/[^\da-f]/gi, '');
    this.at = end + 1;
    return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  }
}

/** 7.9.2.2: UTF-16 or UTF-8 by their marks, else PDFDocEncoding, of which all but some marks is Latin-1. */
export function pdfText(value: PdfValue | undefined): string | null {
  if (value === undefined || value === null || typeof value !== 'object' || value.type !== 'text')
    return null;
  const { bytes } = value;
  const mark = toHex(bytes.subarray(0, 3));
  const label = mark.startsWith('feff')
    ? 'utf-16be'
    : mark.startsWith('fffe')
      ? 'utf-16le'
      : mark === 'efbbbf'
        ? 'utf-8'
        : 'latin1';
  return new TextDecoder(label).decode(bytes.subarray(0, 4096));
}
