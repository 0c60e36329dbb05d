import { constants, deflateRawSync, gzipSync, type ZlibOptions } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, utf8 } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import { pointBefore, type SeekPoints } from '../seek-points.ts';
import { GzipUnpacker } from './gzip-unpacker.ts';
import { resumeUnpacker } from '../unpack.ts';
import type { UnpackOptions } from '../unpacker.ts';

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly points: SeekPoints;
  readonly ignored: number;
}

function gunzip(content: Uint8Array, cut = content.length || 1, options: UnpackOptions = {}): Unpacked {
  const pieces: Uint8Array[] = [];
  const unpacker = new GzipUnpacker((bytes) => pieces.push(bytes.slice()), options);
  for (let at = 0; at < content.length; at += cut) unpacker.push(content.subarray(at, at + cut));
  unpacker.end();
  const bytes = concat(pieces);
  expect(unpacker.produced).toBe(bytes.length);
  return { bytes, points: unpacker.seekPoints()!, ignored: unpacker.ignored };
}

function failureOf(content: Uint8Array, cut?: number): Failure {
  try {
    gunzip(content, cut);
  } catch (error) {
    if (error instanceof Problem) return error.failure;
    throw error;
  }
  throw new Error('it was taken');
}

/** As `toEqual`, which takes seconds for a megabyte of windows. */
function expectSame({ windows, ...columns }: SeekPoints, { windows: theirs, ...others }: SeekPoints): void {
  expect(columns).toEqual(others);
  expect(equalBytes(windows, theirs)).toBe(true);
}

/** The same numbers on every run. */
function random(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return (x >>> 8) / 2 ** 24;
  };
}

/** Text-like, noisy and empty stretches, so that all kinds of blocks come. */
function sample(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const next = random(seed);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const kind = next();
    const end = Math.min(length, at + Math.floor(next() * 60_000));
    if (kind < 0.3) for (; at < end; at++) bytes[at] = next() * 256;
    else if (kind < 0.4) at = end;
    else if (kind < 0.6 && at > 100_000) {
      const from = at - Math.floor(next() * 32_768) - 1;
      for (let i = from; at < end; at++) bytes[at] = bytes[i++]!;
    } else for (; at < end; at++) bytes[at] = 97 + Math.floor(next() * next() * 26);
  }
  return bytes;
}

/** As a plain array: a Buffer's `slice` is no copy. */
const gzip = (content: Uint8Array | string, options: ZlibOptions = {}) =>
  new Uint8Array(gzipSync(content, options));
const members = (...texts: string[]) => concat(texts.map((text) => gzip(text)));
const OPTIONS = { spacing: 50_000 };

