import { expect, it } from 'vitest';
import { timeText, waitWords } from './wait-words.ts';

it.each([
  [-5, '1 s'],
  [0, '1 s'],
  [1001, '2 s'],
  [89_000, '89 s'],
  [90_000, '2 min'],
  [600_000, '10 min'],
])('%i ms are %s', (ms, text) => expect(timeText(ms)).toBe(text));

it.each([
  ['too-many', 13_000, 'r.example.org says that there were too many requests. Trying again in 12 s.'],
  ['broken', 3000, 'The connection to r.example.org broke. Going on in 2 s.'],
  ['silence', null, 'r.example.org has sent nothing for 1 s. Still waiting.'],
] as const)('a wait is told: %s', (why, until, text) => {
  expect(waitWords({ why, host: 'r.example.org', since: 0, until }, 1000)).toBe(text);
});
