import { expect, it } from 'vitest';
import { agoText } from './ago.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

it.each([
  [-DAY, 'just now'],
  [0, 'just now'],
  [MINUTE - 1, 'just now'],
  [MINUTE, '1 minute ago'],
  [59 * MINUTE, '59 minutes ago'],
  [3 * 60 * MINUTE, '3 hours ago'],
  [DAY, '1 day ago'],
  [6.9 * DAY, '6 days ago'],
  [7 * DAY, '1 week ago'],
  [45 * DAY, '1 month ago'],
  [800 * DAY, '2 years ago'],
])('%d ms are “%s”', (elapsed, text) => {
  const now = Date.UTC(2026, 0, 31);
  expect(agoText(now - elapsed, now)).toBe(text);
});