describe('gzip', () => {
  const plain = sample(1_500_000, 1);
  const third = Math.floor(plain.length / 3);
  const CONTENTS: readonly (readonly [string, Uint8Array])[] = [
    ['level 1', gzip(plain, { level: 1 })],
    ['level 6', gzip(plain)],
    ['level 9', gzip(plain, { level: 9 })],
    ['stored', gzip(plain, { level: 0 })],
    ['fixed codes', gzip(plain, { strategy: constants.Z_FIXED })],
    ['small window', gzip(plain, { windowBits: 9 })],
    [
      'three members',
      concat([
        gzip(plain.subarray(0, third)),
        gzip(plain.subarray(third, third + 70_000)),
        gzip(plain.subarray(third + 70_000)),
      ]),
    ],
    [
      'a member each 1000 bytes',
      concat(Array.from({ length: 1500 }, (_, i) => gzip(plain.subarray(i * 1000, (i + 1) * 1000)))),
    ],
  ];

  it.each(CONTENTS)(
    '%s: gives back what went in, and the same seek points, however it is cut',
    (_, content) => {
      const whole = gunzip(content, content.length, OPTIONS);
      expect(equalBytes(whole.bytes, plain)).toBe(true);
      expect(whole.points.count).toBeGreaterThan(10);
      for (const cut of [61, 4096, 65_536]) {
        const other = gunzip(content, cut, OPTIONS);
        expect(equalBytes(other.bytes, plain)).toBe(true);
        expectSame(other.points, whole.points);
      }
    },
  );

  it.each(CONTENTS)('%s: 200 random reads from seek points are the plain bytes', (_, content) => {
    const { points } = gunzip(content, content.length, OPTIONS);
    const next = random(3);
    for (let n = 0; n < 200; n++) {
      const start = Math.floor(next() * plain.length);
      const end = Math.min(plain.length, start + Math.floor(next() * 100_000));
      const cut = 1 + Math.floor(next() * 40_000);
      expect(equalBytes(readFrom(points, content, start, end, cut), plain.subarray(start, end))).toBe(true);
    }
  });

  function readFrom(
    points: SeekPoints,
    content: Uint8Array,
    start: number,
    end: number,
    cut: number,
  ): Uint8Array {
    const point = pointBefore(points, start);
    const pieces: Uint8Array[] = [];
    const unpacker = resumeUnpacker('gzip', points, point, (bytes) => pieces.push(bytes.slice()));
    const from = points.output[point]!;
    for (let at = points.input[point]!; at < content.length && from + unpacker.produced < end; at += cut) {
      unpacker.push(content.subarray(at, at + cut));
    }
    return concat(pieces).subarray(start - from, end - from);
  }

  it('byte by byte', () => {
    const content = gzip(plain.subarray(0, 150_000));
    const whole = gunzip(content, content.length, { spacing: 5000 });
    const single = gunzip(content, 1, { spacing: 5000 });
    expect(whole.points.count).toBeGreaterThan(2);
    expectSame(single.points, whole.points);
    expect(equalBytes(single.bytes, plain.subarray(0, 150_000))).toBe(true);
  });

  it('reads on from a point to the very end', () => {
    const content = CONTENTS[6]![1];
    const { points } = gunzip(content, content.length, OPTIONS);
    for (let point = 0; point < points.count; point++) {
      const pieces: Uint8Array[] = [];
      const unpacker = resumeUnpacker('gzip', points, point, (bytes) => pieces.push(bytes.slice()));
      unpacker.push(content.subarray(points.input[point]));
      unpacker.end();
      expect(equalBytes(concat(pieces), plain.subarray(points.output[point]))).toBe(true);
      expect(unpacker.seekPoints()).toBeNull();
    }
  });
});

describe('gzip: what stands after the last member', () => {
  const a = gzip('a');
  it.each([
    ['nothing', [], 0],
    ['padding', [0, 0, 0], 0],
    ['garbage', [1, 2, 3], 3],
    ['garbage after padding', [0, 0, 7, 0], 2],
    ['a member after padding, which gzip ignores too', [0, ...gzip('b')], 21],
    ['half of the magic number', [0x1f], 1],
    ['half of the magic number, then something else', [0x1f, 0, 0x8b], 3],
  ] as const)('%s', (_, tail, ignored) => {
    for (const cut of [1, 2, 1000]) {
      const got = gunzip(concat([a, Uint8Array.from(tail)]), cut);
      expect([new TextDecoder().decode(got.bytes), got.ignored]).toEqual(['a', ignored]);
    }
  });

  it('another member', () => {
    expect(gunzip(members('a', '', 'bc', '')).bytes).toEqual(utf8('abc'));
  });

  it('the start of another member is no garbage', () => {
    expect(failureOf(concat([a, Uint8Array.of(0x1f, 0x8b)]))).toEqual({
      code: 'malformed',
      format: 'gzip',
      reason: 'unexpected end in the header',
      offset: a.length + 2,
    });
  });
});

