import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import type { TestEntry } from '../testing/tar-of.ts';
import { treeOf } from '../testing/tree-of.ts';
import { type FileTree } from './file-tree.ts';
import { ROOT } from './tree-columns.ts';
import { DIR, FILE, HARDLINK, SYMLINK } from './layer-index.ts';

const at = (tree: FileTree, path: string): number => {
  const node = tree.find(path);
  if (node === null) throw new Error(`no ${path}`);
  return node;
};

describe('paths', () => {
  const tree = treeOf('a/b/c\na/b.d\na-/x');

  it('lead to every node, and every node has its own', () => {
    for (let node = 0; node < tree.count; node++) {
      expect(tree.find(tree.path(node))).toBe(node);
      expect(tree.find(tree.pathBytes(node))).toBe(node);
    }
    expect(tree.path(ROOT)).toBe('/');
    expect(tree.path(at(tree, 'a/b/c'))).toBe('/a/b/c');
    expect(tree.name(at(tree, '/a/b/c'))).toBe('c');
  });

  it('may be written otherwise', () => {
    for (const path of ['/a/b', 'a/b', '//a//b/', './a/./b/.', '/a/../a/b', '/../a/b']) {
      expect(tree.find(path), path).toBe(at(tree, '/a/b'));
    }
    for (const path of ['', '/', '.', '..']) expect(tree.find(path), path).toBe(ROOT);
  });

  it('that are not there are null', () => {
    for (const path of ['/x', '/a/b/c/d', '/a/b/', '/A', '/a/...']) {
      expect(tree.find(path), path).toBe(path === '/a/b/' ? at(tree, '/a/b') : null);
    }
  });

  it('need not be UTF-8', () => {
    const name = Uint8Array.of(0x61, 0xff, 0xfe);
    const odd = treeOf([{ name }, { name: 'a\ufffd\ufffd' }]);
    const node = odd.find(name)!;
    expect(odd.nameBytes(node)).toEqual(name);
    expect(odd.entry(node)).toMatchObject({
      path: '/a\ufffd\ufffd',
      pathBytes: Uint8Array.of(0x2f, ...name),
    });
    expect(odd.entry(at(odd, '/a\ufffd\ufffd'))).not.toHaveProperty('pathBytes');
  });
});

describe('facts', () => {
  const value = Uint8Array.of(1, 0, 0, 2, 0, 32, 0, 0);
  const file: TestEntry = {
    name: 'd/ping',
    content: 'x'.repeat(7),
    mode: 0o4755,
    uid: 3_000_000_000,
    gid: 12,
    uname: 'root',
    gname: 'wheel',
    mtime: -2,
    mtimeNanos: 500,
    pax: { 'SCHILY.xattr.security.capability': value, comment: 'hello' },
  };
  const tree = treeOf([file, { name: 'd/link', type: 'hardlink', linkname: 'd/ping', mode: 0, uid: 9 }]);

  it('are those of the header', () => {
    expect(tree.entry(at(tree, '/d/ping'))).toEqual({
      path: '/d/ping',
      type: FILE,
      mode: 0o4755,
      uid: 3_000_000_000,
      gid: 12,
      uname: 'root',
      gname: 'wheel',
      size: 7,
      mtime: -2,
      mtimeNanos: 500,
      linkname: '',
      devmajor: 0,
      devminor: 0,
      layer: 0,
      xattrs: new Map([['security.capability', value]]),
      records: new Map([['comment', 'hello']]),
    });
  });

  it('of a hard link are those of its file, but for what it is', () => {
    const link = at(tree, '/d/link');
    expect(tree.entry(link)).toEqual({
      ...tree.entry(at(tree, '/d/ping')),
      path: '/d/link',
      type: HARDLINK,
      linkname: 'd/ping',
    });
    expect([tree.type(link), tree.kind(link), tree.size(link)]).toEqual([HARDLINK, FILE, 7]);
  });

  it('of a folder that no layer describes are plain', () => {
    const node = at(tree, '/d');
    expect(tree.entry(node)).toMatchObject({ type: DIR, mode: 0o755, uid: 0, gid: 0, size: 0, layer: null });
    expect([tree.mtime(node), tree.layer(node), tree.linkname(node)]).toEqual([null, null, '']);
  });
});

