/** Files taken out of archives that others made, against what was put in. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { concat, readable, utf8, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { standsDamage } from '../../testing/damage.ts';
import { Random } from '../../testing/random.ts';
import { tarOf } from '../../testing/tar-of.ts';
import type { Member } from './archive.ts';
import { kindOf, type ArchiveFormat } from './file-kind.ts';
import { lookInside, lookOf } from './look-inside.ts';
import { MAX_MEMBER, readMember } from './one-member.ts';
import { accessTo, type RandomAccess } from './random-access.ts';

// Tools are started, and hundreds of damaged files read.
vi.setConfig({ testTimeout: 60_000 });

/** A text that packs well, one that does not, one of nothing, and one of more than a push. */
const CONTENTS: Readonly<Record<string, Bytes>> = {
  'app/notes.txt': utf8('strata\n'.repeat(500)),
  'app/noise.bin': new Random(7).bytes(70_001),
  'app/empty': new Uint8Array(0),
  'app/lib/a name that is longer than any that an old header has room for, and then some, and more.txt':
    utf8('deep\n'),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'members-'));
  mkdirSync(join(folder, 'app/lib'), { recursive: true });
  for (const [name, content] of Object.entries(CONTENTS)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (script: string) => execFileSync('bash', ['-ec', script], { cwd: folder, stdio: 'pipe' });
const bytesAt = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

const formatOf = (bytes: Uint8Array): ArchiveFormat => {
  const { preview } = kindOf(bytes, bytes.length);
  if (preview?.kind !== 'archive') throw new Error('it is no archive');
  return preview.format;
};
const take = (bytes: Bytes, name: string) => readMember(accessTo(bytes), formatOf(bytes), name, () => {});

function cpioOf(contents: Readonly<Record<string, Bytes>>): Bytes {
  const padded = (bytes: Bytes) => concat([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);
  const member = (name: string, content: Bytes) => {
    const numbers = [1, 0o100644, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
    const hex = numbers.map((value) => value.toString(16).padStart(8, '0')).join('');
    return concat([padded(utf8(`070701${hex}${name}\0`)), padded(content)]);
  };
  const members = Object.entries(contents).map(([name, content]) => member(name, content));
  return concat([...members, member('TRAILER!!!', new Uint8Array(0))]);
}

/** The names of the files that the list has. */
async function filesOf(bytes: Bytes): Promise<string[]> {
  const members: Member[] = [];
  const look = lookOf(kindOf(bytes, bytes.length).preview!)!;
  await lookInside(accessTo(bytes), look, { onMembers: (more) => members.push(...more), onProgress() {} });
  return members.filter(({ type }) => type === 'file').map(({ name }) => name);
}

describe('a file in an archive', () => {
  it.each([
    ['a.tar', 'tar -cf a.tar app'],
    ['a.tar.gz', 'tar -czf a.tar.gz app'],
    ['a.tar.zst', 'tar --zstd -cf a.tar.zst app'],
    ['a.cpio', null],
    ['a.cpio.gz', 'gzip -k a.cpio'],
    ['deflated.zip', `python3 -m zipfile -c deflated.zip app`],
    [
      'stored.zip',
      `python3 -c "import zipfile, os
with zipfile.ZipFile('stored.zip', 'w') as z: [z.write(os.path.join(d, f)) for d, _, fs in os.walk('app') for f in fs]"`,
    ],
    [
      'a.deb',
      `mkdir -p deb/DEBIAN; cp -r app deb; printf 'Package: a\\nVersion: 1\\nArchitecture: all\\nMaintainer: A <a@b.c>\\nDescription: a\\n' > deb/DEBIAN/control; dpkg-deb -Zgzip --root-owner-group -b deb a.deb`,
    ],
  ])('comes out of %s as it was put in', async (name, script) => {
    if (script === null) writeFileSync(join(folder, name), cpioOf(CONTENTS));
    else run(script);
    const bytes = bytesAt(name);
    const listed = (await filesOf(bytes)).filter((it) => it !== 'DEBIAN/control');
    expect(listed.map((it) => it.replace(/^\.\//, '')).sort()).toEqual(Object.keys(CONTENTS).sort());
    for (const it of listed) expect(await take(bytes, it)).toEqual(CONTENTS[it.replace(/^\.\//, '')]);
    await expect(take(bytes, 'app/other')).rejects.toMatchObject({
      failure: { code: 'not-found', what: 'member', name: 'app/other' },
    });
    const damaged = (file: RandomAccess) =>
      readMember(file, formatOf(bytes), listed[1]!, () => {}).catch((error: unknown) => {
        // Its name may be what was damaged.
        if (!(error instanceof Problem && error.failure.code === 'not-found')) throw error;
      });
    await standsDamage(bytes, damaged, 60);
  });

  it('comes out of what installs a Debian package, too', async () => {
    expect(readable(await take(bytesAt('a.deb'), 'DEBIAN/control'))).toContain('Package: a\n');
    run('dpkg-deb -Zxz --root-owner-group -b deb xz.deb');
    await expect(take(bytesAt('xz.deb'), 'DEBIAN/control')).rejects.toMatchObject({
      failure: { code: 'unsupported', name: 'control.tar.xz, data.tar.xz' },
    });
  });

  it('comes out of a static library', async () => {
    const member = (name: string, content: string) =>
      `${name.padEnd(16)}${'0'.padEnd(12)}0     0     100644  ${String(content.length).padEnd(10)}\`\n${content}${content.length % 2 ? '\n' : ''}`;
    const text = `!<arch>\n${member('/', 'symbols!')}${member('//', 'a-name-that-is-long.o/\n')}${member('/0', 'first')}${member('b.o/', 'ab')}`;
    expect(await take(utf8(text), 'a-name-that-is-long.o')).toEqual(utf8('first'));
    expect(await take(utf8(text), 'b.o')).toEqual(utf8('ab'));
    await expect(take(utf8(text), '/')).rejects.toMatchObject({ failure: { code: 'not-found' } });
  });

  it('is the last of its name, as unpacking leaves it', async () => {
    const tar = tarOf([
      { name: 'a', content: 'old' },
      { name: 'b', content: 'between' },
      { name: 'a', content: 'new' },
    ]);
    expect(await take(tar, 'a')).toEqual(utf8('new'));
    expect(await take(new Uint8Array(gzipSync(tar)), 'a')).toEqual(utf8('new'));
  });

  it('is all of what was compressed alone, whatever it is called', async () => {
    const text = 'a changelog\n'.repeat(200_000);
    writeFileSync(join(folder, 'changelog'), text);
    run('zstd -q changelog; gzip changelog');
    for (const name of ['changelog.gz', 'changelog.zst']) {
      expect(readable(await take(bytesAt(name), 'changelog')) === text).toBe(true);
    }
    const bomb = new Uint8Array(gzipSync(new Uint8Array(MAX_MEMBER + 1)));
    await expect(take(bomb, 'bomb')).rejects.toMatchObject({
      failure: { code: 'too-large', limit: MAX_MEMBER },
    });
    expect(await take(new Uint8Array(gzipSync('')), 'nothing')).toEqual(new Uint8Array(0));
  });

  it('is none where it is a folder or a link', async () => {
    const tar = tarOf([
      { name: 'a/', type: 'dir' },
      { name: 'l', type: 'symlink', linkname: 'a' },
    ]);
    for (const name of ['a/', 'l']) {
      await expect(take(tar, name)).rejects.toMatchObject({ failure: { code: 'not-found', what: 'member' } });
    }
  });

  it('is not read where it is larger than is held, or sparse', async () => {
    const claim = tarOf([{ name: 'huge', content: 'x', size: MAX_MEMBER + 1 }]);
    await expect(take(claim, 'huge')).rejects.toMatchObject({
      failure: { code: 'too-large', limit: MAX_MEMBER },
    });
    run('truncate -s 3M sparse; printf x >> sparse; tar -S --format=pax -cf sparse.tar sparse');
    await expect(take(bytesAt('sparse.tar'), 'sparse')).rejects.toMatchObject({
      failure: { code: 'unsupported' },
    });
  });

  it('is refused where a zip says that it is encrypted, or packs it in another way', async () => {
    run(
      `python3 -c "import zipfile
with zipfile.ZipFile('lzma.zip', 'w', zipfile.ZIP_LZMA) as z: z.writestr('a', 'x' * 100)"`,
    );
    await expect(take(bytesAt('lzma.zip'), 'a')).rejects.toMatchObject({
      failure: {
        code: 'unsupported',
        what: 'compression',
        name: 'method 14 of zip',
      },
    });
    const bytes = bytesAt('stored.zip');
    const encrypted = concat([bytes]);
    const directory = Buffer.from(encrypted).indexOf('PK\x01\x02');
    encrypted[directory + 8]! |= 1;
    const [first] = await filesOf(encrypted);
    await expect(take(encrypted, first!)).rejects.toMatchObject({
      failure: { code: 'unsupported', what: 'encryption' },
    });
  });
});
