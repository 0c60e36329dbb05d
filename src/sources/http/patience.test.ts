import { describe, expect, it } from 'vitest';
import { parseRetryAfter, waitFor } from './patience.ts';

const NOW = Date.parse('2026-11-06T08:49:00Z');
const NEVER = new AbortController().signal;
const BROKEN = { why: 'broken', url: 'https://r.example.org/v2/' } as const;

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Fri, 06 Nov 2026 08:49:37 GMT', 37_000],
    ['Friday, 06-Nov-26 08:49:37 GMT', 37_000],
    ['Fri, 06 Nov 2020 08:49:37 GMT', 0],
    [null, null],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['2026-11-06', null],
    ['Fri, 99 Foo 2026', null],
    ['99999999999999999999', null],
  ])('%s', (value, expected) => expect(parseRetryAfter(value, NOW)).toBe(expected));
});

describe('patience', () => {
  it('ends after so many tries, or where it would be too long', async () => {
    const patience = { tries: 2, base: 1, longest: 50 };
    expect(await waitFor(2, BROKEN, patience, NEVER)).toBe(true);
    expect(await waitFor(3, BROKEN, patience, NEVER)).toBe(false);
    expect(await waitFor(2, { ...BROKEN, retryAfter: 51 }, patience, NEVER)).toBe(false);
    const started = performance.now();
    expect(await waitFor(2, { ...BROKEN, retryAfter: 50 }, patience, NEVER)).toBe(true);
    expect(performance.now() - started).toBeGreaterThan(45);
  });

  it('doubles, within its jitter, up to the longest', async () => {
    for (const [next, least, most] of [
      [2, 5, 10],
      [4, 20, 40],
      [12, 45, 50],
    ] as const) {
      const started = performance.now();
      await waitFor(next, BROKEN, { tries: 99, base: 10, longest: 50 }, NEVER);
      const waited = performance.now() - started;
      expect(waited).toBeGreaterThanOrEqual(least - 2);
      // A busy machine is late, never early.
      expect(waited).toBeLessThan(most + 500);
    }
  });
});
