import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { asciiText, hexText, offsetDigits } from './hex-line.ts';

describe('a line of a hex dump', () => {
  it('shows sixteen bytes in two halves', () => {
    const bytes = utf8('Strata\n\t~\x7f\x00é<b>');
    expect(hexText(bytes)).toBe('53 74 72 61 74 61 0a 09  7e 7f 00 c3 a9 3c 62 3e');
    expect(asciiText(bytes)).toBe('Strata..~....<b>');
  });
  it('is as wide where the file ends', () => {
    expect(hexText(utf8('ab'))).toHaveLength(hexText(new Uint8Array(16)).length);
    expect(asciiText(utf8('ab'))).toBe('ab');
  });
  it.each([
    [0, 8],
    [2 ** 32, 8],
    [2 ** 32 + 1, 9],
  ])('numbers a file of %i bytes with %i digits', (size, digits) => {
    expect(offsetDigits(size)).toBe(digits);
  });
});
