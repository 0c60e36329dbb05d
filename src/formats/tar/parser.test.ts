import { describe, expect, it } from 'vitest';
import { concat, readable, toHex, utf8, type Bytes } from '../../base/bytes.ts';
import type { Failure } from '../../base/problem.ts';
import { inPieces } from '../../testing/in-pieces.ts';
import { readTar, type TarReading } from '../../testing/read-tar.ts';
import { tarOf, type TestEntry } from '../../testing/tar-of.ts';
import type { TarEntry } from './entry.ts';
import { MAX_EXTENSION, MAX_PATH, TarParser } from './parser.ts';
import { MAX_GLOBAL_RECORDS } from './pax.ts';
import { MAX_EXTENTS } from './sparse.ts';

function failureOf(tar: Bytes): Failure | null {
  return readTar([tar]).failure;
}

/** One line an entry: what differs from an empty root-owned one of 1970. */
function draw({ entries, data, failure }: TarReading): string {
  const lines = entries.map((entry, i) => {
    const { type, name, linkname, mode, uid, gid, uname, gname, size, sparse } = entry;
    const parts = [type, mode.toString(8).padStart(4, '0'), `${uid}/${gid}`, readable(name)];
    if (linkname.length > 0) parts.push(`-> ${readable(linkname)}`);
    if (uname !== '' || gname !== '') parts.push(`${uname}:${gname}`);
    if (entry.mtime !== 0 || entry.mtimeNanos !== 0) parts.push(`@${entry.mtime}+${entry.mtimeNanos}ns`);
    if (type === '3' || type === '4') parts.push(`${entry.devmajor},${entry.devminor}`);
    parts.push(`[${entry.headerOffset} ${entry.dataOffset}]`);
    if (size > 0) parts.push(`${size} bytes`);
    if (sparse !== null) parts.push(`at ${sparse.map((e) => `${e.offset}+${e.length}`).join(' ')}`);
    if (data[i]!.length > 0) parts.push(JSON.stringify(readable(data[i]!)));
    for (const [key, value] of entry.records) parts.push(`${key}=${readable(value)}`);
    return parts.join(' ');
  });
  if (failure !== null) lines.push(JSON.stringify(failure));
  return `\n${lines.join('\n')}\n`;
}

const SPARSE_0_0 = { 'GNU.sparse.size': '20', 'GNU.sparse.numblocks': '2', 'GNU.sparse.map': '0,4,10,4' };

