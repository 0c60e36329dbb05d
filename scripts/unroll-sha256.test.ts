import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROUNDS_FILE, sha256Rounds } from './unroll-sha256.ts';

it('the rounds of SHA-256 are as the script writes them', () => {
  expect(readFileSync(ROUNDS_FILE, 'utf8')).toBe(sha256Rounds());
});
