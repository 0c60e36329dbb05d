/** What is installed in a tree, and whose its files are. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import type { TestEntry } from '../../testing/tar-of.ts';
import { treeOf } from '../../testing/tree-of.ts';
import type { FileTree } from '../file-tree.ts';
import { findDatabases, type DatabaseFile } from './databases.ts';
import { InstalledBuilder, type Installed } from './installed.ts';
import { NOBODY, ownershipOf, type Ownership } from './ownership.ts';
import { NO_PACKAGE, PackageIds } from './package-id.ts';
import { filesOwned, PackageRows } from './package-rows.ts';

/** Runs what rests often to its end. */
function end<T>(work: Generator<void, T, undefined>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const file = (name: string, content: string): TestEntry => ({ name, content });

/** The databases of layers of files, as whoever reads the image finds them. */
async function read(...layers: readonly (readonly TestEntry[])[]) {
  const tree = treeOf(...layers);
  const databases = end(findDatabases(tree));
  const contents = new Map(layers.flat().map(({ name, content }) => [`/${name}`, content]));
  const builder = new InstalledBuilder();
  for (const { role, node } of databases) {
    const path = tree.path(node);
    await builder.add(role, path, utf8(String(contents.get(path))));
  }
  const installed = builder.finish();
  const ownership = end(ownershipOf(tree, installed));
  // Every byte is somebody's or nobody's, and no file has two owners.
  const sizes = new Map<string, number>();
  for (let node = 0; node < tree.count; node++) {
    sizes.set(`${tree.columns.contentLayer[node]}/${tree.columns.contentRow[node]}`, tree.size(node));
  }
  const sum = (all: Iterable<number>) => [...all].reduce((a, b) => a + b, 0);
  const { holdings, nobodys } = ownership;
  expect(sum([nobodys, ...holdings].map(({ bytes }) => bytes))).toBe(sum(sizes.values()));
  return { tree, databases, installed, ownership };
}

/** A package a line: files, bytes, what is missing, layers; then what is nobody's. */
function drawn({
  tree,
  installed,
  ownership,
}: {
  tree: FileTree;
  installed: Installed;
  ownership: Ownership;
}): string {
  const all = [...installed.packages.map(({ type, name }) => `${type} ${name}`), 'nobody'];
  const lines = all.map((name, i) => {
    const isNobody = i === installed.packages.length;
    const owner = isNobody ? NOBODY : i + 1;
    const { files, bytes, missing, layers } = isNobody ? ownership.nobodys : ownership.holdings[i]!;
    const paths = [];
    for (let node = 1; node < tree.count; node++) {
      if (ownership.owner[node] === owner && tree.children(node).end === tree.children(node).start)
        paths.push(tree.path(node));
    }
    const from = layers.map(([layer, count]) => `${layer}×${count}`).join(' ');
    return `${name}: ${files} files, ${bytes} B, ${missing} missing [${from}] ${paths.sort().join(' ')}`.trimEnd();
  });
  return lines.join('\n');
}

const STATUS = `Package: coreutils
Status: install ok installed
Version: 9.1
Architecture: amd64

Package: libc6
Status: install ok installed
Version: 2.36
Architecture: amd64
`;

const debian: readonly TestEntry[] = [
  { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
  { name: 'usr/bin', type: 'dir' },
  file('usr/bin/ls', 'xx'),
  file('usr/bin/dir', 'yyy'),
  { name: 'usr/bin/vdir', type: 'hardlink', linkname: 'usr/bin/dir' },
  file('usr/lib/libc.so.6', 'zzzz'),
  file('usr/bin/mine', 'own'),
  file('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME=\'Debian 12\'\n# x\n'),
  file('var/lib/dpkg/status', STATUS),
  file(
    'var/lib/dpkg/info/coreutils.list',
    '/.\n/bin\n/bin/ls\n/usr\n/usr/bin\n/usr/bin/dir\n/usr/bin/vdir\n/usr/share\n/usr/share/doc\n',
  ),
  file('var/lib/dpkg/info/libc6:amd64.list', '/.\n/usr\n/usr/lib\n/usr/lib/libc.so.6\n/bin/ls\n'),
];

describe('what is installed', () => {
  it('by dpkg, through the links that a distribution moved its folders with', async () => {
    const found = await read(debian);
    expect(drawn(found)).toBe(
      `deb coreutils: 3 files, 5 B, 1 missing [0×3] /usr/bin/dir /usr/bin/ls /usr/bin/vdir
deb libc6: 1 files, 4 B, 0 missing [0×1] /usr/lib/libc.so.6
nobody: 6 files, 344 B, 0 missing [0×6] /bin /etc/os-release /usr/bin/mine /var/lib/dpkg/info/coreutils.list /var/lib/dpkg/info/libc6:amd64.list /var/lib/dpkg/status`,
    );
    expect(found.installed.system).toEqual({ id: 'debian', version: '12', name: 'Debian 12' });
  });

  it('belongs to the layer that has most of its files', async () => {
    const found = await read(debian, [file('usr/bin/ls', 'other'), file('usr/bin/dir', 'z')]);
    expect(drawn(found).split('\n')[0]).toBe(
      'deb coreutils: 3 files, 9 B, 1 missing [1×2 0×1] /usr/bin/dir /usr/bin/ls /usr/bin/vdir',
    );
  });

  it('in images without dpkg', async () => {
    const found = await read([
      file('var/lib/dpkg/status.d/tzdata', 'Package: tzdata\nVersion: 2024a\n'),
      file('var/lib/dpkg/status.d/tzdata.md5sums', `${'0'.repeat(32)}  usr/share/zoneinfo/UTC\n`),
      file('usr/share/zoneinfo/UTC', 'TZ'),
    ]);
    expect(drawn(found).split('\n')[0]).toBe(
      'deb tzdata: 1 files, 2 B, 0 missing [0×1] /usr/share/zoneinfo/UTC',
    );
  });

  it('by apk, once where /lib is a link', async () => {
    const database = file('usr/lib/apk/db/installed', 'P:musl\nV:1\nF:lib\nR:ld.so\n');
    const found = await read([
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
      database,
      file('usr/lib/ld.so', 'x'),
    ]);
    expect(drawn(found).split('\n')[0]).toBe('apk musl: 1 files, 1 B, 0 missing [0×1] /usr/lib/ld.so');
  });

  it('by pip and npm, after the system, each with what is below its folder but not with what is in one of another', async () => {
    const record = 'flask/app.py,,\n../../bin/flask,,\nflask/gone.py,,\n';
    const found = await read([
      file('usr/lib/python3/flask-1.dist-info/METADATA', 'Name: Flask\nVersion: 1\n'),
      file('usr/lib/python3/flask-1.dist-info/RECORD', record),
      file('usr/lib/python3/flask/app.py', 'app'),
      file('usr/bin/flask', '#!'),
      file('usr/lib/python3/egg.egg-info', 'Name: egg\nVersion: 2\n'),
      file('app/node_modules/a/package.json', '{"name":"a","version":"1"}'),
      file('app/node_modules/a/lib/package.json', '{"type":"module"}'),
      file('app/node_modules/a/node_modules/@s/b/package.json', '{"name":"@s/b","version":"2"}'),
      file('app/node_modules/a/node_modules/@s/b/index.js', 'b'),
      file('app/package.json', '{"name":"app"}'),
      file('var/lib/dpkg/status', 'Package: zlib\nVersion: 3\n'),
    ]);
    expect(drawn(found)).toBe(
      `deb zlib: 0 files, 0 B, 0 missing []
npm @s/b: 2 files, 30 B, 0 missing [0×2] /app/node_modules/a/node_modules/@s/b/index.js /app/node_modules/a/node_modules/@s/b/package.json
pypi Flask: 2 files, 5 B, 1 missing [0×2] /usr/bin/flask /usr/lib/python3/flask/app.py
npm a: 2 files, 43 B, 0 missing [0×2] /app/node_modules/a/lib/package.json /app/node_modules/a/package.json
pypi egg: 0 files, 0 B, 0 missing []
nobody: 5 files, 132 B, 0 missing [0×5] /app/package.json /usr/lib/python3/egg.egg-info /usr/lib/python3/flask-1.dist-info/METADATA /usr/lib/python3/flask-1.dist-info/RECORD /var/lib/dpkg/status`,
    );
  });

  it('is told with what could not be read', async () => {
    const { installed } = await read([
      file('var/lib/rpm/Packages', 'x'.repeat(600)),
      file('var/lib/dpkg/status', 'Package: a\n'),
    ]);
    expect(installed.packages.map(({ name }) => name)).toEqual(['a']);
    expect(installed.damaged).toMatchObject([
      { path: '/var/lib/rpm/Packages', failure: { code: 'malformed' } },
    ]);
  });

  it('is nothing where nobody wrote anything down', async () => {
    const found = await read([
      file('app', 'x'),
      { name: 'etc/os-release', type: 'symlink', linkname: '/nowhere' },
    ]);
    expect(found.databases).toEqual([]);
    expect(drawn(found)).toBe('nobody: 2 files, 1 B, 0 missing [0×2] /app /etc/os-release');
  });

  it('has links followed to what they lead to, and no further than the root', async () => {
    const { databases } = await read([
      { name: 'var/lib/dpkg', type: 'symlink', linkname: '../../../../data' },
      file('data/status', 'Package: a\n'),
      { name: 'lib/apk', type: 'symlink', linkname: '../lib/apk' },
    ]);
    expect(databases.map(({ path, role }: DatabaseFile) => `${role.kind} ${path}`)).toEqual([
      'dpkg /data/status',
    ]);
  });
});

describe('a list of packages', () => {
  it('is by size, name or layer, and of those that are asked for', async () => {
    const { installed, ownership } = await read(debian);
    const rows = new PackageRows(installed.packages, ownership);
    const names = (choice: Partial<Parameters<typeof rows.choose>[0]>) =>
      [...rows.choose({ part: '', type: null, order: 'name', ...choice })]
        .map((i) => installed.packages[i]!.name)
        .join(' ');
    expect(names({})).toBe('coreutils libc6');
    expect(names({ order: 'size' })).toBe('coreutils libc6');
    expect(names({ order: 'layer' })).toBe('coreutils libc6');
    expect(names({ part: ' LIBC ' })).toBe('libc6');
    expect(names({ part: '9.1' })).toBe('coreutils');
    expect(names({ type: 'npm' })).toBe('');
    expect(names({ type: 'deb', part: 'core' })).toBe('coreutils');
  });

  it('has the largest files of each', async () => {
    const { tree, ownership } = await read(debian);
    const paths = (of: number, most: number) =>
      end(filesOwned(tree, ownership, of, most)).map((node) => tree.path(node));
    expect(paths(1, 10)).toEqual(['/usr/bin/dir', '/usr/bin/vdir', '/usr/bin/ls']);
    expect(paths(1, 1)).toEqual(['/usr/bin/dir']);
    expect(paths(NOBODY, 2)).toEqual(['/var/lib/dpkg/status', '/var/lib/dpkg/info/coreutils.list']);
  });

  it('calls each by a name of its own', () => {
    const it = { type: 'npm', name: 'a', version: '1' } as Installed['packages'][number];
    const ids = new PackageIds([it, { ...it, version: '2' }, it]);
    expect([0, 1, 2].map((place) => ids.id(place))).toEqual(['npm:a@1', 'npm:a@2', 'npm:a@1#2']);
    expect(ids.place('npm:a@1#2')).toBe(2);
    expect(ids.place(NO_PACKAGE)).toBeNull();
    expect(ids.place('__proto__')).toBeNull();
  });
});
