/**
 * `WWW-Authenticate` (RFC 9110, section 11.6.1). `fetch` joins several such headers with a comma, so that one value
 * may hold several challenges:
 *
 *     challenges := challenge ( "," challenge )*      a comma may also stand alone
 *     challenge  := scheme [ 1*SP ( token68 | param ( "," param )* ) ]
 *     param      := token BWS "=" BWS ( token | quoted-string )
 */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/** RFC 9110, section 5.6.2, and `/`, `:`, `@`, `?`, which some put into values without quotes. */
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z/:@?-]/;
const SPACE = /[ \t]/;

/**
 * The challenges of a header. Of a broken one, what stands before the fault, without the parameter that it cuts: it
 * only decides what to try, and a registry that writes nonsense after the realm still has told us the realm.
 */
export function parseChallenges(header: string): Challenge[] {
  const scanner = new HeaderScanner(header);
  const challenges: Challenge[] = [];
  for (;;) {
    scanner.passSeparators();
    const scheme = scanner.word();
    if (scheme === null) return challenges;
    const params = new Map<string, string>();
    challenges.push({ scheme: scheme.toLowerCase(), params });
    if (!scanner.parameters(params)) return challenges;
  }
}

class HeaderScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  passSeparators(): void {
    while (this.#at < this.#text.length && /[ \t,]/.test(this.#text[this.#at]!)) this.#at++;
  }

  /** A token or a quoted string; null where neither stands, or the string does not end. */
  word(): string | null {
    if (this.#text[this.#at] === '"') return this.#quoted();
    const start = this.#at;
    while (this.#at < this.#text.length && TOKEN.test(this.#text[this.#at]!)) this.#at++;
    return this.#at === start ? null : this.#text.slice(start, this.#at);
  }

  /** Reads up to the next scheme into `params`; false at a fault, which nothing can be read after. */
  parameters(params: Map<string, string>): boolean {
    this.#passSpace();
    for (;;) {
      const start = this.#at;
      const name = this.word();
      if (name === null) return this.#isAtEnd || this.#text[this.#at] === ',' ? this.#goOn() : false;
      this.#passSpace();
      if (this.#text[this.#at] !== '=') {
        // Not followed by `=`: a token68 right after the scheme, else the scheme of the next challenge.
        if (params.size === 0 && (this.#isAtEnd || this.#text[this.#at] === ',') && !this.#hasComma(start))
          return true;
        this.#at = start;
        return true;
      }
      this.#at++;
      this.#passSpace();
      const value = this.word();
      // The padding of a token68 looks like a parameter without a value.
      if (value === null) return params.size === 0 && this.#passPadding();
      const key = name.toLowerCase();
      if (!params.has(key)) params.set(key, value);
      this.#passSpace();
      if (this.#isAtEnd) return true;
      if (this.#text[this.#at] !== ',') return false;
      this.passSeparators();
    }
  }

  /** A scheme without parameters, followed by a comma or the end. */
  #goOn(): boolean {
    this.passSeparators();
    return true;
  }

  #passPadding(): boolean {
    while (this.#text[this.#at] === '=') this.#at++;
    this.#passSpace();
    return this.#isAtEnd || this.#text[this.#at] === ',';
  }

  #hasComma(start: number): boolean {
    let before = start - 1;
    while (before >= 0 && SPACE.test(this.#text[before]!)) before--;
    return this.#text[before] === ',';
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #passSpace(): void {
    while (!this.#isAtEnd && SPACE.test(this.#text[this.#at]!)) this.#at++;
  }

  #quoted(): string | null {
    let value = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text[at]!;
      if (char === '"') {
        this.#at = at + 1;
        return value;
      }
      value += char === '\\' ? (this.#text[++at] ?? '') : char;
    }
    return null;
  }
}
