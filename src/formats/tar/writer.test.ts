/** What is written is read back: by our reader, and onto a disk by GNU tar. A failing test names its seed. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concat, toHex, utf8, type Bytes } from '../../base/bytes.ts';
import { inRandomPieces } from '../../testing/in-pieces.ts';
import { Random } from '../../testing/random.ts';
import { readTar } from '../../testing/read-tar.ts';
import type { SparseExtent } from './entry.ts';
import { blockExtents, END_OF_TAR, heldBytes, paddingOf, writeHeader, type EntryFacts } from './writer.ts';

const PLAIN: EntryFacts = {
  type: '0',
  name: utf8('name'),
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
  sparse: null,
  records: new Map(),
};

interface Written {
  readonly facts: EntryFacts;
  readonly data: Bytes;
}

function tarOfWritten(written: readonly Written[]): Bytes {
  return concat([
    ...written.flatMap(({ facts, data }) => [writeHeader(facts), data, paddingOf(data.length)]),
    END_OF_TAR,
  ]);
}

/** Bytes of any kind but NUL, with slashes; neither empty parts nor dots. */
function drawName(random: Random, longest: number): Bytes {
  const length = 1 + random.below(random.pick([8, 99, 101, 256, longest]));
  const from = random.pick([
    [0x61, 0x7a],
    [0x20, 0x7e],
    [0x01, 0xff],
  ] as const);
  const name = Uint8Array.from({ length: Math.min(length, longest) }, (_, i) => {
    const byte = i % 40 === 39 ? 0x2f : random.between(from[0], from[1]);
    return byte === 0x2e ? 0x61 : byte;
  });
  for (let i = 0; i < name.length; i++) {
    const isAtAnEnd = i === 0 || i === name.length - 1 || name[i - 1] === 0x2f;
    if (name[i] === 0x2f && isAtAnEnd) name[i] = 0x62;
  }
  return name;
}

function drawSparse(random: Random): { size: number; sparse: SparseExtent[] } {
  const sparse: SparseExtent[] = [];
  let at = random.below(3) * 5000;
  for (let i = random.pick([0, 1, 3, 80]); i > 0; i--) {
    const length = 1 + random.below(900);
    sparse.push({ offset: at, length });
    at += length + 1 + random.below(100_000);
  }
  const last = sparse.at(-1);
  const end = last === undefined ? 0 : last.offset + last.length;
  const size = random.oneIn(2) ? end : at;
  return { size, sparse: blockExtents(sparse, size) };
}

function draw(random: Random): Written {
  const type = random.pick(['0', '0', '0', '1', '2', '3', '4', '5', '6']);
  const isLink = type === '1' || type === '2';
  const isDevice = type === '3' || type === '4';
  const records = new Map<string, Bytes>();
  if (random.oneIn(3)) records.set('SCHILY.xattr.security.capability', random.bytes(20));
  if (random.oneIn(3)) records.set('SCHILY.xattr.user.☺', random.bytes(random.pick([0, 1, 90, 984, 9984])));
  const sparse = type === '0' && random.oneIn(4) ? drawSparse(random) : null;
  const size = sparse?.size ?? (type === '0' ? random.pick([0, 1, 511, 512, 513, 3000]) : 0);
  const name = drawName(random, 1000);
  const facts = {
    type,
    name: type === '5' ? concat([name, utf8('/')]) : name,
    linkname: isLink ? drawName(random, 1000) : utf8(''),
    mode: random.below(0o10000),
    uid: random.pick([0, 1000, 2 ** 21 - 1, 2 ** 21, 2 ** 32 - 1, 2 ** 40, -2]),
    gid: random.pick([0, 1000, 2 ** 21 - 1, 2 ** 21, 2 ** 32 - 1]),
    uname: random.pick(['', 'root', 'ä', 'o'.repeat(31), 'o'.repeat(32), 'o'.repeat(300)]),
    gname: random.pick(['', 'root', 'ä', 'o'.repeat(31), 'o'.repeat(32)]),
    size,
    mtime: random.pick([0, 1_700_000_000, -1, -270_000_000, 8 ** 11 - 1, 8 ** 11, 2 ** 40, -(2 ** 40)]),
    mtimeNanos: random.pick([0, 0, 1, 500_000_000, 999_999_999, random.below(1_000_000_000)]),
    devmajor: isDevice ? random.pick([0, 1, 4095, 2 ** 21, 2 ** 32 - 1]) : 0,
    devminor: isDevice ? random.pick([0, 3, 70_000, 2 ** 21 - 1, 2 ** 32 - 1]) : 0,
    sparse: sparse?.sparse ?? null,
    records,
  };
  return { facts, data: random.bytes(sparse === null ? size : heldBytes(sparse.sparse)) };
}

/** As text, which compares fast: without where it stood, and without the records that the writer made of the fields. */
function drawn(facts: EntryFacts): string {
  const records = [...facts.records].filter(([key]) => key.startsWith('SCHILY'));
  return JSON.stringify({
    ...facts,
    headerOffset: undefined,
    dataOffset: undefined,
    dataSize: undefined,
    name: toHex(facts.name),
    linkname: toHex(facts.linkname),
    records: records.map(([key, value]) => [key, toHex(value)]),
  });
}

