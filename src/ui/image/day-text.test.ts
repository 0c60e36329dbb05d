import { expect, it } from 'vitest';
import { dayText } from './day-text.ts';

it.each([
  ['2023-02-05T10:00:00Z', '2023-02-05'],
  ['2023-02-05T23:30:00.123456789-02:00', '2023-02-06'],
  ['1970-01-01T00:00:00Z', null],
  ['0001-01-01T00:00:00Z', null],
  ['2023-13-05T10:00:00Z', null],
  ['yesterday', null],
  ['', null],
])('%s is %s', (created, day) => expect(dayText(created)).toBe(day));
