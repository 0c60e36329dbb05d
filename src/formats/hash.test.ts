import { createHash as nodeHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ContentHash, createHash, digestOf } from './hash.ts';
import type { DigestAlgorithm } from './digest.ts';

const memory = vi.hoisted(() => ({ isDear: false }));
vi.mock('../base/fresh-memory.ts', () => ({ isMemoryDear: () => memory.isDear }));

const ALGORITHMS: readonly DigestAlgorithm[] = ['sha256', 'sha384', 'sha512'];

const truth = (algorithm: string, bytes: Uint8Array) =>
  `${algorithm}:${nodeHash(algorithm).update(bytes).digest('hex')}`;

/** Bytes without order, the same on every run. */
function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let x = seed;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

/** Content in pieces of uneven length, each in the same buffer as the one before, as an unpacker hands them out. */
function* reused(bytes: Uint8Array): Iterable<Uint8Array> {
  const buffer = new Uint8Array(1000);
  for (let at = 0, n = 1; at < bytes.length; n = (n * 7 + 3) % 997) {
    const piece = bytes.subarray(at, at + n);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0xee);
    at += n;
  }
}

describe.each(ALGORITHMS)('%s', (algorithm) => {
  it('agrees with node at every length around the blocks and the padding', () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = noise(length);
      const hash = createHash(algorithm);
      hash.update(bytes);
      expect(hash.digest()).toBe(truth(algorithm, bytes));
    }
  });

  it('gives the same digest however the content is cut', () => {
    const bytes = noise(100_000, 7);
    const hash = createHash(algorithm);
    for (const piece of reused(bytes)) hash.update(piece);
    expect(hash.digest()).toBe(truth(algorithm, bytes));
  });

  it('agrees with WebCrypto', async () => {
    const bytes = noise(12_345, 3);
    expect(await digestOf(bytes, algorithm)).toBe(truth(algorithm, bytes));
  });

  it.each([false, true])(
    'is the same whether content is kept or not (memory is dear: %s)',
    async (isDear) => {
      memory.isDear = isDear;
      const bytes = noise(10_000, 9);
      for (const keepUpTo of [0, 1, 5000, 9999, 10_000, 1e9]) {
        const hash = new ContentHash(algorithm, keepUpTo);
        for (let at = 0; at < bytes.length; at += 999) hash.update(bytes.subarray(at, at + 999));
        expect(await hash.digest()).toBe(truth(algorithm, bytes));
      }
      expect(await new ContentHash(algorithm, 10).digest()).toBe(truth(algorithm, new Uint8Array(0)));
      memory.isDear = false;
    },
  );
});

it('counts past 2^32 bits', () => {
  // The length field of the padding has a high half.
  const block = new Uint8Array(64 * 1024 * 1024);
  const [ours, theirs] = [createHash('sha256'), nodeHash('sha256')];
  for (let i = 0; i < 9; i++) {
    ours.update(block);
    theirs.update(block);
  }
  expect(ours.digest()).toBe(`sha256:${theirs.digest('hex')}`);
}, 60_000);