const sorted = (text: string) => Object.entries(JSON.parse(text) as object).sort();

describe('the tar writer', () => {
  const seeds = Array.from({ length: 80 }, (_, i) => i + 1);

  it.each(seeds)('is read back by the parser (seed %i)', (seed) => {
    const random = new Random(seed);
    const written = Array.from({ length: 1 + random.below(20) }, () => draw(random));
    const tar = tarOfWritten(written);
    expect(tar.length % 512).toBe(0);
    const { entries, data, failure } = readTar(inRandomPieces(tar, random));
    expect(failure).toBe(null);
    expect(entries.map(drawn).map(sorted)).toEqual(written.map(({ facts }) => sorted(drawn(facts))));
    expect(data.map(toHex)).toEqual(written.map(({ data }) => toHex(data)));
  });

  it('counts the digits of the length of a record where they grow', () => {
    for (let length = 0; length < 1100; length++) {
      const records = new Map([['k', new Uint8Array(length).fill(0x61)]]);
      const { entries, failure } = readTar([writeHeader({ ...PLAIN, records }), END_OF_TAR]);
      expect([failure, entries[0]?.records.get('k')?.length]).toEqual([
        null,
        length === 0 ? undefined : length,
      ]);
    }
  });

  it('widens the extents of a sparse file to blocks', () => {
    const widened = (extents: [number, number][], size: number) =>
      blockExtents(
        extents.map(([offset, length]) => ({ offset, length })),
        size,
      ).map(({ offset, length }) => [offset, length]);
    expect(widened([], 10)).toEqual([]);
    expect(widened([[5, 5]], 10)).toEqual([[0, 10]]);
    expect(widened([[5, 5]], 1000)).toEqual([[0, 512]]);
    expect(
      widened(
        [
          [0, 512],
          [1024, 512],
        ],
        9999,
      ),
    ).toEqual([
      [0, 512],
      [1024, 512],
    ]);
    expect(
      widened(
        [
          [0, 5],
          [600, 1],
          [1023, 2],
        ],
        1030,
      ),
    ).toEqual([[0, 1030]]);
  });

  it('needs no record for a path that a slash cuts into what ustar holds', () => {
    const fits = `${'d'.repeat(155)}/${'f'.repeat(100)}`;
    expect(writeHeader({ ...PLAIN, name: utf8(fits) }).length).toBe(512);
    for (const name of [fits, `${fits}f`, `d${fits}`, `/${'f'.repeat(100)}`, `${'d'.repeat(100)}/`]) {
      const { entries } = readTar([writeHeader({ ...PLAIN, name: utf8(name) })]);
      expect(Buffer.from(entries[0]!.name).toString()).toBe(name);
    }
  });

  it('is extracted by GNU tar: names, modes, times, links, holes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-writer-'));
    try {
      const random = new Random(7);
      const names = Array.from({ length: 60 }, (_, i) => concat([utf8(`${i}-`), drawName(random, 900)]));
      const written = names.flatMap((name, i): Written[] => {
        const facts = {
          ...PLAIN,
          name,
          mode: 0o400 | random.below(0o1000),
          mtime: 1_700_000_000 + i,
          mtimeNanos: i * 7,
        };
        const sparse = i % 3 === 0 ? drawSparse(random) : null;
        const data = random.bytes(sparse === null ? random.below(2000) : heldBytes(sparse.sparse));
        const size = sparse?.size ?? data.length;
        const link = { ...facts, name: concat([name, utf8('-hard')]), type: '1', linkname: name };
        const soft = {
          ...facts,
          name: concat([name, utf8('-soft')]),
          type: '2',
          linkname: drawName(random, 300),
        };
        return [
          { facts: { ...facts, size, sparse: sparse?.sparse ?? null }, data },
          { facts: link, data: utf8('') },
          { facts: soft, data: utf8('') },
        ];
      });
      const file = join(folder, 'x.tar');
      writeFileSync(file, tarOfWritten(written));
      const said = execFileSync('tar', ['-xPpf', file, '-C', folder], { encoding: 'utf8', stdio: 'pipe' });
      expect(said).toBe('');
      for (const { facts, data } of written) {
        const path = Buffer.concat([Buffer.from(`${folder}/`), facts.name]);
        const stat = lstatSync(path, { bigint: true });
        if (facts.type === '2') {
          expect(Buffer.compare(readlinkSync(path, { encoding: 'buffer' }), facts.linkname)).toBe(0);
          continue;
        }
        expect(Number(stat.mode & 0o7777n)).toBe(facts.mode);
        expect(stat.mtimeNs).toBe(BigInt(facts.mtime) * 1_000_000_000n + BigInt(facts.mtimeNanos));
        expect(stat.nlink).toBe(2n);
        if (facts.type === '1') continue;
        const expanded = new Uint8Array(facts.size);
        let held = 0;
        for (const { offset, length } of facts.sparse ?? [{ offset: 0, length: data.length }]) {
          expanded.set(data.subarray(held, held + length), offset);
          held += length;
        }
        expect(Buffer.compare(readFileSync(path), expanded)).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
