/** Readers of what is in files, against the tools that make such files; and against damage. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { standsDamage } from '../../testing/damage.ts';
import { fontOf } from '../../testing/font-of.ts';
import { pdfOf } from '../../testing/pdf-of.ts';
import { peOf } from '../../testing/pe-of.ts';
import { tarOf } from '../../testing/tar-of.ts';
import type { Archive, Member } from './archive.ts';
import { HEAD_LENGTH, kindOf } from './file-kind.ts';
import { lookInside, lookOf, type Inside } from './look-inside.ts';
import { accessTo, type RandomAccess } from './random-access.ts';

// Tools are started, and a thousand damaged files read.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'readers-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const bytesAt = (name: string) => new Uint8Array(readFileSync(at(name)));
const python = (script: string) =>
  execFileSync('python3', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] }).toString();
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC0', LC_ALL: 'C' },
  }).toString();

async function look(bytes: Uint8Array<ArrayBuffer>, members: Member[] = []): Promise<Inside> {
  return lookAt(accessTo(bytes), bytes, members);
}

async function lookAt(file: RandomAccess, head: Uint8Array, members: Member[] = []): Promise<Inside> {
  const { preview } = kindOf(head.subarray(0, HEAD_LENGTH), file.size);
  const wanted = preview && lookOf(preview);
  if (wanted === null) throw new Error('there is nothing to look into');
  return lookInside(file, wanted, { onMembers: (more) => members.push(...more), onProgress: () => {} });
}

const listed = (members: readonly Member[]) =>
  members.map(({ name, type, size, mode, link }) =>
    [mode?.toString(8), type, size, name, link].filter((it) => it !== '' && it !== undefined).join(' '),
  );

/** Any damage to it is stood. */
async function stands(bytes: Uint8Array<ArrayBuffer>, rounds?: number): Promise<void> {
  const { preview } = kindOf(bytes.subarray(0, HEAD_LENGTH), bytes.length);
  const wanted = lookOf(preview!)!;
  await standsDamage(bytes, (file) => lookInside(file, wanted, { onMembers() {}, onProgress() {} }), rounds);
}

