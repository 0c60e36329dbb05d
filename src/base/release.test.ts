import { expect, test } from 'vitest';
import { release } from './release.ts';

test('what is released is gone, all of its buffer', () => {
  const bytes = new Uint8Array(1000);
  release(bytes.subarray(10, 20));
  expect(bytes.length).toBe(0);
});

test('to release twice is no harm', () => {
  const bytes = new Uint8Array(10);
  release(bytes);
  release(bytes);
  expect(bytes.length).toBe(0);
});
