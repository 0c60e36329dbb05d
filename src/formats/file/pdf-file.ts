/** Finds the objects of a PDF by its cross-reference tables and streams (ISO 32000-1, 7.5). */
import { readable, type Bytes } from '../../base/bytes.ts';
import { inflateSome } from './inflate-some.ts';
import { PdfLexer, type PdfDict, type PdfValue } from './pdf-value.ts';
import { malformed, type RandomAccess } from './random-access.ts';

/** Bytes at the end in which the last word is looked for (7.5.5 wants it at the very end; files have trailing junk). */
const TAIL = 4096;
/** Bytes of one object that are read. */
const OBJECT = 64 * 1024;
/** Updates of a file, each with its own table. */
const MAX_TABLES = 64;
/** Objects that are known by place. */
const MAX_OBJECTS = 500_000;
/** Bytes of a stream, as it stands and unpacked. */
const MAX_STREAM = 16 * 1024 * 1024;
const MAX_HOPS = 16;
/** Streams whose dictionaries lie in one another. */
const MAX_OPENING = 4;

/** Where an object is: at a byte of the file, or as the `index`th in the stream that is object `stream`. */
type Place = { readonly offset: number } | { readonly stream: number; readonly index: number };

export class PdfFile {
  readonly #file: RandomAccess;
  readonly #places = new Map<number, Place>();
  /** Streams of objects that are being opened, by number. */
  readonly #opening = new Set<number>();
  /** Unpacked object streams, few. */
  readonly #streams = new Map<number, { readonly entries: PdfDict; readonly bytes: Bytes }>();
  trailer: PdfDict = new Map();

  private constructor(file: RandomAccess) {
    this.#file = file;
  }

  static async open(file: RandomAccess): Promise<PdfFile> {
    const pdf = new PdfFile(file);
    const tail = readable(await file.read(file.size - TAIL, file.size));
    const at = /^[\s\S]*startxref\s+(\d{1,15})/.exec(tail)?.[1];
    if (at === undefined) malformed('it does not say where its table is', file.size);
    await pdf.#readTables(Number(at));
    return pdf;
  }

  /** What a value is, references followed; null for what is not there. */
  async value(value: PdfValue | undefined): Promise<PdfValue> {
    let at = value ?? null;
    for (let hops = 0; typeof at === 'object' && at !== null && at.type === 'ref'; hops++) {
      if (hops === MAX_HOPS) return null;
      at = await this.#object(at.number);
    }
    return at;
  }

  async dict(value: PdfValue | undefined): Promise<PdfDict | null> {
    const found = await this.value(value);
    return typeof found === 'object' && found !== null && found.type === 'dict' ? found.entries : null;
  }