describe('a symbolic link', () => {
  const tree = treeOf(`
    usr/bin/sh
    usr/lib/x
    bin -> usr/bin
    abs -> /usr/bin/sh
    through -> bin/sh
    up -> ../../../usr/lib/../bin
    again -> through
    folder -> usr/
    file-as-folder -> usr/bin/sh/
    file-as-dot -> usr/bin/sh/.
    below-file -> usr/bin/sh/x
    gone -> usr/nothing
    by-gone -> gone/../usr
    self -> self
    a -> b
    b -> a
    here -> .
    root -> /
    usr/back -> ..
    hard => bin`);
  const leads = (path: string): string => {
    const { node, hops, reason } = tree.follow(at(tree, path));
    return `${node === null ? reason : tree.path(node)} ${hops}`;
  };

  it.each([
    ['/usr/bin/sh', '/usr/bin/sh 0'],
    ['/bin', '/usr/bin 1'],
    ['/abs', '/usr/bin/sh 1'],
    ['/through', '/usr/bin/sh 2'],
    ['/again', '/usr/bin/sh 3'],
    ['/up', '/usr/bin 1'],
    ['/folder', '/usr 1'],
    ['/hard', '/usr/bin 1'],
    ['/here', '/ 1'],
    ['/root', '/ 1'],
    ['/usr/back', '/ 1'],
    ['/file-as-folder', 'dangling 1'],
    ['/file-as-dot', 'dangling 1'],
    ['/below-file', 'dangling 1'],
    ['/gone', 'dangling 1'],
    ['/by-gone', 'dangling 2'],
    ['/self', 'loop 40'],
    ['/a', 'loop 40'],
  ])('%s leads to %s', (path, end) => {
    expect(leads(path)).toBe(end);
  });

  it('may be the 40th in a row, not the 41st', () => {
    const row = Array.from({ length: 41 }, (_, i) => `l${i} -> ${i === 40 ? 'f' : `l${i + 1}`}`);
    const long = treeOf(`f\n${row.join('\n')}`);
    expect(long.follow(at(long, '/l1'))).toEqual({ node: at(long, '/f'), hops: 40 });
    expect(long.follow(at(long, '/l0'))).toEqual({ node: null, hops: 40, reason: 'loop' });
  });

  it('without a target leads nowhere', () => {
    const empty = treeOf([{ name: 'l', type: 'symlink', linkname: '' }]);
    expect(empty.follow(1)).toEqual({ node: null, hops: 1, reason: 'dangling' });
  });
});

describe('hard links', () => {
  it('know each other, also where the first name is gone', () => {
    const tree = treeOf('f (1)\na => f\nb => a\nc -> f\nd => c\nother (1)\nlone => none', '.wh.f');
    const names = (path: string) => tree.hardLinks(at(tree, path)).map((node) => tree.path(node));
    expect(names('/a')).toEqual(['/b']);
    expect(names('/b')).toEqual(['/a']);
    expect(names('/c')).toEqual(['/d']);
    expect(names('/d')).toEqual(['/c']);
    expect(names('/other')).toEqual([]);
    expect(names('/lone')).toEqual([]);
    expect(names('/')).toEqual([]);
    expect([tree.isUnbound(at(tree, '/lone')), tree.isUnbound(at(tree, '/a'))]).toEqual([true, false]);
    expect(tree.kind(at(tree, '/d'))).toBe(SYMLINK);
  });
});

describe('children', () => {
  it('stand in the order of their bytes, and by size', () => {
    const tree = treeOf('b (2)\nB\na/x (5)\né (2)\naa (9)');
    const { start, end } = tree.children(ROOT);
    const names = Array.from({ length: end - start }, (_, i) => tree.name(start + i));
    expect(names).toEqual(['B', 'a', 'aa', 'b', 'é']);
    expect([...tree.childrenBySize(ROOT)].map((node) => tree.name(node))).toEqual(['aa', 'a', 'b', 'é', 'B']);
    expect(tree.child(ROOT, utf8('é'))).toBe(end - 1);
    expect(tree.child(ROOT, utf8('e'))).toBeNull();
  });
});

it('links whose ways are too long lead nowhere, at once', () => {
  const up = (times: number, to: string) => '../'.repeat(times) + to;
  const links = Array.from({ length: 40 }, (_, i) => ({
    name: `l${i}`,
    type: 'symlink' as const,
    linkname: i === 39 ? '/' : up(1300, `l${i + 1}`),
  }));
  const tree = treeOf([
    ...links,
    { name: 'long', type: 'symlink', linkname: up(1400, 'l39') },
    { name: 'fits', type: 'symlink', linkname: up(1300, 'l39') },
    // A folder in place of what cannot be followed.
    { name: 'long/file', content: 'x' },
  ]);
  expect(tree.follow(tree.find('/l0')!)).toMatchObject({ node: null, reason: 'loop' });
  expect(tree.follow(tree.find('/l38')!).node).toBe(0);
  expect(tree.follow(tree.find('/fits')!).node).toBe(0);
  expect(tree.find('/long/file')).not.toBeNull();
});
