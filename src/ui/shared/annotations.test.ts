import { expect, it } from 'vitest';
import { annotationRows } from './annotations.ts';

it('shows annotations in their order, and of long ones the start', () => {
  const annotations = new Map([
    ['b', '1'],
    ['a', 'x'.repeat(2001)],
  ]);
  expect(annotationRows(annotations)).toEqual({
    rows: [
      ['b', '1'],
      ['a', `${'x'.repeat(2000)}…`],
    ],
    more: null,
  });
  expect(annotationRows(undefined)).toEqual({ rows: [], more: null });
});

it('shows a hundred, and says how many there are besides', () => {
  const annotations = new Map(Array.from({ length: 5100 }, (_, i) => [`key-${i}`, '']));
  const { rows, more } = annotationRows(annotations);
  expect(rows).toHaveLength(100);
  expect(more).toBe('and 5,000 more: see the manifest');
});
