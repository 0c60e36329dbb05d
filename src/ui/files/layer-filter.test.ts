import { expect, it } from 'vitest';
import { keptOfLayer } from './layer-filter.ts';

it('keeps what a layer brought, and the way to it', () => {
  //            / etc usr passwd lib share libc.so
  const parent = [0, 0, 0, 1, 2, 2, 4];
  const layer = [0, 0, 0, 1, 0, 0, 1];
  const tree = { count: parent.length, parent: Uint32Array.from(parent), layer: Uint16Array.from(layer) };
  expect([...keptOfLayer(tree, 1)]).toEqual([1, 1, 1, 1, 1, 0, 1]);
  expect([...keptOfLayer(tree, 0)]).toEqual([1, 1, 1, 0, 1, 1, 0]);
  expect([...keptOfLayer(tree, 5)]).toEqual([1, 0, 0, 0, 0, 0, 0]);
});
