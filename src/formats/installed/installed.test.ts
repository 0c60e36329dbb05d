/** What package managers write down, read; against the manager where it is here. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readable, utf8 } from '../../base/bytes.ts';
import { readApkDatabase } from './apk.ts';
import { writeCycloneDx } from './cyclonedx.ts';
import { readDpkgList, readDpkgStatus, readMd5sums } from './dpkg.ts';
import { packageOf, type Package } from './installed.ts';
import { readNpmPackage } from './npm.ts';
import { packageUrl } from './package-name.ts';
import { pathsOf } from './path-list.ts';
import { readPythonMetadata, readPythonRecord } from './python.ts';
import { stanzasOf } from './stanzas.ts';

const drawn = (paths: Uint8Array) => [...pathsOf(paths)].map(readable).join(' ');

/** What is said, without what is not. */
const said = (it: Package) => Object.fromEntries(Object.entries(it).filter(([, value]) => value !== ''));

describe('stanzas', () => {
  it.each([
    ['fields', 'A: 1\nB:2\n', [{ a: '1', b: '2' }]],
    ['several', 'A: 1\n\n\n\nA: 2', [{ a: '1' }, { a: '2' }]],
    ['lines that go on', 'A: 1\n two\n .\n\tthree\nB: 4\n', [{ a: '1\ntwo\n.\nthree', b: '4' }]],
    ['the first of two of one name', 'A: 1\nA: 2\n more\nB: 3\n', [{ a: '1', b: '3' }]],
    ['lines with carriage returns', 'A: 1\r\n\r\nA: 2\r\n', [{ a: '1' }, { a: '2' }]],
    ['what is none', 'nothing\n: x\n going on\n\n', []],
    ['a key of every object', '__proto__: x\nconstructor: y', [{ ['__proto__']: 'x', constructor: 'y' }]],
    ['nothing', '', []],
  ])('are %s', (_, text, expected) => {
    const found = [...stanzasOf(utf8(text))];
    expect(found).toEqual(expected.map((it) => new Map(Object.entries(it))));
  });
});

describe('dpkg', () => {
  it('tells what is installed, and what is not any more', () => {
    const status = `Package: openssl
Status: install ok installed
Architecture: amd64
Multi-Arch: foreign
Source: openssl-src (3.0.11)
Version: 3.0.11-1~deb12u2
Maintainer: Debian OpenSSL Team <x@example.org>
Description: Secure Sockets Layer toolkit
 This is a longer text.
 .
 In paragraphs.
Homepage: https://www.openssl.org/

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install reinstreq half-installed
Version: 1

Package: base-files
Version: 12
`;
    expect(readDpkgStatus(utf8(status)).map(({ it, lists }) => [said(it), ...lists])).toEqual([
      [
        {
          type: 'deb',
          name: 'openssl',
          version: '3.0.11-1~deb12u2',
          architecture: 'amd64',
          summary: 'Secure Sockets Layer toolkit',
          maintainer: 'Debian OpenSSL Team <x@example.org>',
          homepage: 'https://www.openssl.org/',
          source: 'openssl-src (3.0.11)',
        },
        'openssl:amd64',
        'openssl',
      ],
      [{ type: 'deb', name: 'base-files', version: '12' }, 'base-files:', 'base-files'],
    ]);
  });

  it('tells files from the folders on the way to them', () => {
    const list =
      '/.\n/usr\n/usr/bin\n/usr/bin/ssl\n/usr/bin/ssl-2\n/usr/lib\n/usr/lib/ssl\n/etc/ssl.cnf\n/.dockerenv\n';
    expect(drawn(readDpkgList(utf8(list)))).toBe(
      '/usr/bin/ssl /usr/bin/ssl-2 /usr/lib/ssl /etc/ssl.cnf /.dockerenv',
    );
  });

  it('takes the paths of sums', () => {
    const sums = `${'a'.repeat(32)}  usr/bin/x\n${'b'.repeat(32)}  usr/with space\nshort x\n`;
    expect(drawn(readMd5sums(utf8(sums)))).toBe('/usr/bin/x /usr/with space');
  });

  it('says of this machine what dpkg-query says', () => {
    const status = '/var/lib/dpkg/status';
    const query = '${db:Status-Status} ${Package} ${Version} ${Architecture}\\n';
    const lines = execFileSync('dpkg-query', ['-W', '-f', query], { maxBuffer: 1 << 26 })
      .toString()
      .split('\n');
    const installed = lines.filter((line) => line.startsWith('installed ')).map((line) => line.slice(10));
    const found = existsSync(status) ? readDpkgStatus(new Uint8Array(readFileSync(status))) : [];
    expect(found.map(({ it }) => `${it.name} ${it.version} ${it.architecture}`).sort()).toEqual(
      installed.sort(),
    );
  });
});

it('reads the database of apk', () => {
  const database = `C:Q1abc=
P:musl
V:1.2.4-r2
A:x86_64
S:383304
I:622592
T:the musl c library (libc) implementation
U:https://musl.libc.org/
L:MIT
o:musl
m:Somebody <x@example.org>
t:1690000000
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1def=
R:libc.musl-x86_64.so.1
F:etc/musl
M:0:0:700

P:musl-utils
V:1.2.4-r2
o:musl
F:
R:top
F:sbin
R:ldconfig

`;
  const found = readApkDatabase(utf8(database));
  expect(found.map(({ it, paths }) => [said(it), drawn(paths)])).toEqual([
    [
      {
        type: 'apk',
        name: 'musl',
        version: '1.2.4-r2',
        architecture: 'x86_64',
        summary: 'the musl c library (libc) implementation',
        licence: 'MIT',
        maintainer: 'Somebody <x@example.org>',
        homepage: 'https://musl.libc.org/',
      },
      '/lib/ld-musl-x86_64.so.1 /lib/libc.musl-x86_64.so.1',
    ],
    [{ type: 'apk', name: 'musl-utils', version: '1.2.4-r2', source: 'musl' }, '/top /sbin/ldconfig'],
  ]);
  expect(readApkDatabase(utf8(database.trimEnd()))).toEqual(found);
});

