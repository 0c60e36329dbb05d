/** RPM's databases, as rpm and Berkeley DB's own tools write them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, readable, utf8, type Bytes } from '../../base/bytes.ts';
import { standsDamage } from '../../testing/damage.ts';
import { accessTo } from '../file/random-access.ts';
import { findTable } from '../file/sqlite.ts';
import { readSqliteHead, rowsOf } from '../file/sqlite-table.ts';
import type { PackageFiles } from './installed.ts';
import { pathsOf } from './path-list.ts';
import { readRpmDatabase } from './rpm-database.ts';

let folder: string;
/** rpm's own, in SQLite. */
let database: Bytes;
let headers: Bytes[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rpm-'));
  for (const spec of [HELLO, MANY]) build(spec);
  const packages = join(folder, 'top/RPMS/noarch');
  const names = execFileSync('ls', [packages]).toString().trim().split('\n');
  rpm('-i', '--nodeps', '--justdb', ...names.map((name) => join(packages, name)));
  database = bytesOf('root/var/lib/rpm/rpmdb.sqlite');
  headers = await headersOf(database);
});
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (name: string): Bytes => new Uint8Array(readFileSync(join(folder, name)));

const HELLO = `
Name: hello
Version: 2.10
Release: 3
Epoch: 1
Summary: Says hello
License: GPLv3+
Vendor: Nobody
URL: https://example.org/hello
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/hello %{buildroot}/var/log
echo hi > %{buildroot}/usr/bin/hello
ln -s hello %{buildroot}/usr/bin/hi
echo data > %{buildroot}/usr/share/hello/data
touch %{buildroot}/var/log/hello.log
%files
/usr/bin/hello
/usr/bin/hi
%dir /usr/share/hello
/usr/share/hello/data
%ghost /var/log/hello.log
`;

/** Its header does not fit a page. */
const MANY = `
Name: many
Version: 1
Release: 1
Summary: Has many files
License: MIT
BuildArch: noarch
%description
x
%install
for i in $(seq 300); do mkdir -p %{buildroot}/opt/many/$((i % 7)); echo $i > "%{buildroot}/opt/many/$((i % 7))/file-$i"; done
%files
/opt/many
`;

function build(spec: string): void {
  writeFileSync(join(folder, 'x.spec'), spec);
  const options = ['--define', `_topdir ${folder}/top`, '--define', '_build_id_links none'];
  execFileSync('rpmbuild', ['-bb', '--quiet', ...options, 'x.spec'], { cwd: folder, stdio: 'ignore' });
}

function rpm(...args: string[]): string {
  mkdirSync(join(folder, 'root'), { recursive: true });
  const at = ['--root', join(folder, 'root'), '--dbpath', '/var/lib/rpm', '--define', '_db_backend sqlite'];
  return execFileSync('rpm', [...at, ...args], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

async function headersOf(bytes: Bytes): Promise<Bytes[]> {
  const file = accessTo(bytes);
  const head = await readSqliteHead(file);
  const found: Bytes[] = [];
  const root = await findTable(file, head, 'Packages');
  for await (const [, header] of rowsOf(file, head, root!, 100)) found.push(header as Bytes);
  return found;
}

/** A package a line, each followed by its paths. */
function drawn(packages: readonly PackageFiles[]): string {
  return packages
    .map(({ it, paths }) => {
      const facts = [
        it.name,
        it.version,
        it.architecture,
        it.licence,
        it.maintainer,
        it.homepage,
        it.summary,
      ];
      return [facts.join('|'), ...[...pathsOf(paths)].map(readable)].join('\n');
    })
    .sort()
    .join('\n');
}

describe('a database of RPM', () => {
  it('in SQLite says what rpm says', async () => {
    const packages = await readRpmDatabase(database);
    expect(drawn(packages.filter(({ it }) => it.name === 'hello'))).toBe(
      [
        'hello|1:2.10-3|noarch|GPLv3+|Nobody|https://example.org/hello|Says hello',
        '/usr/bin/hello',
        '/usr/bin/hi',
        '/usr/share/hello/data',
      ].join('\n'),
    );
    const many = packages.find(({ it }) => it.name === 'many')!;
    const listed = rpm('-ql', 'many').trim().split('\n');
    const files = listed.filter((path) => path.includes('/file-'));
    expect([...pathsOf(many.paths)].map(readable)).toEqual(files);
    expect(packages.length).toBe(rpm('-qa').trim().split('\n').length);
  });

  it.each([512, 4096, 32_768])('in Berkeley DB, with pages of %i, says the same', async (pageSize) => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const number = (value: number) => hex(new Uint8Array(Uint32Array.of(value).buffer));
    const records = headers.flatMap((header, i) => [` ${number(i + 1)}`, ` ${hex(header)}`]);
    const head = ['VERSION=3', 'format=bytevalue', 'type=hash', `db_pagesize=${pageSize}`, 'HEADER=END'];
    // The number of the next one, as rpm keeps it.
    const next = [` ${number(0)}`, ` ${number(headers.length + 1)}`];
    const input = [...head, ...next, ...records, 'DATA=END', ''].join('\n');
    execFileSync('db5.3_load', [`Packages-${pageSize}`], { cwd: folder, input });
    expect(drawn(await readRpmDatabase(bytesOf(`Packages-${pageSize}`)))).toBe(
      drawn(await readRpmDatabase(database)),
    );
  });

  it('in ndb says the same', async () => {
    expect(drawn(await readRpmDatabase(ndbOf(headers)))).toBe(drawn(await readRpmDatabase(database)));
  });

  it('stands damage', async () => {
    const read = async (file: { size: number; read(start: number, end: number): Promise<Bytes> }) =>
      readRpmDatabase(await file.read(0, file.size));
    await standsDamage(database, read, 60);
    await standsDamage(bytesOf('Packages-512'), read, 100);
    await standsDamage(bytesOf('Packages-4096'), read, 100);
    await standsDamage(ndbOf(headers), read, 100);
  });
});

/** As rpm's lib/backend/ndb/rpmpkg.c lays it out; Debian's rpm writes none. One slot in two is free. */
function ndbOf(all: readonly Bytes[]): Bytes {
  const words = (...values: (number | string)[]) =>
    concat(
      values.map((it) => (typeof it === 'string' ? utf8(it) : new Uint8Array(Uint32Array.of(it).buffer))),
    );
  const slots: Bytes[] = [words('RpmP', 0, 7, 1), words(all.length + 1, 0, 0, 0)];
  const blobs: Bytes[] = [];
  let block = 4096 / 16;
  all.forEach((header, i) => {
    const plain = concat([words('BlbS', i + 1, 7, header.length), header]);
    const padded = new Uint8Array(Math.ceil((plain.length + 12) / 16) * 16);
    padded.set(plain);
    padded.set(words(0, header.length, 'BlbE'), padded.length - 12);
    blobs.push(padded);
    slots.push(words('Slot', 0, 0, 0), words('Slot', i + 1, block, padded.length / 16));
    block += padded.length / 16;
  });
  while (slots.length < 256) slots.push(words('Slot', 0, 0, 0));
  return concat([...slots, ...blobs]);
}
