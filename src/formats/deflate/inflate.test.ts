import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes } from '../../base/bytes.ts';
import { inPieces, inRandomPieces } from '../../testing/in-pieces.ts';
import { Random } from '../../testing/random.ts';
import { DeflateFault } from './fault.ts';
import { Inflate, type DeflatePlace } from './inflate.ts';

/** What `pieces` unpack to, and the bytes that were not deflate data any more; what came before a fault, and the fault. */
function inflate(pieces: readonly Uint8Array[]): { plain: Uint8Array; left: number; fault: string | null } {
  const out: Uint8Array[] = [];
  const inflate = new Inflate((bytes) => out.push(bytes.slice()));
  let left = 0;
  let fault: string | null = null;
  try {
    for (const piece of pieces) left += piece.length - inflate.push(piece, 0);
    if (!inflate.isDone) fault = 'unexpected end';
  } catch (error) {
    if (!(error instanceof DeflateFault)) throw error;
    fault = error.message;
  }
  inflate.flush();
  const plain = concat(out);
  expect(inflate.produced).toBe(plain.length);
  return { plain, left, fault };
}

/** Letters of which some are rare, so that codes are long; repetitions near and far, short and long; noise; zeros. */
function drawn(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const letters = 1 + random.below(255);
  for (let at = 0; at < length;) {
    const end = Math.min(length, at + 1 + random.below(random.below(2) === 0 ? 20 : 3000));
    const kind = random.below(5);
    const back = 1 + random.below(Math.min(Math.max(at, 1), random.below(2) === 0 ? 9 : 32_768));
    for (; at < end; at++) {
      if (kind === 0 && at >= back) bytes[at] = bytes[at - back]!;
      else if (kind === 1) bytes[at] = random.below(256);
      else if (kind !== 2) bytes[at] = Math.floor(letters * (random.below(1000) / 1000) ** 6);
    }
  }
  return bytes;
}

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY, Z_FILTERED } = constants;

function optionsOf(random: Random): ZlibOptions {
  return {
    level: random.below(10),
    strategy: [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED][random.below(5)]!,
    memLevel: 1 + random.below(9),
    windowBits: 9 + random.below(7),
  };
}

describe('inflate', () => {
  it('gives back what zlib packed, in any way, cut anywhere, and stops at its end', () => {
    const random = new Random(1);
    for (let round = 0; round < 150; round++) {
      const plain = drawn(random, random.below(round % 10 === 0 ? 600_000 : 20_000));
      const packed = new Uint8Array(deflateRawSync(plain, optionsOf(random)));
      const tail = new Uint8Array(random.below(12)).fill(0xff);
      const content = concat([packed, tail]);
      for (const pieces of [[content], inPieces(content, 61), inRandomPieces(content, random)]) {
        const { plain: got, left, fault } = inflate(pieces);
        expect([equalBytes(got, plain), left, fault]).toEqual([true, tail.length, null]);
      }
    }
  });

  it('has room for two literals and the longest match, wherever they come', () => {
    // A letter, a zero, and 258 zeros more out of that one: moved by a byte each time.
    for (let moved = 0; moved < 260; moved++) {
      const plain = new Uint8Array(300_000);
      for (let at = moved; at < plain.length; at += 260) plain[at] = 97;
      const packed = new Uint8Array(deflateRawSync(plain, { strategy: Z_RLE }));
      const { plain: got, fault } = inflate([packed]);
      expect([moved, equalBytes(got, plain), fault]).toEqual([moved, true, null]);
    }
  });

  it('goes on from the end of any block', () => {
    const random = new Random(2);
    for (let round = 0; round < 10; round++) {
      const plain = drawn(random, 100_000);
      const packed = new Uint8Array(deflateRawSync(plain, { ...optionsOf(random), memLevel: 1 }));
      const points: (DeflatePlace & { window: Uint8Array; output: number })[] = [];
      const first: Inflate = new Inflate(
        () => {},
        () => points.push({ ...first.place, window: first.window(), output: first.produced }),
      );
      for (const piece of inRandomPieces(packed, random)) first.push(piece, 0);
      expect(first.isDone).toBe(true);
      const second = new Inflate((bytes) => got.push(bytes.slice()));
      let got: Uint8Array[] = [];
      for (const { input, bits, hold, window, output } of points) {
        got = [];
        expect(equalBytes(window, plain.subarray(Math.max(0, output - 32_768), output))).toBe(true);
        second.resume(window, bits, hold);
        expect(second.push(packed, input)).toBe(packed.length);
        second.flush();
        expect(second.isDone && equalBytes(concat(got), plain.subarray(output))).toBe(true);
      }
    }
  });

  it('refuses what zlib refuses, after the same bytes, and takes what it takes', () => {
    const random = new Random(3);
    let refused = 0;
    for (let round = 0; round < 1500; round++) {
      const packed = new Uint8Array(deflateRawSync(drawn(random, 600), optionsOf(random)));
      for (let times = random.below(3); times >= 0; times--)
        packed[random.below(random.below(2) === 0 ? 40 : packed.length) % packed.length] = random.below(256);
      const theirs = zlib(packed);
      const { plain, fault } = inflate([packed]);
      if (fault !== null) refused++;
      // zlib looks at many bytes at once, and may have handed out less before the fault.
      expect([fault, equalBytes(plain.subarray(0, theirs.plain?.length), theirs.plain ?? plain)]).toEqual([
        theirs.fault,
        true,
      ]);
      expect(inflate(inPieces(packed, 1))).toEqual({
        ...inflate([packed]),
        left: expect.any(Number) as number,
      });
    }
    expect(refused).toBeGreaterThan(500);
  });

  /** Without the bytes where it fails: node does not give them. */
  function zlib(packed: Uint8Array): { plain: Uint8Array | null; fault: string | null } {
    try {
      return { plain: new Uint8Array(inflateRawSync(packed)), fault: null };
    } catch (error) {
      const { message } = error as Error;
      return { plain: null, fault: message === 'unexpected end of file' ? 'unexpected end' : message };
    }
  }

  it('begins anew with other content, which leads back to nothing of the first', () => {
    const got: number[] = [];
    const inflate = new Inflate((bytes) => got.push(...bytes));
    const packed = new Uint8Array(deflateRawSync(Uint8Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3)));
    for (let i = 0; i < 2; i++) {
      expect(inflate.push(packed, 0)).toBe(packed.length);
      inflate.reset();
    }
    // A fixed block that begins with a match: length 3, distance 1.
    expect(() => inflate.push(Uint8Array.of(0x03, 0x02, 0, 0), 0)).toThrow('invalid distance too far back');
    inflate.flush();
    expect(got).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });
});
