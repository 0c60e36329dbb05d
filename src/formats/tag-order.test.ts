import { describe, expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { sortTags } from './tag-order.ts';

describe('tags', () => {
  it.each([
    ['1.10.0 1.9.0 1.2.0', 'numbers as numbers'],
    ['latest v2.0.0 1.9.9 edge main', '`latest`, versions, names'],
    ['2 2.1 2.1.0 2.0.9 1', 'what stands for the newest of its kind before those'],
    [
      '1.0.0 1.0.0-alpine 1.0.0-bookworm 1.0.0-rc.10 1.0.0-rc.9 1.0.0-beta',
      'other builds, then what came before',
    ],
    ['20240131 20231231 3.12', 'dates'],
    ['99999999999999999999.0 9999999999999999999.9', 'numbers that no double holds'],
    ['1.02 1.1', 'leading zeros'],
  ])('come as %s', (expected) => {
    const order = expected.split(' ');
    expect(sortTags(order.toReversed())).toEqual(order);
  });

  it('come in one order, however they were given', () => {
    const random = new Random(7);
    const parts = ['1', '2', '10', '.', '-', 'v', 'rc', 'a', '0'];
    const tagOf = () => Array.from({ length: 1 + random.below(4) }, () => random.pick(parts)).join('');
    for (let round = 0; round < 200; round++) {
      const tags = [...new Set(Array.from({ length: 12 }, tagOf))];
      const sorted = sortTags(tags);
      expect(sorted.toSorted()).toEqual(tags.toSorted());
      const shuffled = tags.map((tag) => [random.below(1e6), tag] as const).sort(([a], [b]) => a - b);
      expect(sortTags(shuffled.map(([, tag]) => tag))).toEqual(sorted);
    }
  });
});