describe('dialects', () => {
  it('reads names and numbers wherever a dialect puts them', () => {
    const long = `${'d'.repeat(60)}/${'e'.repeat(60)}`;
    const tar = tarOf([
      { name: 'dir/', type: 'dir', dialect: 'v7' },
      { name: long, dialect: 'ustar', content: 'one' },
      { name: long, dialect: 'gnu', type: 'symlink', linkname: long, uid: -2, mtime: -5 },
      {
        name: long,
        dialect: 'pax',
        type: 'hardlink',
        linkname: 'x',
        gid: 2 ** 40,
        mtime: -2,
        mtimeNanos: 5e8,
      },
      { name: 'contiguous', type: '7', content: 'two' },
      { name: 'volume', type: 'V' },
    ]);
    expect(draw(readTar([tar])).replaceAll(long, 'LONG')).toBe(`
5 0755 0/0 dir/ [0 512]
0 0644 0/0 LONG [512 1024] 3 bytes "one"
2 0777 -2/0 LONG -> LONG @-5+0ns [1536 4096]
1 0644 0/1099511627776 LONG -> x @-2+500000000ns [4096 5632] path=LONG gid=1099511627776 mtime=-1.5
0 0644 0/0 contiguous [5632 6144] 3 bytes "two"
V 0644 0/0 volume [6656 7168]
`);
  });

  it('puts global records into force until they are overruled or deleted', () => {
    const tar = tarOf([
      { name: 'a', globalPax: { uname: 'all', comment: 'c', 'GNU.sparse.map': '0,1' } },
      { name: 'b', pax: { uname: 'own' } },
      { name: 'c', pax: { comment: '', 'SCHILY.xattr.user.empty': '' }, uname: 'header' },
      { name: 'd', globalPax: { uname: '' }, uname: 'header' },
    ]);
    expect(draw(readTar([tar]))).toBe(`
0 0644 0/0 a all: [1024 1536] uname=all comment=c
0 0644 0/0 b own: [1536 3072] uname=own comment=c
0 0644 0/0 c all: [3072 4608] uname=all SCHILY.xattr.user.empty=
0 0644 0/0 d header: [5632 6144] comment=c
`);
  });

  it('reads every sparse format', () => {
    const name = { 'GNU.sparse.name': 'real' };
    const octal = (value: number) => utf8(value.toString(8).padStart(11, '0'));
    const extension = new Uint8Array(512);
    extension.set(octal(30), 0);
    extension.set(octal(2), 12);
    const tar = tarOf([
      { name: 'x', content: '12345678', pax: { ...SPARSE_0_0, ...name } },
      {
        name: 'x',
        content: '2\n0\n4\n600\n2\n'.padEnd(512, '\0') + '123456',
        pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '700', ...name },
      },
      {
        name: 'old',
        type: 'S',
        dialect: 'gnu',
        // The extension block is no part of the size.
        content: concat([extension, utf8('123456')]),
        size: 6,
        header: (block) => {
          block.set(octal(0), 386);
          block.set(octal(4), 398);
          block[482] = 1;
          block.set(octal(40), 483);
        },
      },
      { name: 'next' },
    ]);
    const drawn = draw(readTar([tar])).replace(/ GNU\.sparse\S+/g, '');
    expect(drawn).toBe(`
0 0644 0/0 real [0 1536] 20 bytes at 0+4 10+4 "12345678"
0 0644 0/0 real [2048 4096] 700 bytes at 0+4 600+2 "123456"
0 0644 0/0 old [4608 5632] 40 bytes at 0+4 30+2 "123456"
0 0644 0/0 next [6144 6656]
`);
    for (const size of [1, 3, 511, 700]) expect(readTar(inPieces(tar, size))).toEqual(readTar([tar]));
  });

  it('keeps a name that is no UTF-8', () => {
    const name = Uint8Array.of(0x66, 0xff, 0xfe, 0x2f, 0x80);
    const entries = (['ustar', 'pax', 'gnu'] as const).map((dialect) => ({ name, dialect }));
    const longer = concat([new Uint8Array(200).fill(0x61), name]);
    const long = (['pax', 'gnu'] as const).map((dialect) => ({ name: longer, dialect }));
    const names = readTar([tarOf([...entries, ...long])]).entries.map((entry) => toHex(entry.name));
    expect(names).toEqual([name, name, name, longer, longer].map(toHex));
  });

  it('takes a checksum of signed bytes', () => {
    const name = Uint8Array.of(0xe4);
    const tar = tarOf([
      {
        name,
        damage: (block) => {
          let sum = 8 * 0x20;
          block.forEach((byte, i) => (sum += i >= 148 && i < 156 ? 0 : (byte << 24) >> 24));
          block.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
        },
      },
    ]);
    expect(readTar([tar]).entries.length).toBe(1);
  });

  it('keeps nothing of a chunk, be it a Buffer', () => {
    const tar = tarOf([{ name: 'name', linkname: 'link', pax: { key: 'value' }, type: 'symlink' }]);
    const entries: TarEntry[] = [];
    const chunk = Buffer.from(tar);
    const parser = new TarParser((entry) => entries.push(entry));
    parser.push(chunk);
    chunk.fill(0);
    expect(entries).toEqual(readTar([tar]).entries);
  });

  it('counts whatever follows the end', () => {
    const tar = tarOf([{ name: 'a' }]);
    const parser = new TarParser(() => {});
    parser.push(tar);
    parser.push(utf8('no tar at all'));
    parser.end();
    expect(parser.offset).toBe(tar.length + 13);
  });
});

