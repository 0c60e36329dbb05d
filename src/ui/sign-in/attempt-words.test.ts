import { expect, it } from 'vitest';
import { attemptWords } from './attempt-words.ts';

const facts = { registry: 'r.example.org', url: 'https://r.example.org/v2/', offers: ['basic'], errors: [] };

it.each([
  ['accepted', true, /^Signed in to r\.example\.org\.$/],
  ['unasked', true, /lets everybody in/],
  [{ code: 'unauthorized', hadCredentials: true, ...facts }, false, /did not accept/],
  [{ code: 'bad-reference', input: 'x', at: 0, fault: 'bad-domain' }, false, /no registry/],
  [
    { code: 'unreachable', url: 'https://r.example.org/v2/', alive: true },
    false,
    /^Kept, but not checked: the host/,
  ],
] as const)('what became of a sign-in is said: %j', (attempt, isGood, says) => {
  const words = attemptWords('r.example.org', attempt);
  expect(words).toEqual({ isGood, text: expect.stringMatching(says) });
});
