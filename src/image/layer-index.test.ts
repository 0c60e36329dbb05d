import { describe, expect, it } from 'vitest';
import { equalBytes, readable, utf8, type Bytes } from '../base/bytes.ts';
import type { TarEntry } from '../formats/tar/entry.ts';
import { TarParser } from '../formats/tar/parser.ts';
import { Random } from '../testing/random.ts';
import { tarOf, type TestEntry } from '../testing/tar-of.ts';
import { layerOf } from '../testing/tree-of.ts';
import { LayerIndexBuilder } from './layer-index-builder.ts';
import { FILE, recordsOf, sparseOf, xattrsOf, type LayerIndex } from './layer-index.ts';

const FACTS = { compression: 'gzip', unpackedSize: 99 } as const;

function entry(facts: Partial<TarEntry>): TarEntry {
  return {
    type: '0',
    name: utf8('a'),
    linkname: utf8(''),
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    size: 0,
    mtime: 0,
    mtimeNanos: 0,
    devmajor: 0,
    devminor: 0,
    headerOffset: 0,
    dataOffset: 512,
    dataSize: 0,
    sparse: null,
    records: new Map(),
    ...facts,
  };
}

function indexOf(...entries: Partial<TarEntry>[]): LayerIndex {
  const builder = new LayerIndexBuilder();
  for (const facts of entries) builder.add(entry(facts));
  return builder.finish(FACTS);
}

const stretch = (pool: Bytes, start: number, length: number) =>
  readable(pool.subarray(start, start + length));

describe('a layer index', () => {
  it('gives back what went in, row by row, across every growth of its columns', { timeout: 60_000 }, () => {
    const random = new Random(7);
    const entries: TestEntry[] = Array.from({ length: 2500 }, (_, i) => ({
      name: `${random.next()}/${'n'.repeat(random.below(300))}${i}`,
      type: random.pick(['file', 'dir', 'symlink', 'hardlink', 'char', 'fifo']),
      linkname: 'l'.repeat(random.below(200)),
      mode: random.below(0o10000),
      uid: random.next(),
      mtime: random.next(),
      uname: random.pick(['root', 'www', '']),
      gname: random.pick(['root', 'users']),
    }));
    const read: TarEntry[] = [];
    const parser = new TarParser((found) => read.push(found));
    parser.push(tarOf(entries));
    parser.end();
    const index = layerOf(entries);
    expect(index.count).toBe(2500);
    for (let row = 0; row < index.count; row++) {
      const expected = read[row]!;
      const isLink = expected.type === '1' || expected.type === '2';
      expect({
        name: stretch(index.pool, index.nameStart[row]!, index.nameLength[row]!),
        linkname: stretch(index.pool, index.linkStart[row]!, index.linkLength[row]!),
        type: String(index.type[row]),
        mode: index.mode[row],
        uid: index.uid[row],
        mtime: index.mtime[row],
        owner: index.owners[index.owner[row]!],
        headerOffset: index.headerOffset[row],
        dataOffset: index.dataOffset[row],
        records: recordsOf(index, row).size,
      }).toEqual({
        name: readable(expected.name),
        linkname: isLink ? readable(expected.linkname) : '',
        type: expected.type,
        mode: expected.mode,
        uid: expected.uid,
        mtime: expected.mtime,
        owner: [expected.uname, expected.gname],
        headerOffset: expected.headerOffset,
        dataOffset: expected.dataOffset,
        records: 0,
      });
    }
    expect(index.owners).toHaveLength(6);
  });

  it('holds nothing that is not used', () => {
    const index = indexOf({ name: utf8('abc') }, { name: utf8('de'), type: '2', linkname: utf8('f') });
    expect(readable(index.pool)).toBe('abcdef');
    expect(index.pool.buffer.byteLength).toBe(6);
    expect(index.size.buffer.byteLength).toBe(16);
    expect(index).toMatchObject({ ...FACTS, count: 2, skipped: 0 });
  });

  it('keeps the low twelve bits of a mode, the size of files only, and devices within 32 bits', () => {
    const index = indexOf(
      { mode: 0o104755, size: 5 },
      { type: '5', size: 5 },
      { type: '3', devmajor: 2 ** 40, devminor: -1 },
    );
    expect([...index.mode]).toEqual([0o4755, 0o644, 0o644]);
    expect([...index.size]).toEqual([5, 0, 0]);
    expect([index.devmajor[2], index.devminor[2]]).toEqual([0xffffffff, 0]);
  });

  it('counts entries of unknown types, and has no row for them', () => {
    const index = indexOf({ type: 'V' }, { type: 'D' }, { type: '9' }, { type: '' }, { type: '00' }, {});
    expect([index.count, index.skipped, index.type[0]]).toEqual([1, 5, FILE]);
  });
});

