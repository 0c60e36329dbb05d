import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, utf8 } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import { corpus, missingCorpus } from '../../testing/corpora.ts';
import { inPieces } from '../../testing/in-pieces.ts';
import { Random } from '../../testing/random.ts';
import { pointBefore, type SeekPointOptions, type SeekPoints } from '../seek-points.ts';
import { resumeUnpacker } from '../unpack.ts';
import { ZstdUnpacker } from './zstd-unpacker.ts';

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly points: SeekPoints;
}

function unzstd(content: Uint8Array, cut = 65_536, options: SeekPointOptions = {}): Unpacked {
  const pieces: Uint8Array[] = [];
  const unpacker = new ZstdUnpacker((bytes) => pieces.push(bytes.slice()), options);
  for (const piece of inPieces(content, cut)) unpacker.push(piece);
  unpacker.end();
  const bytes = concat(pieces);
  expect(unpacker.produced).toBe(bytes.length);
  return { bytes, points: unpacker.seekPoints() };
}

function failureOf(content: Uint8Array, cut?: number): Failure {
  try {
    unzstd(content, cut);
  } catch (error) {
    if (error instanceof Problem) return error.failure;
    throw error;
  }
  throw new Error('it was taken');
}

/** Text-like, noisy, repeated and empty stretches, so that all kinds of blocks, literals and tables come. */
function sample(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = new Random(seed);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const end = Math.min(length, at + random.below(60_000));
    const kind = random.below(10);
    if (kind < 3) for (; at < end; at++) bytes[at] = random.below(256);
    else if (kind < 4) at = end;
    else if (kind < 6 && at > 1000)
      for (let from = random.below(at); at < end; at++) bytes[at] = bytes[from++]!;
    else for (; at < end; at++) bytes[at] = 97 + ((random.below(26) * random.below(26)) >> 5);
  }
  return bytes;
}

/** RFC 8878, section 3.1.1: drawn by hand. */
const le = (length: number, value: number) =>
  Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256);