describe('archives', () => {
  beforeAll(() => {
    mkdirSync(at('tree/sub'), { recursive: true });
    writeFileSync(at('tree/file'), 'hello\n'.repeat(100));
    writeFileSync(at('tree/sub/tool'), '#!/bin/sh\n');
    chmodSync(at('tree/file'), 0o640);
    chmodSync(at('tree/sub/tool'), 0o755);
    chmodSync(at('tree/sub'), 0o755);
    symlinkSync('file', at('tree/link'));
    utimesSync(at('tree/file'), 1_700_000_000, 1_700_000_000);
  });

  const TREE = ['640 file 600 file', '755 dir 0 sub/', '755 file 10 sub/tool'];

  it('lists a zip by Python, whatever stands before it', async () => {
    python(`
import zipfile, os
with zipfile.ZipFile('x.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    z.write('tree/file', 'file'); z.write('tree/sub', 'sub'); z.write('tree/sub/tool', 'sub/tool')
    z.comment = b'PK\\x05\\x06 in a comment'
`);
    const members: Member[] = [];
    expect(await look(bytesAt('x.zip'), members)).toMatchObject({
      kind: 'archive',
      format: 'zip',
      count: 3,
      cut: null,
    });
    expect(listed(members)).toEqual(TREE);
    // The time of a zip is that of its clock: this one's zone.
    expect(members[0]!.mtime).toBeGreaterThan(1_699_900_000);
    await stands(bytesAt('x.zip'));
    const behind = new Uint8Array([...utf8('PK\x03\x04 a program that unpacks itself'), ...bytesAt('x.zip')]);
    members.length = 0;
    await look(behind, members);
    expect(listed(members)).toEqual(TREE);
  });

  it('knows a jar and a wheel by what they say of themselves', async () => {
    python(`
import zipfile
with zipfile.ZipFile('x.jar', 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\\r\\nMain-Class: org.example.Main\\r\\n')
    z.writestr('org/example/Main.class', b'\\xca\\xfe\\xba\\xbe\\0\\0\\0\\x3d')
`);
    expect(await look(bytesAt('x.jar'))).toMatchObject({
      about: { name: 'META-INF/MANIFEST.MF', text: expect.stringContaining('Main-Class: org.example.Main') },
    });
  });

  it('reads the sizes of zip64', async () => {
    python(`
import zipfile
with zipfile.ZipFile('large.zip', 'w') as z:
    with z.open(zipfile.ZipInfo('big'), 'w', force_zip64=True) as f: f.write(b'x' * 1000)
    z.writestr('small', 'y')
zipfile.ZIP64_LIMIT = 10; zipfile.ZIP_FILECOUNT_LIMIT = 1
with zipfile.ZipFile('all64.zip', 'w') as z:
    z.writestr('a' * 20, 'x' * 50); z.writestr('b', 'y')
`);
    for (const [name, sizes] of [
      ['large.zip', [1000, 1]],
      ['all64.zip', [50, 1]],
    ] as const) {
      const members: Member[] = [];
      await look(bytesAt(name), members);
      expect(members.map(({ size }) => size)).toEqual(sizes);
      await stands(bytesAt(name), 80);
    }
  });

  it.each([
    ['tar', []],
    ['tar, gzip', ['-z']],
    ['tar, zstd', ['--zstd']],
  ] as const)('lists a %s', async (format, flags) => {
    run(
      'tar',
      ...flags,
      '--sort=name',
      '-C',
      'tree',
      '-cf',
      at(`x.${flags.length}.tar`),
      'file',
      'link',
      'sub',
    );
    const bytes = bytesAt(`x.${flags.length}.tar`);
    const members: Member[] = [];
    expect(await look(bytes, members)).toMatchObject({
      kind: 'archive',
      format,
      count: 4,
      cut: null,
      head: null,
    });
    expect(listed(members)).toEqual([TREE[0], '777 symlink 0 link file', ...TREE.slice(1)]);
    await stands(bytes);
  });

  it('jumps over the data of a large tar', async () => {
    const tar = tarOf([
      { name: 'large', content: new Uint8Array(20 * 1024 * 1024) },
      { name: 'after', content: 'x' },
    ]);
    let asked = 0;
    const file: RandomAccess = {
      ...accessTo(tar),
      async *stream(start) {
        for (let i = start; i < tar.length; i += 65_536) {
          asked += 65_536;
          yield tar.slice(i, i + 65_536);
        }
      },
    };
    const members: Member[] = [];
    await lookAt(file, tar, members);
    expect(members.map(({ name }) => name)).toEqual(['large', 'after']);
    expect(asked).toBeLessThan(1024 * 1024);
  });

  it('shows what was compressed alone', async () => {
    const inside = (await look(new Uint8Array(gzipSync('a changelog\n'.repeat(10))))) as Archive;
    expect(inside).toMatchObject({ format: 'gzip', count: 0, total: 120, cut: null });
    expect(Buffer.from(inside.head!).toString()).toBe('a changelog\n'.repeat(10));
    await stands(new Uint8Array(gzipSync('a changelog\n'.repeat(1000))), 80);
  });

  it('goes into a Debian package', async () => {
    mkdirSync(at('deb/DEBIAN'), { recursive: true });
    mkdirSync(at('deb/usr/share'), { recursive: true });
    writeFileSync(at('deb/usr/share/thing'), 'x'.repeat(77));
    writeFileSync(
      at('deb/DEBIAN/control'),
      'Package: thing\nVersion: 1.0\nArchitecture: all\nMaintainer: A <a@b.c>\nDescription: a thing\n',
    );
    for (const by of ['gzip', 'xz', 'zstd', 'none']) {
      run('dpkg-deb', `-Z${by}`, '--root-owner-group', '-b', 'deb', `${by}.deb`);
      const members: Member[] = [];
      const inside = (await look(bytesAt(`${by}.deb`), members)) as Archive;
      expect(inside.format).toBe('Debian package');
      if (by === 'xz') expect(inside.unread).toEqual(['control.tar.xz', 'data.tar.xz']);
      else {
        expect(inside.unread).toEqual([]);
        expect(inside.about?.text).toContain('Package: thing');
        expect(listed(members)).toContain('644 file 77 ./usr/share/thing');
        expect(members.map(({ name }) => name)).toContain('DEBIAN/control');
      }
      await stands(bytesAt(`${by}.deb`), 80);
    }
  });

  it('lists a static library, long names and all', async () => {
    const member = (name: string, content: string) =>
      `${name.padEnd(16)}${'0'.padEnd(12)}0     0     100644  ${String(content.length).padEnd(10)}\`\n${content}${content.length % 2 ? '\n' : ''}`;
    const long = 'a-name-that-is-longer-than-sixteen.o';
    const text = `!<arch>\n${member('/', 'symbols!')}${member('//', `${long}/\n`)}${member('/0', 'first')}${member('short.o/', 'ab')}${member('#1/10', 'bsd-name.oxy')}`;
    const members: Member[] = [];
    await look(utf8(text), members);
    expect(listed(members)).toEqual([`644 file 5 ${long}`, '644 file 2 short.o', '644 file 2 bsd-name.o']);
    await stands(utf8(text));
  });

  it('lists an initramfs', async () => {
    const member = (name: string, mode: number, content: string) => {
      const hex = (value: number) => value.toString(16).padStart(8, '0');
      const head = `070701${[1, mode, 0, 0, 1, 1_700_000_000, content.length, 0, 0, 0, 0, name.length + 1, 0].map(hex).join('')}${name}\0`;
      const padded = (piece: string) => piece + '\0'.repeat((4 - (piece.length % 4)) % 4);
      return padded(head) + padded(content);
    };
    const text = `${member('bin', 0o040755, '')}${member('init', 0o100755, '#!/bin/sh\n')}${member('TRAILER!!!', 0, '')}${'\0'.repeat(512)}`;
    for (const bytes of [utf8(text), new Uint8Array(gzipSync(text))]) {
      const members: Member[] = [];
      await look(bytes, members);
      expect(listed(members)).toEqual(['755 dir 0 bin', '755 file 10 init']);
      await stands(bytes, 80);
    }
  });

  it('stops at its limit, and says so', async () => {
    const tar = tarOf(
      Array.from({ length: 50_100 }, (_, i) => ({ name: `f${i}`, dialect: 'ustar' as const })),
    );
    const members: Member[] = [];
    expect(await look(tar, members)).toMatchObject({ count: 50_000, cut: 'members' });
    expect(members).toHaveLength(50_000);
  });
});

