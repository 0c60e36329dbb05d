/** Rows of SQLite's tables, against SQLite. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { standsDamage } from '../../testing/damage.ts';
import { accessTo, type RandomAccess } from './random-access.ts';
import { findTable } from './sqlite.ts';
import { readSqliteHead, rowsOf, type SqliteValue } from './sqlite-table.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'sqlite-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(file: RandomAccess, table: string): Promise<(readonly SqliteValue[])[]> {
  const head = await readSqliteHead(file);
  const root = await findTable(file, head, table);
  const rows = [];
  for await (const row of rowsOf(file, head, root ?? 0, 10_000)) rows.push(row);
  return rows;
}

/** Rows as SQLite and Python print them. */
function made(pageSize: number): { bytes: Uint8Array<ArrayBuffer>; rows: string[] } {
  const script = `
import sqlite3, random
random.seed(${pageSize})
db = sqlite3.connect('x.db')
db.execute('PRAGMA page_size=${pageSize}')
db.execute('CREATE TABLE other (x)')
db.execute('CREATE TABLE t (a, b, c)')
numbers = [0, 1, -1, 127, -128, 255, 32767, -32768, 8388607, -8388608, 2**31-1, -2**31, 2**47-1, -2**47, 2**53-1, -2**53+1, 0.5, None]
for i in range(500):
    db.execute('INSERT INTO t VALUES (?, ?, ?)', (random.choice(numbers), 'ä' * random.randrange(60), random.randbytes(random.choice([0, 1, 200, 460, 3000, 20000]))))
db.commit()
for row in db.execute('SELECT * FROM t'):
    print(row[0], row[1].encode().hex(), row[2].hex(), sep='|')
`;
  const printed = execFileSync('python3', ['-c', script], { cwd: folder, maxBuffer: 1 << 28 }).toString();
  const bytes = new Uint8Array(readFileSync(join(folder, 'x.db')));
  rmSync(join(folder, 'x.db'));
  return { bytes, rows: printed.trimEnd().split('\n') };
}

const hex = (value: SqliteValue | undefined) => Buffer.from(value as Uint8Array).toString('hex');

it.each([512, 4096, 65_536])(
  'reads every row, with what goes on in other pages: pages of %i',
  async (size) => {
    const { bytes, rows } = made(size);
    const found = await all(accessTo(bytes), 't');
    const printed = found.map(([a, b, c]) => `${a === null ? 'None' : String(a)}|${hex(b)}|${hex(c)}`);
    expect(printed).toEqual(rows);
  },
);

it('stands damage', async () => {
  await standsDamage(made(512).bytes, (file) => all(file, 't'), 60);
});