const MAGIC = le(4, 0xfd2fb528);
const block = (type: number, size: number, isLast: boolean, ...bytes: number[]) => [
  ...le(3, size * 8 + type * 2 + Number(isLast)),
  ...bytes,
];
const raw = (text: string) => block(0, utf8(text).length, true, ...utf8(text));
/** A frame with a window of 1 KiB and no content size. */
const frame = (text: string) => [...MAGIC, 0, 0, ...raw(text)];
const skippable = (...bytes: number[]) => [...le(4, 0x184d2a53), ...le(4, bytes.length), ...bytes];
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('zstd frames, drawn by hand', () => {
  it.each([
    ['one', frame('a'), 'a'],
    ['an empty one', frame(''), ''],
    ['several, an empty one among them', [...frame('a'), ...frame(''), ...frame('b')], 'ab'],
    [
      'skippable ones anywhere',
      [...skippable(1, 2), ...frame('a'), ...skippable(), ...frame('b'), ...skippable(9)],
      'ab',
    ],
    ['nothing but skippable ones', skippable(1, 2, 3), ''],
    ['a run of one byte', [...MAGIC, 0, 0, ...block(1, 5, true, 97)], 'aaaaa'],
    [
      'several blocks',
      [...MAGIC, 0, 0, ...block(0, 1, false, 97), ...block(1, 2, false, 98), ...raw('c')],
      'abbc',
    ],
    ['content size of one byte', [...MAGIC, 0x20, 1, ...raw('a')], 'a'],
    [
      'content size of two, four and eight',
      [
        ...[...MAGIC, 0x40, 0, ...le(2, 0), ...block(1, 256, true, 97)],
        ...[...MAGIC, 0x80, 0, ...le(4, 1), ...raw('b')],
        ...[...MAGIC, 0xc0, 0, ...le(8, 1), ...raw('c')],
      ],
      `${'a'.repeat(256)}bc`,
    ],
    ['dictionary 0, which is none', [...MAGIC, 1, 0, 0, ...raw('a')], 'a'],
    ['a checksum, passed over', [...MAGIC, 4, 0, ...raw('a'), 1, 2, 3, 4, ...frame('b')], 'ab'],
  ])('%s', (_, content, expected) => {
    for (const cut of [1, 2, 5, 1000])
      expect(text(unzstd(Uint8Array.from(content), cut).bytes)).toBe(expected);
  });

  const malformed = (reason: string, offset: number) => ({
    code: 'malformed',
    format: 'zstd',
    reason,
    offset,
  });

  it.each([
    [
      'trailing bytes',
      [...frame('a'), 0, 0, 0, 0],
      malformed('neither the start of a frame nor the end', 10),
    ],
    ['reserved block type', [...MAGIC, 0, 0, ...block(3, 0, true)], malformed('reserved block type', 6)],
    ['reserved header bit', [...MAGIC, 8, 0, ...raw('a')], malformed('reserved bit in the frame header', 4)],
    [
      'block larger than the window',
      [...MAGIC, 0, 0, ...block(1, 1025, true, 0)],
      malformed('block too long', 6),
    ],
    [
      'too much content',
      [...MAGIC, 0x20, 1, ...block(0, 1, false, 97), ...raw('b')],
      malformed('more content than its frame claims', 13),
    ],
    ['too little', [...MAGIC, 0x20, 2, ...raw('b')], malformed('less content than its frame claims', 9)],
    ['an empty compressed block', [...MAGIC, 0, 0, ...block(2, 0, true)], malformed('empty block', 9)],
    [
      'a dictionary',
      [...MAGIC, 1, 0, 7, ...raw('a')],
      { code: 'unsupported', what: 'compression', name: 'zstd with a dictionary' },
    ],
    [
      'a window of 256 MiB',
      [...MAGIC, 0, 18 << 3, ...raw('a')],
      { code: 'too-large', what: 'zstd window', limit: 2 ** 27, actual: 2 ** 28 },
    ],
    [
      'the largest window there is',
      [...MAGIC, 0, 255, ...raw('a')],
      { code: 'too-large', what: 'zstd window', limit: 2 ** 27, actual: 2 ** 41 + 7 * 2 ** 38 },
    ],
    [
      'a whole of 4 GiB in one segment',
      [...MAGIC, 0xe0, ...le(8, 2 ** 32), ...raw('a')],
      { code: 'too-large', what: 'zstd window', limit: 2 ** 27, actual: 2 ** 32 },
    ],
  ])('refuses %s', (_, content, failure) => {
    for (const cut of [1, 4, 1000]) {
      expect(failureOf(Uint8Array.from(content), cut)).toEqual(failure);
    }
  });

  it('cut short anywhere but between frames is malformed, at its end', () => {
    const content = Uint8Array.from([...frame('a'), ...skippable(1, 2), ...frame('b')]);
    const ends = [0, 10, 20];
    for (let length = 0; length < content.length; length++) {
      if (ends.includes(length)) unzstd(content.subarray(0, length));
      else
        expect(failureOf(content.subarray(0, length), 3)).toMatchObject({
          code: 'malformed',
          offset: length,
        });
    }
  });
});

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
if (!hasZstd) console.warn('\n!!! no zstd on this machine: what it compresses was NOT tested\n');
/** Through a pipe: the tool then knows no size, and takes the level's whole window. */
const zstd = (bytes: Uint8Array, ...options: string[]): Uint8Array =>
  new Uint8Array(execFileSync('zstd', ['-q', '-c', ...options], { input: bytes, maxBuffer: 2 ** 30 }));

