/** What an SQLite database says of itself (sqlite.org/fileformat2.html): its header, and what it is made of. */
import { Fields } from './fields.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';

export interface SqliteObject {
  /** `table`, `index`, `view`, `trigger`. */
  readonly type: string;
  readonly name: string;
  /** What made it; empty where nothing is written down. */
  readonly sql: string;
}

export interface Sqlite {
  readonly kind: 'sqlite';
  readonly pageSize: number;
  readonly pages: number;
  readonly encoding: string;
  readonly userVersion: number;
  readonly applicationId: number;
  /** `3.40.1`; null where no version is written down. */
  readonly writtenBy: string | null;
  readonly usesWal: boolean;
  readonly objects: readonly SqliteObject[];
  /** There are more, or they could not be read. */
  readonly isCut: boolean;
}

/** Pages of the schema that are read, and what they may name. */
const MAX_PAGES = 256;
const MAX_OBJECTS = 1000;
const MAX_SQL = 4096;

export async function readSqlite(file: RandomAccess): Promise<Sqlite> {
  const head = new Fields(await readExactly(file, 0, 100, 'the header'), false);
  // 1.3.2: 1 stands for 65,536.
  const size = head.u16(16) === 1 ? 65_536 : head.u16(16);
  if (size < 512 || (size & (size - 1)) !== 0) malformed('no size of a page', 16);
  const version = head.u32(96);
  const known = head.u32(28) > 0 && head.u32(24) === head.u32(92);
  const encoding = (['utf-8', 'utf-8', 'utf-16le', 'utf-16be'] as const)[head.u32(56)] ?? 'utf-8';
  const objects: SqliteObject[] = [];
  const isWhole = await readSchema(file, size, size - head.u8(20), encoding, objects);
  return {
    kind: 'sqlite',
    pageSize: size,
    pages: known ? head.u32(28) : Math.floor(file.size / size),
    encoding: { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE' }[encoding],
    userVersion: head.u32(60) | 0,
    applicationId: head.u32(68),
    writtenBy:
      version === 0
        ? null
        : `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`,
    usesWal: head.u8(18) === 2,
    objects,
    isCut: !isWhole,
  };
}

/** The B-tree of sqlite_schema, whose root is page 1 (2.6). False where not all of it was read. */
async function readSchema(
  file: RandomAccess,
  size: number,
  usable: number,
  encoding: string,
  objects: SqliteObject[],
): Promise<boolean> {
  const decoder = new TextDecoder(encoding);
  const seen = new Set<number>();
  const todo = [1];
  for (let page = todo.pop(); page !== undefined; page = todo.pop()) {
    if (seen.has(page) || seen.size === MAX_PAGES || objects.length >= MAX_OBJECTS) return false;
    seen.add(page);
    const start = (page - 1) * size;
    if (page === 0 || start + size > file.size) return false;
    const fields = new Fields(await readExactly(file, start, size, 'a page'), false, start);
    const head = page === 1 ? 100 : 0;
    const type = fields.u8(head);
    const count = fields.u16(head + 3);
    const from = head + (type === 5 ? 12 : 8);
    if ((type !== 5 && type !== 13) || from + count * 2 > size) return false;
    if (type === 5) todo.push(fields.u32(head + 8));
    for (let i = count - 1; i >= 0 && type === 5; i--) {
      const at = fields.u16(from + i * 2);
      if (at + 4 > size) return false;
      todo.push(fields.u32(at));
    }
    for (let i = 0; i < count && type === 13 && objects.length < MAX_OBJECTS; i++) {
      const object = readRow(fields.bytes, fields.u16(from + i * 2), usable, decoder);
      if (object === null) return false;
      objects.push(object);
    }
  }
  return true;
}

/** A cell of a leaf (1.6): length, row number, record (2.1). What goes on in other pages is cut. */
function readRow(page: Uint8Array, cell: number, usable: number, decoder: TextDecoder): SqliteObject | null {
  let at = cell;
  /** 1.6: seven bits a byte, the high ones first, nine bytes at most. */
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = page[at++] ?? 0;
      if (i === 8) return value * 256 + byte;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return value;
  };
  const length = varint();
  varint();
  const start = at;
  const local = Math.min(length, localLength(length, usable));
  const headerEnd = start + varint();
  const sizes: number[] = [];
  while (at < headerEnd && sizes.length < 5) {
    const type = varint();
    sizes.push(type >= 12 ? Math.floor((type - 12) / 2) : ([0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? 0));
  }
  if (sizes.length < 5 || !(headerEnd <= page.length)) return null;
  at = headerEnd;
  const end = Math.min(page.length, start + local);
  const texts = sizes.map((size) => {
    const bytes = page.subarray(Math.min(at, end), Math.min(at + Math.min(size, MAX_SQL), end));
    at += size;
    return bytes;
  });
  const [type, name, , , sql] = texts as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return { type: decoder.decode(type).slice(0, 16), name: decoder.decode(name), sql: decoder.decode(sql) };
}

/** 1.6: what of a payload stands in the leaf itself. */
function localLength(payload: number, usable: number): number {
  const most = usable - 35;
  if (payload <= most) return payload;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const length = least + ((payload - least) % (usable - 4));
  return length <= most ? length : least;
}
