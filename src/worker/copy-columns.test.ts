import { expect, test } from 'vitest';
import { copyColumns } from './copy-columns.ts';

test('columns are equal and in memory of their own, and all else is the same', () => {
  const columns = {
    count: 3,
    size: Float64Array.of(1, 2 ** 40, 3),
    // A stretch of a larger buffer: what is around it is not copied.
    names: Uint8Array.of(9, 8, 7, 6).subarray(1, 3),
    owners: [['root', 'root']] as const,
  };
  const copy = copyColumns(columns);
  expect(copy).toEqual(columns);
  expect(copy.owners).toBe(columns.owners);
  expect(copy.names.buffer.byteLength).toBe(2);
  columns.size[0] = 5;
  expect(copy.size[0]).toBe(1);
});