describe('keys and certificates', () => {
  it('reads them as openssl prints them', async () => {
    run(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-days',
      '30',
      '-subj',
      '/O=Example/CN=host.example',
      '-addext',
      'subjectAltName=DNS:host.example,IP:192.0.2.1',
    );
    run('openssl', 'x509', '-in', 'cert.pem', '-outform', 'DER', '-out', 'cert.der');
    run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.pem');
    run(
      'openssl',
      'rsa',
      '-in',
      'key.pem',
      '-traditional',
      '-aes128',
      '-passout',
      'pass:secret',
      '-out',
      'locked.pem',
    );
    run('openssl', 'pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:secret', '-out', 'locked8.pem');
    run(
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      'cert.pem',
      '-inkey',
      'key.pem',
      '-passout',
      'pass:secret',
      '-out',
      'both.p12',
    );
    const fingerprint = run('openssl', 'x509', '-in', 'cert.pem', '-noout', '-fingerprint', '-sha256')
      .trim()
      .split('=')[1]!
      .replaceAll(':', '')
      .toLowerCase();
    for (const name of ['cert.pem', 'cert.der']) {
      const inside = await look(bytesAt(name));
      expect(inside).toMatchObject({ kind: 'keys', items: [{ type: 'certificate', fingerprint }] });
      await stands(bytesAt(name), 80);
    }
    const key = (more: object) => ({ items: [{ type: 'private-key', isEncrypted: false, ...more }] });
    expect(await look(bytesAt('key.pem'))).toMatchObject(key({ algorithm: 'RSA', bits: 2048 }));
    expect(await look(bytesAt('ec.pem'))).toMatchObject(key({ algorithm: 'EC' }));
    expect(await look(bytesAt('locked.pem'))).toMatchObject(key({ algorithm: 'RSA', isEncrypted: true }));
    expect(await look(bytesAt('locked8.pem'))).toMatchObject(key({ algorithm: null, isEncrypted: true }));
    expect(await look(bytesAt('both.p12'))).toMatchObject({ items: [{ type: 'other', label: 'PKCS12' }] });
    await stands(bytesAt('key.pem'), 80);
  });

  it('takes no time over a text of beginnings', async () => {
    const text = utf8('-----BEGIN CERTIFICATE-----\n'.repeat(150_000));
    const begun = performance.now();
    await expect(look(text)).rejects.toMatchObject({ failure: { code: 'malformed' } });
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('other files', () => {
  it('reads the header and the schema of an SQLite database', async () => {
    python(`
import sqlite3
db = sqlite3.connect('x.db')
db.executescript("PRAGMA application_id=0x12345678; PRAGMA user_version=7;")
db.execute('BEGIN')
for i in range(300): db.execute(f'CREATE TABLE t{i} (id INTEGER PRIMARY KEY, a_long_name_of_a_column TEXT)')
db.commit()
`);
    const inside = await look(bytesAt('x.db'));
    expect(inside).toMatchObject({
      kind: 'sqlite',
      applicationId: 0x12345678,
      userVersion: 7,
      encoding: 'UTF-8',
      isCut: false,
    });
    if (inside.kind !== 'sqlite') return;
    expect(inside.pages * inside.pageSize).toBe(bytesAt('x.db').length);
    expect(inside.objects.map(({ name }) => name)).toEqual(Array.from({ length: 300 }, (_, i) => `t${i}`));
    expect(inside.objects[9]!.sql).toMatch(/^CREATE TABLE t9 \(id INTEGER/);
    await stands(bytesAt('x.db'), 80);
  });

  it.each(['table', 'stream'] as const)('reads what a PDF says, by a cross-reference %s', async (by) => {
    const bytes = pdfOf({ by, title: 'Grüße', pages: 3, script: 'app.alert(1)' });
    expect(await look(bytes)).toMatchObject({
      kind: 'pdf',
      version: '1.7',
      pages: 3,
      about: [['Title', 'Grüße']],
      isEncrypted: false,
      active: ['scripts', 'an action when it is opened'],
    });
    await stands(bytes);
  });

  it('reads the headers of a Windows program as objdump does', async () => {
    const bytes = peOf({ imports: ['KERNEL32.dll', 'USER32.dll'] });
    writeFileSync(at('x.exe'), bytes);
    const inside = await look(bytes);
    expect(inside).toMatchObject({
      kind: 'pe',
      machine: 'x86-64',
      bits: 64,
      subsystem: 'Windows console',
      imports: ['KERNEL32.dll', 'USER32.dll'],
      managed: null,
    });
    const printed = run('objdump', '-p', 'x.exe');
    expect(printed).toContain('file format pei-x86-64');
    expect([...printed.matchAll(/DLL Name: (.*)/g)].map(([, name]) => name)).toEqual([
      'KERNEL32.dll',
      'USER32.dll',
    ]);
    expect(await look(peOf({ managed: 'v4.0.30319' }))).toMatchObject({ managed: 'v4.0.30319', imports: [] });
    await stands(bytes);
    await stands(peOf({ managed: 'v4.0.30319' }));
  });

  it('tells a program of DOS from it', async () => {
    const bytes = new Uint8Array(200);
    bytes.set(utf8('MZ'));
    expect(await look(bytes)).toEqual({ kind: 'dos' });
  });

  it('stands damage to a program', () => stands(new Uint8Array(readFileSync('/bin/sh')), 80));

  it('reads the names of a font', async () => {
    const bytes = fontOf({ family: 'Boxes and more' });
    expect(await look(bytes)).toEqual({
      kind: 'font',
      names: [
        ['family', 'Boxes and more'],
        ['style', 'Regular'],
        ['version', 'Version 1.0'],
        ['copyright', 'Nobody owns it'],
      ],
      glyphs: 2,
      fonts: 1,
    });
    await stands(bytes);
  });
});