describe('records', () => {
  it('are kept, but for those that are columns', () => {
    const records = new Map([
      ['path', utf8('a')],
      ['mtime', utf8('1.5')],
      ['GNU.sparse.major', utf8('1')],
      ['comment', utf8('hé')],
      ['', utf8('no key')],
      ['__proto__', Uint8Array.of(0, 255)],
    ]);
    const index = indexOf({ records });
    expect(recordsOf(index, 0)).toEqual(
      new Map([
        ['comment', utf8('hé')],
        ['__proto__', Uint8Array.of(0, 255)],
      ]),
    );
  });

  it('that are equal stand in the pool once', () => {
    const records = () => new Map([['SCHILY.xattr.user.a', utf8('value')]]);
    const index = indexOf({ records: records() }, {}, { records: records() });
    expect(index.recordsStart[2]).toBe(index.recordsStart[0]);
    expect(index.recordsLength[1]).toBe(0);
    expect(recordsOf(index, 1)).toEqual(new Map());
    expect(xattrsOf(index, 2)).toEqual(new Map([['user.a', utf8('value')]]));
  });

  it('of a megabyte are kept too', () => {
    const value = new Random(1).bytes(1024 * 1024);
    const kept = recordsOf(indexOf({ records: new Map([['big', value]]) }), 0).get('big')!;
    expect(equalBytes(kept, value)).toBe(true);
  });

  it('are copies: changing one changes nothing', () => {
    const index = indexOf({ records: new Map([['k', utf8('v')]]) });
    recordsOf(index, 0).get('k')!.fill(0);
    expect(recordsOf(index, 0).get('k')).toEqual(utf8('v'));
  });
});

describe('extended attributes', () => {
  it('are read from both dialects, the plain one first', () => {
    const index = indexOf({
      records: new Map([
        ['LIBARCHIVE.xattr.user.a%20b%3D', utf8('AP8')],
        ['LIBARCHIVE.xattr.user.both', utf8('AAAA')],
        ['SCHILY.xattr.user.both', utf8('plain')],
        ['LIBARCHIVE.xattr.user.%zz', utf8('AQ==')],
        ['LIBARCHIVE.xattr.user.bad', utf8('*')],
        ['SCHILY.acl.access', utf8('user::rwx')],
      ]),
    });
    expect(xattrsOf(index, 0)).toEqual(
      new Map([
        ['user.a b=', Uint8Array.of(0, 255)],
        ['user.both', utf8('plain')],
        ['user.%zz', Uint8Array.of(1)],
      ]),
    );
  });
});

describe('sparse maps', () => {
  it('come back as they were, beside records, and are none of them', () => {
    const sparse = [
      { offset: 0, length: 512 },
      { offset: 2 ** 43, length: 7 },
    ];
    const index = indexOf({ sparse, records: new Map([['k', utf8('v')]]) }, { sparse: [] }, {});
    expect(sparseOf(index, 0)).toEqual(sparse);
    expect(recordsOf(index, 0)).toEqual(new Map([['k', utf8('v')]]));
    expect(sparseOf(index, 1)).toEqual([]);
    expect(sparseOf(index, 2)).toBeNull();
  });
});

describe('owners of a layer', () => {
  it('are bounded, together and not one by one', () => {
    const builder = new LayerIndexBuilder();
    const long = 'o'.repeat(1024 * 1024);
    const fill = () => {
      for (let i = 0; i < 100; i++) builder.add(entry({ uname: `${i}${long}` }));
    };
    expect(fill).toThrow('too-large {"what":"owners of a layer"');
    expect(builder.count).toBeLessThan(64);
  });

  it('may be many', () => {
    const builder = new LayerIndexBuilder();
    for (let i = 0; i < 200_000; i++) builder.add(entry({ uname: `user-${i}`, gname: 'users' }));
    expect(builder.finish(FACTS).owners[199_999]).toEqual(['user-199999', 'users']);
  });
});