(hasZstd ? describe : describe.skip)('what the zstd tool (needs zstd in PATH) compresses', () => {
  const plain = sample(3_000_000, 1);
  const SETTINGS = [
    '--fast=5',
    '-1',
    '-3',
    '-9',
    '-19',
    '--ultra -22 --long=27',
    '-T2 -B524288',
    '--no-check',
    '--zstd=wlog=10',
  ];

  it.each(SETTINGS)('%s: gives back what went in, however it is cut', (setting) => {
    const content = zstd(plain, ...setting.split(' '));
    for (const cut of [701, 65_536, content.length]) {
      expect(equalBytes(unzstd(content, cut).bytes, plain)).toBe(true);
    }
  });

  it('byte by byte', () => {
    const short = plain.subarray(0, 200_000);
    expect(equalBytes(unzstd(zstd(short, '-19'), 1).bytes, short)).toBe(true);
  });

  it('short content of all kinds', () => {
    for (let seed = 0; seed < 40; seed++) {
      const short = sample(new Random(seed).below(5000), seed);
      expect(equalBytes(unzstd(zstd(short, seed % 2 ? '-19' : '-1')).bytes, short)).toBe(true);
    }
  });

  it('moves a small window along a long content', () => {
    // 1 KiB of window, 8 MiB of content: it comes to the end of its room again and again.
    const long = sample(8 * 1024 * 1024, 4);
    expect(equalBytes(unzstd(zstd(long, '--zstd=wlog=10')).bytes, long)).toBe(true);
  });

  it('frames are seek points, and 200 random reads from them are the plain bytes', () => {
    const frames = Array.from({ length: 60 }, (_, i) => zstd(plain.subarray(i * 50_000, (i + 1) * 50_000)));
    const content = concat(
      frames.flatMap((each, i) => (i % 7 ? [each] : [Uint8Array.from(skippable(1)), each])),
    );
    const whole = unzstd(content, content.length, { spacing: 120_000 });
    expect(equalBytes(whole.bytes, plain)).toBe(true);
    expect([...whole.points.output]).toEqual(Array.from({ length: 20 }, (_, i) => i * 150_000));
    expect(unzstd(content, 97, { spacing: 120_000 }).points).toEqual(whole.points);
    const random = new Random(2);
    for (let n = 0; n < 200; n++) {
      const start = random.below(plain.length);
      const end = Math.min(plain.length, start + random.below(100_000));
      const point = pointBefore(whole.points, start);
      const pieces: Uint8Array[] = [];
      const unpacker = resumeUnpacker('zstd', whole.points, point, (bytes) => pieces.push(bytes.slice()));
      const from = whole.points.output[point]!;
      for (const piece of inPieces(content.subarray(whole.points.input[point]), 5000)) {
        if (from + unpacker.produced < end) unpacker.push(piece);
      }
      expect(equalBytes(concat(pieces).subarray(start - from, end - from), plain.subarray(start, end))).toBe(
        true,
      );
    }
  });

  it('any byte changed gives some content or a Problem, never anything else, however it is cut', () => {
    const random = new Random(5);
    const contents = [
      zstd(plain.subarray(0, 30_000), '-19'),
      zstd(plain.subarray(0, 3000)),
      zstd(utf8('abcabcabcabd'.repeat(20))),
      zstd(sample(300_000, 9), '-1'),
    ];
    for (let n = 0; n < 3000; n++) {
      const bytes = contents[n % contents.length]!.slice();
      for (let times = 0; times <= n % 3; times++) {
        bytes[random.below(random.oneIn(2) ? Math.min(300, bytes.length) : bytes.length)] = random.below(256);
      }
      const outcome = (cut: number) => {
        try {
          return unzstd(bytes, cut).bytes.length;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return JSON.stringify(error.failure);
        }
      };
      expect(outcome(1000)).toEqual(outcome(bytes.length));
    }
  }, 60_000);
});

describe('zstd corpus', () => {
  const folder = corpus('zstd');
  if (folder === null) {
    it.skip(missingCorpus('zstd'));
    return;
  }
  const files = (name: string) => readdirSync(join(folder, name)).filter((file) => file.endsWith('.zst'));
  const read = (...path: string[]) => new Uint8Array(readFileSync(join(folder, ...path)));

  it('has files', () => {
    expect(files('golden-decompression').length).toBeGreaterThan(3);
    expect(files('golden-decompression-errors').length).toBeGreaterThan(2);
  });

  const LENGTHS: Readonly<Record<string, number>> = {
    'block-128k.zst': 131_068,
    'empty-block.zst': 0,
    'rle-first-block.zst': 1_048_576,
    'zeroSeq_2B.zst': 13,
  };

  it.each(files('golden-decompression'))('%s decodes', (file) => {
    const content = read('golden-decompression', file);
    const { bytes } = unzstd(content);
    expect(equalBytes(unzstd(content, 3).bytes, bytes)).toBe(true);
    expect(bytes.length).toBe(LENGTHS[file]);
  });

  it.each(files('golden-decompression-errors'))('%s is refused', (file) => {
    expect(failureOf(read('golden-decompression-errors', file))).toMatchObject({
      code: 'malformed',
      format: 'zstd',
    });
  });
});
