import { expect, it } from 'vitest';
import { compareBytes, concat } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import { NameSorter } from './name-sort.ts';

it('sorts as comparing all bytes does, in the middle of other ids', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed);
    const shared = random.bytes(random.below(20));
    const alphabet = random.between(1, 256);
    const names = Array.from({ length: random.between(2, 400) }, () =>
      concat([
        shared.subarray(0, random.oneIn(4) ? random.below(shared.length + 1) : shared.length),
        Uint8Array.from({ length: random.below(6) }, () => random.below(alphabet)),
      ]),
    );
    const pool = concat(names);
    const length = Uint32Array.from(names, (name) => name.length);
    const start = new Uint32Array(names.length);
    for (let i = 1; i < names.length; i++) start[i] = start[i - 1]! + length[i - 1]!;
    const ids = Uint32Array.from(names, (_, i) => i);
    const from = random.below(3);
    const to = names.length - random.below(Math.min(3, names.length - from));
    const before = [...ids];
    new NameSorter(pool, start, length).sort(ids, from, to);

    const middle = [...ids.subarray(from, to)];
    const inOrder = middle.every((id, i) => i === 0 || compareBytes(names[middle[i - 1]!]!, names[id]!) <= 0);
    expect(inOrder, `seed ${seed}`).toBe(true);
    expect(
      [...middle].sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual(before.slice(from, to));
    expect([...ids.subarray(0, from), ...ids.subarray(to)]).toEqual([
      ...before.slice(0, from),
      ...before.slice(to),
    ]);
  }
});