describe('Python', () => {
  it('says what was installed', () => {
    const metadata = `Metadata-Version: 2.1
Name: Flask_Login
Version: 0.6.2
Summary: User session management
License: MIT
        and more
Author: Somebody

Name: not this, it is a description
`;
    expect(said(readPythonMetadata(utf8(metadata))!)).toEqual({
      type: 'pypi',
      name: 'Flask_Login',
      version: '0.6.2',
      summary: 'User session management',
      licence: 'MIT',
      maintainer: 'Somebody',
    });
    expect(readPythonMetadata(utf8('Version: 1\n'))).toBeNull();
    expect(readPythonMetadata(new Uint8Array(0))).toBeNull();
  });

  it('says where its files are', () => {
    const record = 'a.py,sha256=x,12\n../../../bin/a,,\n/abs/b,,\n"with, comma and ""quotes""",,\n,,\nlast';
    expect(drawn(readPythonRecord(utf8(record), '/usr/lib/p'))).toBe(
      '/usr/lib/p/a.py /usr/lib/p/../../../bin/a /abs/b /usr/lib/p/with, comma and "quotes" /usr/lib/p/last',
    );
  });
});

it('reads a package.json leniently', () => {
  const read = (value: unknown) => readNpmPackage(utf8(JSON.stringify(value)));
  const legacy = { name: '@a/b', version: '1.0.0', license: { type: 'MIT' }, author: { name: 'Somebody' } };
  expect(said(read(legacy)!)).toEqual({
    type: 'npm',
    name: '@a/b',
    version: '1.0.0',
    licence: 'MIT',
    maintainer: 'Somebody',
  });
  expect(read({ version: '1' })).toBeNull();
  expect(read([])).toBeNull();
  expect(readNpmPackage(utf8('{"name":'))).toBeNull();
});

describe('a package URL', () => {
  const debian = { id: 'debian', version: '12' };
  it.each([
    [
      { type: 'deb', name: 'libstdc++6', version: '12.2.0-14', architecture: 'amd64' },
      debian,
      'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12',
    ],
    [{ type: 'deb', name: 'perl', version: '1:5.36~1' }, null, 'pkg:deb/debian/perl@1:5.36~1'],
    [
      { type: 'apk', name: 'musl', version: '1.2.4-r2', architecture: 'x86_64' },
      { id: 'wolfi', version: '' },
      'pkg:apk/wolfi/musl@1.2.4-r2?arch=x86_64',
    ],
    [
      { type: 'rpm', name: 'bash', version: '2:5.2.26-3.fc40', architecture: 'aarch64' },
      { id: 'fedora', version: '40' },
      'pkg:rpm/fedora/bash@5.2.26-3.fc40?arch=aarch64&distro=fedora-40&epoch=2',
    ],
    [{ type: 'pypi', name: 'Flask_Login', version: '0.6.2' }, debian, 'pkg:pypi/flask-login@0.6.2'],
    [{ type: 'npm', name: '@angular/core', version: '17.0.0' }, debian, 'pkg:npm/%40angular/core@17.0.0'],
    [{ type: 'npm', name: 'half\ud800', version: '' }, null, 'pkg:npm/half%EF%BF%BD'],
  ] as const)('%#: %o', (one, system, expected) => {
    const { type, ...facts } = one;
    expect(packageUrl(packageOf(type, facts), system)).toBe(expected);
  });
});

describe('a bill in CycloneDX', () => {
  const subject = {
    name: 'example.org/app:1',
    digest: 'sha256:00',
    system: { id: 'debian', version: '12', name: 'Debian 12' },
  };
  const bill = (count: number, system: typeof subject.system | null) => {
    const packages = Array.from({ length: count }, (_, i) => ({
      it: packageOf('npm', { name: `p${i % 600}`, version: '1', licence: i === 0 ? 'MIT' : '' }),
      layer: i === 0 ? 'sha256:11' : null,
    }));
    const text = [...writeCycloneDx({ ...subject, system }, packages)].join('');
    return JSON.parse(text) as { components: Record<string, unknown>[]; [key: string]: unknown };
  };

  it('is one, however many packages there are', () => {
    for (const count of [0, 1, 255, 256, 257, 512, 1000]) {
      expect(bill(count, null).components).toHaveLength(count);
      const { components } = bill(count, subject.system);
      expect(components).toHaveLength(count + 1);
      expect(new Set(components.map((it) => it['bom-ref'])).size).toBe(count + 1);
    }
  });

  it('says of each what is known', () => {
    const { components, metadata } = bill(1, subject.system);
    expect(metadata).toMatchObject({
      component: { type: 'container', name: 'example.org/app:1', version: 'sha256:00' },
    });
    expect(components).toEqual([
      {
        type: 'operating-system',
        'bom-ref': 'os:debian@12',
        name: 'debian',
        version: '12',
        description: 'Debian 12',
      },
      {
        type: 'library',
        'bom-ref': 'pkg:npm/p0@1',
        name: 'p0',
        version: '1',
        licenses: [{ license: { name: 'MIT' } }],
        purl: 'pkg:npm/p0@1',
        properties: [{ name: 'stratascope:layer', value: 'sha256:11' }],
      },
    ]);
  });
});
