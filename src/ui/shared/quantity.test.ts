import { describe, expect, it } from 'vitest';
import { Random } from '../../testing/random.ts';
import { counted, humanBytes, percent, wholeNumber } from './quantity.ts';

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9994, '9.99 kB'],
    [9996, '10.0 kB'],
    [57680, '57.7 kB'],
    [99949, '99.9 kB'],
    [99951, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [731e6, '731 MB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
  ])('%d bytes is %s', (bytes, text) => expect(humanBytes(bytes)).toBe(text));

  it('groups digits as Intl does', () => {
    const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
    const random = new Random(1);
    for (let digits = 0; digits < 16; digits++) {
      for (const value of [10 ** digits, 10 ** digits - 1, random.below(2 ** 31) * 10 ** (digits - 8)]) {
        expect(wholeNumber(value)).toBe(grouped.format(value));
      }
    }
    expect(wholeNumber(-1234)).toBe('-1,234');
  });

  it('counts in the singular and the plural', () => {
    expect([0, 1, 2, 1234567].map((n) => counted(n, 'entry', 'entries'))).toEqual([
      '0 entries',
      '1 entry',
      '2 entries',
      '1,234,567 entries',
    ]);
  });

  it('says 100 % only when all is there', () => {
    expect([percent(0, 0), percent(999, 1000), percent(1000, 1000), percent(5, 0), percent(12, 10)]).toEqual([
      0, 99, 100, 100, 100,
    ]);
  });
});
