import { expect, it } from 'vitest';
import { canSignIn } from './sign-in.ts';

it.each([
  [[], undefined, true],
  [['basic'], undefined, true],
  [['bearer'], undefined, true],
  [['negotiate'], undefined, false],
  [['digest', 'negotiate'], undefined, false],
  [['bearer'], 'http://auth.example.org/token', false],
  [['bearer', 'negotiate'], '', false],
  [['bearer', 'basic'], 'http://auth.example.org/token', true],
])('a name and a password help where a registry offers %s (barred: %s): %s', (offers, barred, helps) => {
  const failure = {
    code: 'unauthorized',
    registry: 'registry.example.org',
    url: 'https://registry.example.org/v2/',
    offers,
    ...(barred !== undefined && { barred }),
    hadCredentials: false,
    errors: [],
  } as const;
  expect(canSignIn(failure)).toBe(helps);
});
