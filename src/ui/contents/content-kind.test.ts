import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import { kindOf } from './content-kind.ts';

const utf16 = (text: string, littleEndian: boolean) => {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
};
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe('what a file is', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', utf8(''), 'ASCII'],
    ['words', utf8('root:x:0:0::/root:/bin/sh\n'), 'ASCII'],
    ['umlauts', utf8('Grüße\n'), 'UTF-8'],
    ['a mark', concat([Uint8Array.of(0xef, 0xbb, 0xbf), utf8('x')]), 'UTF-8 with BOM'],
    ['Windows text', concat([Uint8Array.of(0xff, 0xfe), utf16('hello', true)]), 'UTF-16 LE'],
    ['the other way around', concat([Uint8Array.of(0xfe, 0xff), utf16('hello', false)]), 'UTF-16 BE'],
    ['16 bits without a mark', utf16('[Version]\r\nSignature=1', true), 'UTF-16 LE'],
    ['16 bits without a mark, big-endian', utf16('[Version]\r\nSignature=1', false), 'UTF-16 BE'],
    ['old umlauts', latin1('Gr\xfc\xdfe aus K\xf6ln\n'), 'Latin-1'],
    ['colours of a terminal', utf8('\x1b[31mred\x1b[0m'), 'ASCII'],
    ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0), 'no text'],
    ['a zero', utf8('text\0text'), 'no text'],
    ['noise', new Random(1).bytes(1000), 'no text'],
    ['noise without zeros', new Random(1).bytes(1000).map((byte) => byte || 1), 'no text'],
    ['controls', Uint8Array.of(1, 2, 3, 4), 'no text'],
    ['a program', utf8('\x7fELF\x02\x01\x01\0\0'), 'no text, ELF program or library'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0), 'no text, PNG, image/png'],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), 'no text, JPEG, image/jpeg'],
    ['a WebP', latin1('RIFF\0\0\0\0WEBPVP8 '), 'no text, WebP, image/webp'],
    ['an AVIF', latin1('\0\0\0\x1cftypavif'), 'no text, AVIF, image/avif'],
    ['an SVG', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'ASCII, SVG, image/svg+xml'],
    [
      'an SVG with all before it',
      utf8('\ufeff<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg>'),
      'UTF-8 with BOM, SVG, image/svg+xml',
    ],
    ['a page with an SVG in it', utf8('<html><svg></svg></html>'), 'ASCII'],
    ['a comment without an end', utf8('<!-- <svg>'), 'ASCII'],
  ])('%s', (_, bytes, said) => {
    const { encoding, picture, name } = kindOf(bytes, true);
    const parts = [encoding?.name ?? 'no text', name, picture?.mediaType];
    expect(parts.filter((part) => part).join(', ')).toBe(said);
  });

  it('is UTF-8 wherever its head is cut', () => {
    const text = utf8('a é 文 🪨 b'.repeat(20));
    for (let length = 40; length < 80; length++) {
      expect(kindOf(text.subarray(0, length), false).encoding?.name).toBe('UTF-8');
    }
  });
});
