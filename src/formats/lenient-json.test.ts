import { describe, expect, it } from 'vitest';
import { Lenient } from './lenient-json.ts';

describe('the leaves of a document', () => {
  it('have their ways, in order, as many as are asked for', () => {
    const document = new Lenient({ a: { b: [1, { c: 'two' }], d: null }, e: {}, f: [] });
    expect(document.leaves(9)).toEqual([
      ['a.b.0', '1'],
      ['a.b.1.c', 'two'],
      ['a.d', 'null'],
      ['e', '{}'],
      ['f', '[]'],
    ]);
    expect(document.leaves(2)).toHaveLength(2);
  });

  it('have no ways longer than a person reads, however long the names on them are', () => {
    let value: unknown = Array.from({ length: 300 }, (_, i) => i);
    for (let level = 0; level < 100; level++) value = { ['x'.repeat(10_000)]: value };
    const leaves = new Lenient(value).leaves(300);
    expect(leaves).toHaveLength(300);
    expect(Math.max(...leaves.map(([path]) => path.length))).toBeLessThan(10_000);
  });
});