describe('what cannot be is a failure that says where', () => {
  const good: TestEntry = { name: 'good' };
  const malformed = (reason: string, offset: number) => ({
    code: 'malformed',
    format: 'tar',
    reason,
    offset,
  });
  const field = (at: number, text: string): TestEntry => ({
    name: 'x',
    header: (b) => b.set(utf8(text), at),
  });
  const sparse = (records: Record<string, string>, content = 'x'.repeat(40)): TestEntry => ({
    name: 'x',
    content,
    pax: { ...SPARSE_0_0, ...records },
  });

  it.each<[string, TestEntry, string, number]>([
    ['checksum', { name: 'x', damage: (b) => (b[0] = 0x79) }, 'header checksum', 512],
    ['uid', field(108, '12x'), 'number in uid', 512],
    ['mtime', field(136, '-1'), 'number in mtime', 512],
    ['negative size', { name: 'x', dialect: 'gnu', size: -1 }, 'negative size', 512],
    ['2^60 bytes', { name: 'x', dialect: 'gnu', size: 2 ** 60 }, 'number in size', 512],
    ['offsets past 2^53', { name: 'x', dialect: 'gnu', size: 2 ** 53 - 1 }, 'size past all offsets', 512],
    ['negative PAX size', { name: 'x', pax: { size: '-1' } }, 'negative size', 1536],
    ['PAX size', { name: 'x', pax: { size: '1e3' } }, 'number in PAX size', 1536],
    ['PAX mtime', { name: 'x', pax: { mtime: '.5' } }, 'number in PAX mtime', 1536],
    ['NUL in a path', { name: 'x', pax: { path: 'a\0b' } }, 'NUL in PAX path', 1024],
    ['record length', { name: 'x', type: 'x', content: '99 a=b\n' }, 'PAX record length', 1024],
    ['second record', { name: 'x', type: 'x', content: '6 a=b\n7 a=b\n' }, 'PAX record length', 1030],
    ['record end', { name: 'x', type: 'x', content: '6 a=bc\n' }, 'PAX record without newline', 1024],
    ['record equals', { name: 'x', type: 'x', content: '6 abc\n' }, 'PAX record without "="', 1024],
    ['record key', { name: 'x', type: 'x', content: '5 =b\n' }, 'PAX key', 1024],
    ['map order', sparse({ 'GNU.sparse.map': '10,4,0,4' }), 'sparse map out of order', 512],
    ['map overlap', sparse({ 'GNU.sparse.map': '0,4,3,4' }), 'sparse map out of order', 512],
    ['map past size', sparse({ 'GNU.sparse.map': '0,4,18,4' }), 'sparse map past the size', 512],
    ['map past data', sparse({}, '1234567'), 'sparse map past the data', 512],
    ['map count', sparse({ 'GNU.sparse.numblocks': '3' }), 'sparse map', 512],
    ['map of a directory', { ...sparse({}, ''), type: 'dir' }, 'sparse map without data', 1536],
    ['star sparse', { name: 'x', type: 'S' }, 'sparse size', 512],
  ])('%s', (_, entry, reason, offset) => {
    const tar = tarOf([good, entry]);
    expect(failureOf(tar)).toEqual(malformed(reason, offset));
    for (const size of [1, 500, 513]) expect(readTar(inPieces(tar, size))).toEqual(readTar([tar]));
  });

  it('a lone block of zeros', () => {
    const tar = concat([tarOf([good], { trailer: 1 }), tarOf([good])]);
    expect(failureOf(tar)).toEqual(malformed('lone block of zeros', 1024));
  });

  it('fails the same ever after', () => {
    const parser = new TarParser(() => {});
    const bad = new Uint8Array(512).fill(1);
    expect(() => parser.push(bad)).toThrow('header checksum');
    expect(() => parser.push(tarOf([good]))).toThrow('header checksum');
    expect(() => parser.end()).toThrow('header checksum');
  });

  it.each<[string, TestEntry, Failure]>([
    [
      'a PAX header by its claim',
      { name: 'x', type: 'x', size: MAX_EXTENSION + 1 },
      too('tar extension header', MAX_EXTENSION, MAX_EXTENSION + 1, 512),
    ],
    [
      'a long name by its claim',
      { name: 'x', type: 'L', dialect: 'gnu', size: 2 ** 40 },
      too('tar extension header', MAX_EXTENSION, 2 ** 40, 512),
    ],
    [
      'a path',
      { name: 'p'.repeat(MAX_PATH + 1) },
      too('tar path', MAX_PATH, MAX_PATH + 1, 512 + 512 + 66_048),
    ],
    [
      'global records',
      { name: 'x', globalPax: { comment: 'c'.repeat(MAX_GLOBAL_RECORDS) } },
      too('tar global records', MAX_GLOBAL_RECORDS, MAX_GLOBAL_RECORDS + 7, 1024),
    ],
    [
      'extents by their claim',
      sparse({ 'GNU.sparse.numblocks': String(MAX_EXTENTS + 1) }),
      too('tar sparse extents', MAX_EXTENTS, MAX_EXTENTS + 1, 512),
    ],
  ])('%s past its limit', (_, entry, failure) => {
    expect(failureOf(tarOf([good, entry]))).toEqual(failure);
  });

  it('a path of the longest length is read', () => {
    const names = readTar([tarOf([{ name: 'p'.repeat(MAX_PATH) }])]).entries.map(
      (entry) => entry.name.length,
    );
    expect(names).toEqual([MAX_PATH]);
  });
});

function too(what: string, limit: number, actual: number, offset: number): Failure {
  return { code: 'too-large', what, limit, actual, offset };
}
