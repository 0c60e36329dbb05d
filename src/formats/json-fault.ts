/**
 * Where a text stops being JSON. Engines word their messages as they like and mostly without a position, so this walks
 * the grammar of RFC 8259 again, and only after JSON.parse has refused the text.
 */

const WORDS = ['true', 'false', 'null'];

/** The index of the first character that cannot stand there; the text's length where it is cut short; null for JSON. */
export function jsonFaultAt(text: string): number | null {
  const scan = new Scan(text);
  return scan.document() ? null : scan.at;
}

/** Each method takes what it is named after, or stops `at` the fault and answers false. */
class Scan {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Without recursion: the brackets still open are in `closers`. */
  document(): boolean {
    const closers: string[] = [];
    for (;;) {
      this.#space();
      if (this.#skip('[')) {
        this.#space();
        if (!this.#skip(']')) {
          closers.push(']');
          continue;
        }
      } else if (this.#skip('{')) {
        this.#space();
        if (!this.#skip('}')) {
          closers.push('}');
          if (!this.#name()) return false;
          continue;
        }
      } else if (!this.#scalar()) return false;

      for (;;) {
        this.#space();
        const closer = closers.at(-1);
        if (closer === undefined) return this.at === this.#text.length;
        if (this.#skip(closer)) {
          closers.pop();
          continue;
        }
        if (!this.#skip(',')) return false;
        this.#space();
        if (closer === '}' && !this.#name()) return false;
        break;
      }
    }
  }

  #name(): boolean {
    if (!this.#string()) return false;
    this.#space();
    return this.#skip(':');
  }

  #scalar(): boolean {
    const char = this.#text[this.at];
    if (char === '"') return this.#string();
    const word = WORDS.find((it) => it[0] === char);
    return word === undefined ? this.#number() : [...word].every((letter) => this.#skip(letter));
  }

  #string(): boolean {
    if (!this.#skip('"')) return false;
    while (!this.#skip('"')) {
      if (this.#skip('\\')) {
        if (this.#skip('u')) {
          for (let i = 0; i < 4; i++) if (!this.#one(/[0-9a-fA-F]/)) return false;
        } else if (!this.#one(/["\\/bfnrt]/)) return false;
      } else if (!((this.#text[this.at] ?? '') >= ' ')) return false;
      else this.at++;
    }
    return true;
  }

  #number(): boolean {
    this.#skip('-');
    if (!this.#skip('0') && !this.#digits()) return false;
    if (this.#skip('.') && !this.#digits()) return false;
    if (!this.#skip('e') && !this.#skip('E')) return true;
    if (!this.#skip('+')) this.#skip('-');
    return this.#digits();
  }

  #digits(): boolean {
    if (!this.#one(/[0-9]/)) return false;
    while (this.#one(/[0-9]/));
    return true;
  }

  #space(): void {
    while (this.#one(/[ \t\n\r]/));
  }

  #one(kind: RegExp): boolean {
    if (!kind.test(this.#text[this.at] ?? '')) return false;
    this.at++;
    return true;
  }

  #skip(char: string): boolean {
    if (this.#text[this.at] !== char) return false;
    this.at++;
    return true;
  }
}
