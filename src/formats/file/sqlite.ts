/** What an SQLite database says of itself (sqlite.org/fileformat2.html): its header, and what it is made of. */
import { Problem } from '../../base/problem.ts';
import type { RandomAccess } from './random-access.ts';
import { readSqliteHead, rowsOf, type SqliteHead, type SqliteValue } from './sqlite-table.ts';

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
/** Bytes of a text. */
const MAX_SQL = 4096;

/** The page where sqlite_schema begins (2.6). */
const SCHEMA = 1;

export async function readSqlite(file: RandomAccess): Promise<Sqlite> {
  const head = await readSqliteHead(file);
  const { fields, pageSize, encoding } = head;
  const version = fields.u32(96);
  const known = fields.u32(28) > 0 && fields.u32(24) === fields.u32(92);
  const objects: SqliteObject[] = [];
  const isWhole = await readSchema(file, head, objects);
  return {
    kind: 'sqlite',
    pageSize,
    pages: known ? fields.u32(28) : Math.floor(file.size / pageSize),
    encoding: { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE' }[encoding],
    userVersion: fields.u32(60) | 0,
    applicationId: fields.u32(68),
    writtenBy:
      version === 0
        ? null
        : `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`,
    usesWal: fields.u8(18) === 2,
    objects,
    isCut: !isWhole,
  };
}

/** False where not all of it was read. */
async function readSchema(file: RandomAccess, head: SqliteHead, objects: SqliteObject[]): Promise<boolean> {
  const decoder = new TextDecoder(head.encoding);
  const text = (value: SqliteValue | undefined) =>
    value instanceof Uint8Array ? decoder.decode(value.subarray(0, MAX_SQL)) : '';
  try {
    for await (const [type, name, , , sql] of rowsOf(file, head, SCHEMA, MAX_PAGES)) {
      if (objects.length === MAX_OBJECTS) return false;
      objects.push({ type: text(type).slice(0, 16), name: text(name), sql: text(sql) });
    }
    return true;
  } catch (error) {
    // What was read of it is right.
    if (error instanceof Problem && error.failure.code === 'malformed') return false;
    throw error;
  }
}

/** The page where a table begins; null where there is none of that name. */
export async function findTable(file: RandomAccess, head: SqliteHead, table: string): Promise<number | null> {
  const decoder = new TextDecoder(head.encoding);
  for await (const [type, name, , page] of rowsOf(file, head, SCHEMA, MAX_PAGES)) {
    if (!(type instanceof Uint8Array) || !(name instanceof Uint8Array) || typeof page !== 'number') continue;
    if (decoder.decode(type) === 'table' && decoder.decode(name) === table) return page;
  }
  return null;
}
