import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import { Random } from '../../testing/random.ts';
import { readTar } from '../../testing/read-tar.ts';
import { tarOf, type TestEntry } from '../../testing/tar-of.ts';
import type { TarEntry } from './entry.ts';
import { hopThrough } from './hop.ts';
import { TarParser } from './parser.ts';

const { signal } = new AbortController();

/** A Blob that writes down where its reading begins. */
class WatchedBlob extends Blob {
  readonly starts: number[] = [];
  override slice(start: number): Blob {
    this.starts.push(start);
    return super.slice(start);
  }
}

async function hopTar(blob: Blob): Promise<{ entries: TarEntry[]; failure: Failure | null }> {
  const entries: TarEntry[] = [];
  try {
    await hopThrough(blob, new TarParser((entry) => entries.push(entry)), { signal });
    return { entries, failure: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { entries, failure: error.failure };
  }
}

function drawTar(random: Random) {
  const sizes = [0, 1, 511, 512, 513, 5000, 65_024, 65_536, 66_000, 200_000, 700_000, 2_500_000];
  const entries = Array.from({ length: 1 + random.below(8) }, (_, i): TestEntry => {
    const dialect = random.pick(['pax', 'gnu'] as const);
    const name = `${i}`.padEnd(random.pick([1, 99, 300]), '-');
    return { name, dialect, content: new Uint8Array(random.pick(sizes)).fill(1 + random.below(255)) };
  });
  if (random.oneIn(3)) {
    const map = '3\n0\n5\n10\n5\n600\n3\n';
    const pax = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '700' };
    entries.splice(random.below(entries.length), 0, {
      name: 'sparse',
      content: map.padEnd(512, '\0') + 'holdingdata!!',
      pax,
    });
  }
  const tar = tarOf(entries, { trailer: random.below(3) });
  return random.oneIn(3) ? concat([tar, new Uint8Array(100_000).fill(7)]) : tar;
}

describe('hopping from header to header', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'gives what pushing everything gives, whole or cut short (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const whole = drawTar(random);
      for (const tar of [whole, whole.subarray(0, random.below(whole.length))]) {
        const { entries, failure } = readTar([tar]);
        expect(await hopTar(new Blob([tar]))).toEqual({ entries, failure });
      }
    },
  );

  it('jumps over large files, and over what follows the end', async () => {
    const large = new Uint8Array(8 * 1024 * 1024);
    const tar = tarOf([
      { name: 'a', content: large },
      { name: 'b', content: 'b' },
      { name: 'c', content: large },
    ]);
    const blob = new WatchedBlob([tar, large]);
    const { entries, failure } = await hopTar(blob);
    expect([entries.length, failure]).toEqual([3, null]);
    // After the large ones only: `b` and the end of the tar come with what follows them.
    expect(blob.starts).toEqual([0, 512 + large.length, 2048 + 2 * large.length]);
  });

  it('believes no size: a claim past the end is a tar cut short', async () => {
    const tar = tarOf([{ name: 'a', content: utf8('abc'), size: 2 ** 40, dialect: 'gnu' }]);
    const { entries, failure } = await hopTar(new Blob([tar]));
    expect(entries.map(({ size }) => size)).toEqual([2 ** 40]);
    expect(failure).toEqual({ code: 'malformed', format: 'tar', reason: 'truncated', offset: tar.length });
  });

  it('lets go where it is told to', async () => {
    const aborted = AbortSignal.abort();
    const parser = new TarParser(() => {});
    await expect(hopThrough(new Blob(['abc']), parser, { signal: aborted })).rejects.toBe(aborted.reason);
  });
});
