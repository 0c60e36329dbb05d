import { describe, expect, it } from 'vitest';
import { compareBytes, fromBase64, toBase64, utf8 } from '../base/bytes.ts';
import { Random } from '../testing/random.ts';
import type { TestEntry } from '../testing/tar-of.ts';
import { treeOf } from '../testing/tree-of.ts';
import { type FileTree } from './file-tree.ts';
import { ROOT } from './tree-columns.ts';
import { writeListing, type ListingLine } from './listing.ts';

const textOf = (tree: FileTree) => [...writeListing(tree)].map(({ text }) => text).join('');

const linesOf = (tree: FileTree) =>
  textOf(tree)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ListingLine);

const listed = (...layers: (string | TestEntry[])[]) => linesOf(treeOf(...layers));

describe('the listing', () => {
  it('has a line for each entry, its keys in the order of the documentation', () => {
    const tree = treeOf(
      [
        { name: 'usr/bin/ping', content: 'x'.repeat(12), mode: 0o4755, uid: 1, gid: 2, mtime: 1675677600 },
        { name: 'usr/bin/p', type: 'hardlink', linkname: './usr//bin/ping' },
        { name: 'bin', type: 'symlink', linkname: 'usr/bin', mtime: 1 },
      ],
      [
        { name: 'dev/tty', type: 'char', devmajor: 5, devminor: 1, mode: 0o620 },
        { name: 'run/f', type: 'fifo', mtime: -1 },
      ],
    );
    expect(textOf(tree)).toBe(
      [
        '{"path":"/bin","type":"symlink","mode":"0777","uid":0,"gid":0,"mtime":"1970-01-01T00:00:01Z","linkname":"usr/bin","layer":0}',
        '{"path":"/dev","type":"dir","mode":"0755","uid":0,"gid":0}',
        '{"path":"/dev/tty","type":"char","mode":"0620","uid":0,"gid":0,"mtime":"1970-01-01T00:00:00Z","devmajor":5,"devminor":1,"layer":1}',
        '{"path":"/run","type":"dir","mode":"0755","uid":0,"gid":0}',
        '{"path":"/run/f","type":"fifo","mode":"0644","uid":0,"gid":0,"mtime":"1969-12-31T23:59:59Z","layer":1}',
        '{"path":"/usr","type":"dir","mode":"0755","uid":0,"gid":0}',
        '{"path":"/usr/bin","type":"dir","mode":"0755","uid":0,"gid":0}',
        '{"path":"/usr/bin/p","type":"hardlink","mode":"4755","uid":1,"gid":2,"size":12,"mtime":"2023-02-06T10:00:00Z","linkname":"/usr/bin/ping","layer":0}',
        '{"path":"/usr/bin/ping","type":"file","mode":"4755","uid":1,"gid":2,"size":12,"mtime":"2023-02-06T10:00:00Z","layer":0}',
        '',
      ].join('\n'),
    );
  });

  it('has the root only where a layer has it', () => {
    expect(listed('a').map(({ path }) => path)).toEqual(['/a']);
    expect(listed('./\na')[0]).toMatchObject({ path: '/', type: 'dir', layer: 0 });
    expect(listed('').length).toBe(0);
  });

  it('is in the order of whole paths, which is not that of the walk', () => {
    expect(listed('a/\na/c\na-b\na-b.d/\na-b.d/x\na0\na.d/e').map(({ path }) => path)).toEqual([
      '/a',
      '/a-b',
      '/a-b.d',
      '/a-b.d/x',
      '/a.d',
      '/a.d/e',
      '/a/c',
      '/a0',
    ]);
  });

  it('is in that order on random trees', { timeout: 60_000 }, () => {
    const names = ['a', 'a-', 'a-.', 'a.', 'a0', '-', '!', 'b', 'aa', 'a--', 'é', 'a\u{1F600}'];
    let outOfWalk = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const tree = treeOf(
        Array.from({ length: random.between(1, 60) }, () => ({
          name: Array.from({ length: random.between(1, 5) }, () => random.pick(names)).join('/'),
        })),
      );
      const walked: Uint8Array[] = [];
      const walk = (node: number): void => {
        if (node !== ROOT) walked.push(tree.pathBytes(node));
        const { start, end } = tree.children(node);
        for (let child = start; child < end; child++) walk(child);
      };
      walk(ROOT);
      const sorted = [...walked].sort(compareBytes).map(toBase64);
      if (String(sorted) !== String(walked.map(toBase64))) outOfWalk++;
      expect(
        linesOf(tree).map(({ path }) => toBase64(utf8(path))),
        `seed ${seed}`,
      ).toEqual(sorted);
    }
    expect(outOfWalk).toBeGreaterThan(60);
  });

  it('gives names that are not UTF-8 as bytes too, also below them', () => {
    const name = Uint8Array.of(0x64, 0xff, 0x2f, 0x66);
    const [folder, file] = listed([{ name }]);
    expect(folder).toMatchObject({ path: '/d\ufffd', pathBytes: toBase64(Uint8Array.of(0x2f, 0x64, 0xff)) });
    expect(file!.path).toBe('/d\ufffd/f');
    expect(fromBase64(file!.pathBytes!)).toEqual(Uint8Array.of(0x2f, ...name));
    expect(listed('é')[0]).not.toHaveProperty('pathBytes');
  });

  it('has all extended attributes, whatever their name', () => {
    const value = Uint8Array.of(1, 0, 0, 2, 0xff, 0);
    const [line] = listed([
      {
        name: 'ping',
        pax: { 'SCHILY.xattr.security.capability': value, 'SCHILY.xattr.__proto__': 'x', comment: 'no' },
      },
    ]);
    expect(Object.entries(line!.xattrs!)).toEqual([
      ['security.capability', toBase64(value)],
      ['__proto__', toBase64(utf8('x'))],
    ]);
  });

  it('writes years of any length, and leaves out what no calendar reaches', () => {
    const of = (mtime: number) => listed([{ name: 'a', mtime }])[0]!.mtime;
    expect(of(253402300799)).toBe('9999-12-31T23:59:59Z');
    expect(of(253402300800)).toBe('+010000-01-01T00:00:00Z');
    expect(of(-62167219201)).toBe('-000001-12-31T23:59:59Z');
    expect(of(8.64e12)).toBe('+275760-09-13T00:00:00Z');
    expect(of(8.64e12 + 1)).toBeUndefined();
  });

  it('comes in pieces of whole lines', () => {
    const names = Array.from({ length: 3000 }, (_, i) => ({ name: `file-${i}` }));
    const pieces = [...writeListing(treeOf(names))];
    expect(pieces.length).toBeGreaterThan(2);
    for (const { text, lines } of pieces) {
      expect(text.endsWith('}\n')).toBe(true);
      expect(text.length).toBeLessThan(80 * 1024);
      expect(text.split('\n')).toHaveLength(lines + 1);
    }
    expect(pieces.reduce((sum, { lines }) => sum + lines, 0)).toBe(3000);
  });

  it('keeps its feet in a folder of folders of folders', () => {
    const deep = 'd/'.repeat(2_000);
    const lines = listed([{ name: `${deep}f` }]);
    expect(lines).toHaveLength(2_001);
    expect(lines.at(-1)!.path).toBe(`/${deep}f`);
  });
});
