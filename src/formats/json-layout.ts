/**
 * Lays a JSON text out for reading, as it comes: nothing but the white space between its marks changes, so that numbers keep
 * their digits, and names that come twice stay twice. What is no JSON comes out as something; nothing fails.
 */

/** Deeper than this, lines go no further in: a hostile text shall not become a thousand times as long. */
const MAX_INDENT = 40;

export class JsonLayout {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** A bracket was just opened: an empty one is closed on the same line. */
  #opened = false;

  /** What is to be shown of the next piece of the text. */
  push(text: string): string {
    const parts: string[] = [];
    let start = 0;
    const upTo = (end: number) => {
      if (end > start) parts.push(text.slice(start, end));
      start = end;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
        continue;
      }
      if (code === SPACE || code === TAB || code === LINE_FEED || code === RETURN) {
        upTo(at);
        start = at + 1;
        continue;
      }
      const closes = code === CLOSE_BRACE || code === CLOSE_BRACKET;
      if (closes) {
        upTo(at);
        this.#depth = Math.max(0, this.#depth - 1);
        if (!this.#opened) parts.push(this.#line());
        this.#opened = false;
        continue;
      }
      if (this.#opened) {
        upTo(at);
        parts.push(this.#line());
        this.#opened = false;
      }
      if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.#depth++;
        this.#opened = true;
      } else if (code === COMMA) {
        upTo(at + 1);
        parts.push(this.#line());
      } else if (code === COLON) {
        upTo(at + 1);
        parts.push(' ');
      }
    }
    upTo(text.length);
    return parts.join('');
  }

  #line(): string {
    return LINES[Math.min(this.#depth, MAX_INDENT)]!;
  }
}

const LINES = Array.from({ length: MAX_INDENT + 1 }, (_, depth) => `\n${'  '.repeat(depth)}`);

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** A line that is longer is no line to read. UTF-16 code units. */
const LONG_LINE = 400;

/** The beginning of a JSON text that nobody laid out. */
export function isMinified(head: string): boolean {
  const [first = ''] = head.trimStart().split('\n', 1);
  return first.length > 60 && (first.length > LONG_LINE || /^[{[]\S/.test(first));
}