  async #readTables(first: number): Promise<void> {
    const seen = new Set<number>();
    const todo = [first];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (seen.has(at) || seen.size === MAX_TABLES) continue;
      seen.add(at);
      const trailer = await this.#readTable(at);
      // The newest one counts; older ones may know what it does not say.
      this.trailer = new Map([...trailer, ...this.trailer]);
      for (const key of ['Prev', 'XRefStm']) {
        const next = trailer.get(key);
        if (typeof next === 'number') todo.push(next);
      }
    }
  }

  async #readTable(at: number): Promise<PdfDict> {
    if (!(at >= 0 && at < this.#file.size)) malformed('its table is past the end', at);
    const lexer = new PdfLexer(await this.#file.read(at, at + OBJECT));
    if (lexer.word() !== 'xref') return this.#readXrefStream(at);
    // 7.5.4: "first count", then lines of 20 bytes.
    const file = this.#file;
    lexer.skipWhite();
    let from = at + lexer.at;
    for (;;) {
      const line = readable(await file.read(from, from + 64));
      const section = /^\s*(\d{1,10})[ \t]+(\d{1,10})[ \t]*\r?\n?/.exec(line);
      if (section === null) break;
      const [first, count] = [Number(section[1]), Number(section[2])];
      if (count > MAX_OBJECTS) malformed('its table is too large', from);
      from += section[0].length;
      const lines = await file.read(from, from + count * 20);
      for (let i = 0; i < count && (i + 1) * 20 <= lines.length; i++) {
        const entry = /^(\d{10}) \d{5} n/.exec(String.fromCharCode(...lines.subarray(i * 20, i * 20 + 18)));
        if (entry !== null) this.#know(first + i, { offset: Number(entry[1]) });
      }
      from += count * 20;
    }
    const rest = new PdfLexer(await file.read(from, from + OBJECT));
    if (rest.word() !== 'trailer') malformed('its table has no trailer', from);
    const trailer = rest.value();
    return typeof trailer === 'object' && trailer?.type === 'dict' ? trailer.entries : new Map();
  }

  /** 7.5.8. */
  async #readXrefStream(at: number): Promise<PdfDict> {
    const { entries, bytes } = await this.#streamAt(at);
    const widths = numbers(entries.get('W'));
    const size = entries.get('Size');
    const [a = 0, b = 0, c = 0] = widths;
    const width = a + b + c;
    if (widths.length < 3 || !(width > 0 && width <= 24) || typeof size !== 'number') {
      malformed('its table cannot be read', at);
    }
    const index = entries.has('Index') ? numbers(entries.get('Index')) : [0, size];
    const field = (from: number, length: number) => {
      let value = 0;
      for (let i = 0; i < length; i++) value = value * 256 + bytes[from + i]!;
      return value;
    };
    let row = 0;
    for (let i = 0; i + 1 < index.length; i += 2) {
      for (let j = 0; j < index[i + 1]! && row + width <= bytes.length; j++, row += width) {
        const type = a === 0 ? 1 : field(row, a);
        const second = field(row + a, b);
        if (type === 1) this.#know(index[i]! + j, { offset: second });
        else if (type === 2) {
          const place = { stream: second, index: field(row + a + b, c) };
          if (place.index < MAX_OBJECTS) this.#know(index[i]! + j, place);
        }
      }
    }
    return entries;
  }

  #know(number: number, place: Place): void {
    if (!this.#places.has(number) && this.#places.size < MAX_OBJECTS) this.#places.set(number, place);
  }

  async #object(number: number): Promise<PdfValue> {
    const place = this.#places.get(number);
    if (place === undefined) return null;
    if ('offset' in place) {
      const { offset } = place;
      if (offset >= this.#file.size) return null;
      const lexer = new PdfLexer(await this.#file.read(offset, offset + OBJECT));
      return beginObject(lexer) ? lexer.value() : null;
    }
    const holder = this.#places.get(place.stream);
    // 7.5.7: no stream of objects lies in another.
    if (holder === undefined || !('offset' in holder)) return null;
    const { entries, bytes } =
      this.#streams.get(place.stream) ?? (await this.#streamIn(place.stream, holder.offset));
    if (this.#streams.size < 8) this.#streams.set(place.stream, { entries, bytes });
    const first = entries.get('First');
    const pairs = new PdfLexer(bytes);
    for (let i = 0; i < place.index; i++) {
      pairs.word();
      pairs.word();
    }
    pairs.word();
    const offset = Number(pairs.word());
    if (typeof first !== 'number' || !Number.isSafeInteger(first + offset)) return null;
    return new PdfLexer(bytes, first + offset).value();
  }

  /** What a stream says of itself may lie in another stream, or in itself: that ends. */
  async #streamIn(number: number, offset: number) {
    if (this.#opening.has(number) || this.#opening.size === MAX_OPENING) {
      return malformed('streams that need each other', offset);
    }
    this.#opening.add(number);
    try {
      return await this.#streamAt(offset);
    } finally {
      this.#opening.delete(number);
    }
  }

  /** A stream and its dictionary; unpacked, where that is by deflate (7.4.4). */
  async #streamAt(at: number): Promise<{ readonly entries: PdfDict; readonly bytes: Bytes }> {
    const lexer = new PdfLexer(await this.#file.read(at, at + OBJECT));
    const value = beginObject(lexer) ? lexer.value() : null;
    if (typeof value !== 'object' || value?.type !== 'dict' || lexer.word() !== 'stream') {
      return malformed('no stream where one should be', at);
    }
    const { entries } = value;
    // 7.3.8.1: a line feed, or one behind a carriage return.
    const start = at + lexer.at;
    const [first] = await this.#file.read(start, start + 1);
    const length = await this.value(entries.get('Length'));
    if (typeof length !== 'number' || !(length >= 0 && length <= MAX_STREAM)) {
      return malformed('a stream of an odd length', at);
    }
    const from = start + (first === 13 ? 2 : 1);
    const raw = await this.#file.read(from, from + length);
    const filter = entries.get('Filter');
    if (filter === undefined) return { entries, bytes: raw };
    const name = typeof filter === 'object' && filter?.type === 'list' ? filter.items[0] : filter;
    if (typeof name !== 'object' || name?.type !== 'name' || name.name !== 'FlateDecode') {
      return malformed('a stream that is packed in another way', at);
    }
    const bytes = inflateSome(raw, 'zlib', MAX_STREAM);
    const parameters = await this.dict(entries.get('DecodeParms'));
    return { entries, bytes: unpredicted(bytes, parameters) };
  }
}

/** `12 0 obj` */
function beginObject(lexer: PdfLexer): boolean {
  lexer.word();
  lexer.word();
  return lexer.word() === 'obj';
}

function numbers(value: PdfValue | undefined): number[] {
  if (typeof value !== 'object' || value?.type !== 'list') return [];
  return value.items.filter(
    (item) => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0,
  ) as number[];
}

/** 7.4.4.4: rows, each after the number of the filter that was used on it (PNG, 9.2), of one byte a sample. */
function unpredicted(bytes: Bytes, parameters: PdfDict | null): Bytes {
  const predictor = parameters?.get('Predictor');
  const columns = parameters?.get('Columns') ?? 1;
  if (typeof predictor !== 'number' || predictor < 10) return bytes;
  if (typeof columns !== 'number' || !(columns >= 1 && columns <= 4096))
    return malformed('a table of odd rows');
  const rows = Math.floor(bytes.length / (columns + 1));
  const out = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const filter = bytes[row * (columns + 1)]!;
    for (let i = 0; i < columns; i++) {
      const raw = bytes[row * (columns + 1) + 1 + i]!;
      const up = row === 0 ? 0 : out[(row - 1) * columns + i]!;
      const left = i === 0 ? 0 : out[row * columns + i - 1]!;
      const corner = i === 0 || row === 0 ? 0 : out[(row - 1) * columns + i - 1]!;
      out[row * columns + i] = raw + predicted(filter, left, up, corner);
    }
  }
  return out;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}
