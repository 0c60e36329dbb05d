import { describe, expect, it } from 'vitest';
import { concat } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import { Scratch } from './scratch.ts';

describe('scratch, where there is no file system', () => {
  it.each([1, 2, 3, 4])(
    'gives back what was written, however it came and was spilt (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const scratch = new Scratch(2 * 1024 * 1024);
      const written: Uint8Array[] = [];
      let spilt = 0;
      for (let i = 0; i < 40; i++) {
        const bytes = new Uint8Array(random.pick([0, 1, 1000, 300_000, 1024 * 1024, 1_500_000]));
        bytes.fill(random.below(256));
        scratch.write(bytes);
        written.push(bytes.slice());
        bytes.fill(0xaa);
        if (scratch.isFull) await scratch.spill();
        spilt += Number(!scratch.isFull);
      }
      expect([scratch.isStored, scratch.isFull, spilt]).toEqual([false, false, 40]);
      const all = new Uint8Array(await (await scratch.finish()).arrayBuffer());
      expect(Buffer.compare(all, concat(written))).toBe(0);
    },
  );
});
