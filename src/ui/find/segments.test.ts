import { expect, it } from 'vitest';
import { segmentsOf } from './segments.ts';

const draw = (text: string, marks: number[], before = false) =>
  segmentsOf({ line: 1, text, marks, cut: [before, false] })
    .map(({ text, marked }) => (marked ? `[${text}]` : text))
    .join('|');

it('cuts a line where what was found begins and ends', () => {
  expect(draw('a bc d', [2, 4])).toBe('a |[bc]| d');
  expect(draw('aa', [0, 1, 1, 2])).toBe('[a]|[a]');
  expect(draw('  \tindented x', [3, 11])).toBe('[indented]| x');
  expect(draw('   x', [1, 2])).toBe('[ ]| x');
  expect(draw('  x', [2, 3], true)).toBe('  |[x]');
  expect(draw('plain', [])).toBe('plain');
});
