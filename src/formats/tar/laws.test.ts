/** What holds of every tar, over drawn ones. A failing test names the seed that draws its tar again. */
import { describe, expect, it } from 'vitest';
import { readable, toHex, utf8 } from '../../base/bytes.ts';
import { inPieces, inRandomPieces } from '../../testing/in-pieces.ts';
import { Random } from '../../testing/random.ts';
import { readTar } from '../../testing/read-tar.ts';
import { setChecksum, tarOf, type TestEntry } from '../../testing/tar-of.ts';

const LETTERS = ['a', 'b', 'usr', 'share', 'ä', '☺', ' ', '=', '\n', '.wh.x', '..'];

function drawName(random: Random, longest: number): string {
  let name = random.pick(LETTERS);
  const parts = random.oneIn(4) ? random.below(60) : random.below(5);
  for (let i = 0; i < parts; i++) name += random.pick(['/', '', '-']) + random.pick(LETTERS);
  const bytes = [...name];
  while (utf8(bytes.join('')).length > longest) bytes.pop();
  // A trailing slash makes a v7 file a directory.
  return bytes.join('').replace(/\/$/, '.') || 'x';
}

const TYPES = ['file', 'file', 'file', 'dir', 'symlink', 'hardlink', 'char', 'block', 'fifo'] as const;
const FLAGS = { file: '0', hardlink: '1', symlink: '2', char: '3', block: '4', dir: '5', fifo: '6' };

/** An entry that its dialect can say, whole. */
function drawTestEntry(random: Random) {
  const dialect = random.pick(['v7', 'ustar', 'pax', 'gnu'] as const);
  const long = dialect === 'pax' || dialect === 'gnu';
  const v7 = dialect === 'v7';
  const type = v7 ? random.pick(['file', 'symlink', 'hardlink'] as const) : random.pick(TYPES);
  const link = type === 'symlink' || type === 'hardlink';
  const device = type === 'char' || type === 'block';
  const large = long && random.oneIn(4);
  const pax: Record<string, Uint8Array> = {};
  if (dialect === 'pax' && random.oneIn(3)) pax['SCHILY.xattr.security.capability'] = random.bytes(20);
  if (dialect === 'pax' && random.oneIn(3)) pax['SCHILY.xattr.user.☺'] = random.bytes(random.below(3));
  return {
    dialect,
    type,
    name: drawName(random, long ? 1000 : 100),
    linkname: link ? drawName(random, long ? 1000 : 100) : '',
    content: type === 'file' ? random.bytes(random.pick([0, 1, 511, 512, 513, 3000])) : '',
    mode: random.below(0o10000),
    uid: random.below(large ? 2 ** 32 : 2 ** 21),
    gid: random.below(large ? 2 ** 32 : 2 ** 21),
    uname: v7 ? '' : random.pick(['', 'root', 'ä']),
    gname: v7 ? '' : random.pick(['', 'root', 'a-group-whose-name-fills-the-field']).slice(0, 32),
    mtime: large ? random.between(-(2 ** 40), 2 ** 40) : random.below(2 ** 33 - 1),
    mtimeNanos: dialect === 'pax' && random.oneIn(2) ? random.below(1_000_000_000) : 0,
    devmajor: device ? random.below(2 ** 20) : 0,
    devminor: device ? random.below(2 ** 20) : 0,
    pax,
  } satisfies TestEntry;
}

describe('laws over drawn tars', () => {
  const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

  it.each(seeds)('what was written is read again (seed %i)', (seed) => {
    const random = new Random(seed);
    const written = Array.from({ length: 1 + random.below(12) }, () => drawTestEntry(random));
    const { entries, data, failure } = readTar([tarOf(written)]);
    expect(failure).toBe(null);
    expect(data.map(toHex)).toEqual(written.map(({ content }) => toHex(utf8OrBytes(content))));
    const facts = entries.map((entry) => {
      const { headerOffset, dataOffset, dataSize, records, sparse, name, linkname, ...rest } = entry;
      expect([headerOffset % 512, dataOffset % 512, dataSize, sparse]).toEqual([0, 0, entry.size, null]);
      const xattrs = [...records].filter(([key]) => key.startsWith('SCHILY'));
      return {
        ...rest,
        name: readable(name),
        linkname: readable(linkname),
        xattrs: xattrs.map(([key, value]) => [key, toHex(value)]),
      };
    });
    expect(facts).toEqual(
      written.map(({ dialect: _, content, pax, type, ...rest }) => ({
        ...rest,
        type: FLAGS[type],
        size: content.length,
        xattrs: Object.entries(pax).map(([key, value]) => [key, toHex(value)]),
      })),
    );
  });

  it.each(seeds.slice(0, 15))('the answer does not depend on the cuts (seed %i)', (seed) => {
    const random = new Random(seed);
    const tar = tarOf(Array.from({ length: 1 + random.below(5) }, () => drawTestEntry(random)));
    const whole = readTar([tar]);
    for (const size of [1, 2, 5, 99, 511, 512, 513, 1000]) {
      expect(readTar(inPieces(tar, size))).toEqual(whole);
    }
    for (let i = 0; i < 10; i++) expect(readTar(inRandomPieces(tar, random))).toEqual(whole);
  });

  it.each(seeds.slice(0, 15))(
    'a tar cut short gives the same entries, then fails or ends (seed %i)',
    (seed) => {
      const random = new Random(seed);
      const tar = tarOf(Array.from({ length: 1 + random.below(5) }, () => drawTestEntry(random)));
      const whole = readTar([tar]);
      for (let i = 0; i < 30; i++) {
        const length = random.below(tar.length);
        const { entries, failure } = readTar([tar.subarray(0, length)]);
        expect(entries).toEqual(whole.entries.slice(0, entries.length));
        if (failure !== null) {
          expect(failure).toEqual({ code: 'malformed', format: 'tar', reason: 'truncated', offset: length });
        }
      }
    },
  );

  it.each(seeds)('whatever bytes are wrong, it is a failure or it is read (seed %i)', (seed) => {
    const random = new Random(seed);
    const entries: TestEntry[] = Array.from({ length: 6 }, () => drawTestEntry(random));
    const map = '3\n0\n5\n10\n5\n600\n3\n';
    const sparse = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '700' };
    entries.push({ name: 's1', content: map.padEnd(512, '\0') + 'holdingdata!!', pax: sparse });
    entries.push({
      name: 's0',
      content: '12345678',
      pax: { 'GNU.sparse.size': '20', 'GNU.sparse.numblocks': '2', 'GNU.sparse.map': '0,4,10,4' },
    });
    const good = tarOf(entries);
    for (let i = 0; i < 60; i++) {
      const bad = good.slice();
      for (let flips = 1 + random.below(8); flips > 0; flips--)
        bad[random.below(bad.length)] = random.below(256);
      // Past the checksum too, where the interesting mistakes are.
      if (random.oneIn(2)) {
        for (let at = 0; at + 512 <= bad.length; at += 512) {
          if (bad[at + 257] === 0x75 && bad[at + 258] === 0x73) setChecksum(bad.subarray(at, at + 512));
        }
      }
      const whole = readTar([bad]);
      if (i % 10 === 0) expect(readTar(inRandomPieces(bad, random))).toEqual(whole);
      for (const { size, dataSize, sparse } of whole.entries) {
        expect(size >= 0 && dataSize >= 0 && (sparse !== null || size === dataSize)).toBe(true);
      }
    }
  });
});

function utf8OrBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? utf8(content) : content;
}
