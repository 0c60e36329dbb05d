/** Looks for a text in the lines of one file, whose bytes come in any pieces. */
import { concat } from '../../base/bytes.ts';
import { compileRegExp, type ContentsPattern } from './query.ts';
import { SECRET_SOURCE } from './secrets.ts';

/** Of a line that is longer, so much is looked at: minified code of a megabyte still is. UTF-16 code units. */
export const MAX_LINE = 1024 * 1024;
/** A file with a NUL among so many of its first bytes is no text, as git and grep have it; UTF-16 is told by where they are. */
export const HEAD = 8 * 1024;
/** What is shown of a line around what was found. UTF-16 code units. */
const BEFORE = 60;
const SHOWN = 240;
/** Places in one line that are marked. */
const MAX_MARKS = 20;

export interface LineMatch {
  /** From 1. */
  readonly line: number;
  /** A part of the line. */
  readonly text: string;
  /** Where what was found stands in `text`: start, end, start, end … */
  readonly marks: readonly number[];
  /** The line goes on before and after `text`. */
  readonly cut: readonly [before: boolean, after: boolean];
}

/** Where a text is found, made once for many files. */
export class LinePattern {
  readonly #regexp: RegExp;
  /** Not null: it is found where these characters stand, which no regular expression finds faster. */
  readonly #literal: string | null;
  /** It cannot reach over the end of a line: whole blocks of lines are gone through at once. */
  readonly staysInLine: boolean;

  constructor({ how, value, anyCase }: ContentsPattern) {
    this.staysInLine = how !== 'regexp' && !/[\r\n]/.test(value);
    this.#literal = how !== 'secrets' && this.staysInLine && !anyCase ? value : null;
    const source = how === 'secrets' ? SECRET_SOURCE : how === 'regexp' ? value : escaped(value);
    const regexp = compileRegExp(source, anyCase ? 'gi' : 'g');
    if (regexp === null) throw new Error('bug: a regular expression was not looked at');
    this.#regexp = regexp;
  }