describe('gzip: damage', () => {
  const text = 'the quick brown fox jumps over the lazy dog, the quick brown fox again';
  const content = gzip(text);

  it('cut short anywhere is malformed, at its end', () => {
    for (let length = 0; length < content.length; length++) {
      expect(failureOf(content.subarray(0, length), 5)).toMatchObject({
        code: 'malformed',
        format: 'gzip',
        reason: expect.stringMatching(/^unexpected end/) as string,
        offset: length,
      });
    }
  });

  it('a wrong checksum, a wrong length', () => {
    const crc = content.slice();
    crc[crc.length - 8]! ^= 1;
    expect(failureOf(crc)).toMatchObject({ reason: 'incorrect data check', offset: crc.length });
    const length = content.slice();
    length[length.length - 1]! ^= 1;
    expect(failureOf(length)).toMatchObject({ reason: 'incorrect length check', offset: length.length });
  });

  it('a wrong checksum is passed over where nobody asks for it, a wrong length is not', () => {
    const read = (at: number) => {
      const damaged = content.slice();
      damaged[damaged.length - at]! ^= 1;
      return gunzip(damaged, 7, { checksums: false }).bytes;
    };
    expect(read(8)).toEqual(utf8(text));
    expect(() => read(4)).toThrow(Problem);
  });

  it('any byte changed gives the content or a Problem, never anything else, however it is cut', () => {
    const next = random(5);
    const long = gzip(sample(20_000, 8));
    for (let n = 0; n < 600; n++) {
      const damaged = (n % 2 ? long : content).slice();
      for (let times = 0; times <= n % 3; times++)
        damaged[Math.floor(next() * damaged.length)] = next() * 256;
      const outcome = (cut: number) => {
        try {
          return gunzip(damaged, cut).bytes.length;
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          return (error as Problem).failure.code;
        }
      };
      expect(outcome(11)).toEqual(outcome(damaged.length));
    }
  });
});

describe('gzip: headers', () => {
  const body = concat([deflateRawSync('hello'), Uint8Array.of(0x86, 0xa6, 0x10, 0x36, 5, 0, 0, 0)]);
  const header = (flags: number, ...more: number[]) =>
    Uint8Array.of(0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 3, ...more);

  it.each([
    ['text', header(1)],
    ['extra', header(4, 3, 0, 0, 0, 0)],
    ['empty extra', header(4, 0, 0)],
    ['name', header(8, 65, 0)],
    ['comment', header(16, 65, 66, 0)],
    ['all but the CRC', header(29, 1, 0, 9, 65, 0, 0)],
  ])('%s', (_, head) => {
    for (const cut of [1, 3, 100]) expect(gunzip(concat([head, body]), cut).bytes).toEqual(utf8('hello'));
  });

  it.each([
    ['reserved flag', header(0x20), 'unknown header flags set', 3],
    ['method', Uint8Array.of(0x1f, 0x8b, 7), 'unknown compression method', 2],
    ['header CRC', header(2, 1, 2), 'header crc mismatch', 11],
  ])('wrong %s', (_, head, reason, offset) => {
    expect(failureOf(concat([head, body]))).toEqual({ code: 'malformed', format: 'gzip', reason, offset });
  });
});

describe('gzip: a layer of zeros', () => {
  it('streams through with few seek points and small pieces', () => {
    const zeros = gzip(new Uint8Array(64 * 1024 * 1024), { level: 9 });
    let largest = 0;
    const unpacker = new GzipUnpacker(
      (bytes) => {
        largest = Math.max(largest, bytes.length);
      },
      { spacing: 1000, maxPoints: 8 },
    );
    for (let i = 0; i < 8; i++) {
      unpacker.push(zeros);
      expect(unpacker.seekPoints()!.count).toBeLessThanOrEqual(8);
    }
    unpacker.end();
    expect(unpacker.produced).toBe(8 * 64 * 1024 * 1024);
    expect(largest).toBeLessThanOrEqual(128 * 1024);
    expect(unpacker.seekPoints()!.count).toBeGreaterThanOrEqual(4);
  }, 60_000);
});
