/** The rows of a table of an SQLite database, by random access (sqlite.org/fileformat2.html; sections are of that page). */
import { concat, type Bytes } from '../../base/bytes.ts';
import { Fields } from './fields.ts';
import { malformed, PIECE_LIMIT, readExactly, type RandomAccess } from './random-access.ts';

/** What the first 100 bytes say (1.3). */
export interface SqliteHead {
  readonly fields: Fields;
  /** Bytes. */
  readonly pageSize: number;
  /** Bytes of a page that are not reserved. */
  readonly usable: number;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
}

/** Bytes are of a text in the database's encoding, or of a blob. */
export type SqliteValue = null | number | Bytes;

const INTERIOR = 5;
const LEAF = 13;

/** Fails with `malformed`. */
export async function readSqliteHead(file: RandomAccess): Promise<SqliteHead> {
  const fields = new Fields(await readExactly(file, 0, 100, 'the header'), false);
  // 1.3.2: 1 stands for 65,536.
  const pageSize = fields.u16(16) === 1 ? 65_536 : fields.u16(16);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) malformed('no size of a page', 16);
  const encoding = (['utf-8', 'utf-8', 'utf-16le', 'utf-16be'] as const)[fields.u32(56)] ?? 'utf-8';
  return { fields, pageSize, usable: pageSize - fields.u8(20), encoding };
}

/**
 * The values of each row of the table whose B-tree (1.6) begins at page `root`, in its order; at most `maxPages` pages of it.
 * Fails with `malformed` where it is damaged, or has more.
 */
export async function* rowsOf(
  file: RandomAccess,
  head: SqliteHead,
  root: number,
  maxPages: number,
): AsyncGenerator<readonly SqliteValue[], void, undefined> {
  const seen = new Set<number>();
  const todo = [root];
  let read = 0;
  for (let number = todo.pop(); number !== undefined; number = todo.pop()) {
    if (seen.has(number)) malformed('pages lead in a circle');
    if (seen.size === maxPages) malformed('a table has more pages than are read');
    seen.add(number);
    const page = await readPage(file, head, number);
    const start = number === 1 ? 100 : 0;
    const type = page.u8(start);
    if (type !== INTERIOR && type !== LEAF) malformed('a page is of no table', pageStart(head, number));
    const count = page.u16(start + 3);
    const cells = start + (type === INTERIOR ? 12 : 8);
    if (type === INTERIOR) {
      todo.push(page.u32(start + 8));
      for (let i = count - 1; i >= 0; i--) todo.push(page.u32(page.u16(cells + i * 2)));
    } else {
      for (let i = 0; i < count; i++) {
        const payload = await payloadOf(file, head, page, page.u16(cells + i * 2));
        // Each stands in the file once.
        read += payload.length;
        if (read > file.size) malformed('rows are larger than their file');
        yield valuesOf(payload);
      }
    }
  }
}

const pageStart = ({ pageSize }: SqliteHead, number: number) => (number - 1) * pageSize;

async function readPage(file: RandomAccess, head: SqliteHead, number: number): Promise<Fields> {
  const start = pageStart(head, number);
  if (number === 0) malformed('a page has no number');
  return new Fields(await readExactly(file, start, head.pageSize, 'a page'), false, start);
}

/** A cell of a leaf: length, row number, and the payload, which goes on in other pages where it is long (1.6). */
async function payloadOf(file: RandomAccess, head: SqliteHead, page: Fields, cell: number): Promise<Bytes> {
  const length = varint(page.bytes, cell);
  const row = varint(page.bytes, length.end);
  if (length.value > Math.min(PIECE_LIMIT, file.size)) malformed('a row is longer than its file');
  const local = localLength(length.value, head.usable);
  const first = page.part(row.end, local).bytes;
  if (local === length.value) return first.slice();
  let next = page.u32(row.end + local);
  const pieces: Uint8Array[] = [first];
  for (let left = length.value - local; left > 0;) {
    const more = await readPage(file, head, next);
    const part = more.part(4, Math.min(left, head.usable - 4)).bytes;
    pieces.push(part);
    left -= part.length;
    next = more.u32(0);
  }
  return concat(pieces);
}

/** 1.6: what of a payload stands in the leaf itself. */
function localLength(payload: number, usable: number): number {
  const most = usable - 35;
  if (payload <= most) return payload;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const length = least + ((payload - least) % (usable - 4));
  return length <= most ? length : least;
}

/** 2.1: the length of its header, a type for each value, and the values. */
function valuesOf(record: Bytes): SqliteValue[] {
  const header = varint(record, 0);
  if (header.value > record.length) malformed('a row is shorter than it says');
  const values: SqliteValue[] = [];
  let at = header.value;
  for (let place = header.end; place < header.value;) {
    const type = varint(record, place);
    place = type.end;
    const length = type.value >= 12 ? Math.floor((type.value - 12) / 2) : (WIDTHS[type.value] ?? 0);
    if (at + length > record.length) malformed('a row is shorter than it says');
    const bytes = record.subarray(at, at + length);
    values.push(type.value >= 12 ? bytes : numberOf(type.value, bytes));
    at += length;
  }
  return values;
}

/** Bytes of a number, by the type that stands for it. */
const WIDTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

function numberOf(type: number, bytes: Bytes): number | null {
  if (type === 0) return null;
  if (type === 7) return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  if (type > 7) return type - 8;
  // Two's complement, the high byte first.
  let value = (bytes[0]! << 24) >> 24;
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  return value;
}

/** 1.6: seven bits a byte, the high ones first, nine bytes at most. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) malformed('a number ends too early', start);
    if (i === 8) return { value: value * 256 + byte, end: start + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new Error('bug: a number of more than nine bytes');
}
