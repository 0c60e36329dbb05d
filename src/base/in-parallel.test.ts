import { describe, expect, it } from 'vitest';
import { mapInParallel } from './in-parallel.ts';

const later = (turns: number) => new Promise((resolve) => setTimeout(resolve, turns));

describe('mapInParallel', () => {
  it.each([1, 2, 3, 100])('keeps the order, with at most %i under way', async (width) => {
    let now = 0;
    let most = 0;
    const items = [5, 1, 4, 2, 3, 0];
    const doubled = await mapInParallel(items, width, async (item) => {
      most = Math.max(most, ++now);
      await later(item);
      now--;
      return item * 2;
    });
    expect(doubled).toEqual(items.map((item) => item * 2));
    expect(most).toBe(Math.min(width, items.length));
  });

  it('begins nothing more once one has failed', async () => {
    const begun: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      await later(1);
      if (item === 1) throw new Error('one');
    };
    await expect(mapInParallel([0, 1, 2, 3, 4, 5, 6, 7], 2, work)).rejects.toThrow('one');
    await later(10);
    expect(begun.length).toBeLessThanOrEqual(4);
  });

  it('has nothing to do with nothing', async () => {
    expect(await mapInParallel([], 3, () => Promise.reject(new Error('never')))).toEqual([]);
  });
});
