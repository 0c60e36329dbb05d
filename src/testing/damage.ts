/** What a reader of files has to stand: cut off anywhere, and bits turned over anywhere. */
import { expect } from 'vitest';
import { Problem } from '../base/problem.ts';
import type { RandomAccess } from '../formats/file/random-access.ts';
import { Random } from './random.ts';

/** Bytes that a reader may ask for in all, however its input was damaged: none makes it read on and on. */
const MOST_READ = 512 * 1024 * 1024;

/** `rounds` damaged copies: each is read, or refused with a Problem; in no time, and without a huge read. */
export async function standsDamage(
  good: Uint8Array,
  read: (file: RandomAccess) => Promise<unknown>,
  rounds = 150,
  seed = 1,
): Promise<void> {
  const random = new Random(seed);
  for (let round = 0; round < rounds; round++) {
    const bad = new Uint8Array(random.oneIn(4) ? good.subarray(0, random.below(good.length)) : good);
    for (let flips = random.between(0, 4); flips > 0 && bad.length > 0; flips--) {
      // Tables of contents stand at both ends.
      const span = random.pick([64, 512, bad.length]);
      const near = Math.min(bad.length - 1, random.below(span));
      const at = random.oneIn(2) ? near : bad.length - 1 - near;
      bad[at] = random.pick([0, 0xff, 0x7f, 0x80, random.below(256), bad[at]! ^ (1 << random.below(8))]);
    }
    let asked = 0;
    const count = (length: number) => {
      asked += Math.max(0, length);
      if (asked > MOST_READ) throw new Error('it reads on and on');
    };
    const file: RandomAccess = {
      size: bad.length,
      read: (start, end) => {
        count(Math.min(end, bad.length) - start);
        return Promise.resolve(bad.slice(Math.max(0, start), Math.max(0, end)));
      },
      async *stream(start) {
        count(bad.length - start);
        for (let at = start; at < bad.length; at += 5000) yield bad.slice(at, at + 5000);
      },
    };
    const begun = performance.now();
    try {
      await read(file);
    } catch (error) {
      if (!(error instanceof Problem)) throw new Error(`seed ${seed}, round ${round}`, { cause: error });
      expect(['malformed', 'too-large', 'unsupported']).toContain(error.failure.code);
    }
    expect(performance.now() - begun, `seed ${seed}, round ${round}`).toBeLessThan(5000);
  }
}