  /** The first place at or after `from`; null where there is none. */
  next(text: string, from: number): { readonly start: number; readonly end: number } | null {
    if (this.#literal !== null) {
      const start = text.indexOf(this.#literal, from);
      return start < 0 ? null : { start, end: start + this.#literal.length };
    }
    this.#regexp.lastIndex = from;
    const match = this.#regexp.exec(text);
    return match === null ? null : { start: match.index, end: match.index + match[0].length };
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

export type SearchEnd = 'text' | 'binary';

/** One file. `push` its bytes in order, then `end`. */
export class LineSearch {
  readonly #pattern: LinePattern;
  readonly #onMatch: (match: LineMatch) => void;
  #head: Uint8Array[] | null = [];
  #headLength = 0;
  #decoder: TextDecoder | null = null;
  #isBinary = false;
  /** The begin of a line whose end has not come. */
  #rest = '';
  /** The rest of a line that is too long is passed by. */
  #skipping = false;
  #line = 1;

  constructor(pattern: LinePattern, onMatch: (match: LineMatch) => void) {
    this.#pattern = pattern;
    this.#onMatch = onMatch;
  }

  /** True once nothing that comes can be of use. */
  get isBinary(): boolean {
    return this.#isBinary;
  }

  /** `bytes` are the caller's again afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#isBinary) return;
    if (this.#head === null) {
      this.#take(this.#decoder!.decode(bytes, { stream: true }));
      return;
    }
    if (this.#headLength === 0 && bytes.length >= HEAD) this.#begin(bytes);
    else {
      this.#head.push(bytes.slice());
      this.#headLength += bytes.length;
      if (this.#headLength >= HEAD) this.#begin(concat(this.#head));
    }
  }

  end(): SearchEnd {
    if (this.#head !== null && !this.#isBinary) this.#begin(concat(this.#head));
    if (this.#isBinary) return 'binary';
    this.#take(this.#decoder!.decode());
    if (!this.#skipping && this.#rest !== '') this.#block(this.#rest);
    return 'text';
  }

  #begin(bytes: Uint8Array): void {
    this.#head = null;
    const label = labelOf(bytes.subarray(0, HEAD));
    if (label === null) this.#isBinary = true;
    else {
      this.#decoder = new TextDecoder(label);
      this.#take(this.#decoder.decode(bytes, { stream: true }));
    }
  }

  #take(text: string): void {
    let from = 0;
    if (this.#skipping) {
      const end = text.indexOf('\n');
      if (end < 0) return;
      this.#skipping = false;
      this.#line++;
      from = end + 1;
    }
    const last = text.lastIndexOf('\n');
    if (last >= from) {
      const block = this.#rest + text.slice(from, last);
      this.#rest = '';
      this.#block(block);
      this.#line++;
      from = last + 1;
    }
    this.#rest += from === 0 ? text : text.slice(from);
    if (this.#rest.length <= MAX_LINE) return;
    this.#block(this.#rest.slice(0, MAX_LINE));
    this.#rest = '';
    this.#skipping = true;
  }

  /** Lines with a feed between them, the last without; afterwards `#line` is the number of the last. */
  #block(block: string): void {
    if (this.#pattern.staysInLine) this.#blockAtOnce(block);
    else this.#lineByLine(block);
  }

  #blockAtOnce(block: string): void {
    let counted = 0;
    for (let from = 0; from <= block.length;) {
      const found = this.#pattern.next(block, from);
      if (found === null) break;
      const start = found.start === 0 ? 0 : block.lastIndexOf('\n', found.start - 1) + 1;
      const feed = block.indexOf('\n', found.start);
      const end = feed < 0 ? block.length : feed;
      this.#count(block, counted, start);
      counted = start;
      this.#lookAt(block.slice(start, end));
      if (feed < 0) break;
      from = end + 1;
    }
    this.#count(block, counted, block.length);
  }

  #count(block: string, from: number, to: number): void {
    for (let at = block.indexOf('\n', from); at >= 0 && at < to; at = block.indexOf('\n', at + 1))
      this.#line++;
  }

  #lineByLine(block: string): void {
    for (let start = 0; ;) {
      const feed = block.indexOf('\n', start);
      this.#lookAt(block.slice(start, feed < 0 ? block.length : feed));
      if (feed < 0) return;
      this.#line++;
      start = feed + 1;
    }
  }

  #lookAt(whole: string): void {
    const cut = whole.length > MAX_LINE ? whole.slice(0, MAX_LINE) : whole;
    const line = cut.endsWith('\r') ? cut.slice(0, -1) : cut;
    const first = this.#pattern.next(line, 0);
    if (first === null) return;
    const from = Math.max(0, first.start - BEFORE);
    const to = Math.min(line.length, from + SHOWN);
    const marks: number[] = [];
    for (let at: typeof first | null = first; at !== null && at.start < to && marks.length < MAX_MARKS * 2;) {
      if (at.end > at.start) marks.push(at.start - from, Math.min(at.end, to) - from);
      at = this.#pattern.next(line, at.end > at.start ? at.end : at.end + 1);
    }
    // A copy: a piece of a text keeps all of it in memory.
    const text = copyOf(line.slice(from, to));
    this.#onMatch({
      line: this.#line,
      text,
      marks,
      cut: [from > 0, to < line.length || whole.length > MAX_LINE],
    });
  }
}

const copyOf = (text: string) => JSON.parse(JSON.stringify(text)) as string;

/** The label of a text's encoding, told by its first bytes; null for what is none. */
export function labelOf(head: Uint8Array): string | null {
  const [a, b] = head;
  if (a === 0xff && b === 0xfe && !(head[2] === 0 && head[3] === 0)) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (head.includes(0)) return utf16Of(head);
  // What is cut off at the end is not wrong; what is wrong on the way is another encoding, mostly of Western Europe.
  return new TextDecoder().decode(head, { stream: true }).includes('\ufffd') ? 'windows-1252' : 'utf-8';
}

/** The zeros of ASCII in 16 bits stand in every other place, and there alone. */
function utf16Of(head: Uint8Array): string | null {
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i % 2]!++;
  const most = (head.length / 2) * 0.7;
  if (zeros[0] === 0 && zeros[1]! > most) return 'utf-16le';
  if (zeros[1] === 0 && zeros[0]! > most) return 'utf-16be';
  return null;
}
