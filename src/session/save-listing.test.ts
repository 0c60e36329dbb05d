import { expect, it } from 'vitest';
import { writeListing } from '../image/listing.ts';
import { handedOver } from '../testing/handed-over.ts';
import { treeOf } from '../testing/tree-of.ts';
import { saveListing } from './save-listing.ts';

/** Some 10 MB of listing: more than is held as text. */
const tree = treeOf(Array.from({ length: 80_000 }, (_, i) => ({ name: `file-${i}-${'x'.repeat(20)}` })));

const given = handedOver();

it('gives the whole listing, and tells how far it is', async () => {
  const told: number[] = [];
  await saveListing(tree, new AbortController().signal, (lines) => told.push(lines));
  expect(told.length).toBeGreaterThan(10);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(80_000);
  expect(given.map(([name, { type }]) => [name, type])).toEqual([['listing.jsonl', 'application/jsonl']]);
  const text = [...writeListing(tree)].map((piece) => piece.text).join('');
  expect(await given[0]![1].text()).toBe(text);
});

it('stops when it is not wanted any more, and gives nothing', async () => {
  const stop = new AbortController();
  const reason = new Error('not wanted');
  let last = 0;
  const saving = saveListing(tree, stop.signal, (lines) => {
    last = lines;
    stop.abort(reason);
  });
  await expect(saving).rejects.toBe(reason);
  expect(last).toBeLessThan(80_000);
  expect(given).toEqual([]);
});
