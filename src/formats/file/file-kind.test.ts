import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import { kindOf } from './file-kind.ts';

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
    ['a program', utf8('\x7fELF\x02\x01\x01\0\0'), 'no text, ELF'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0), 'no text, PNG, image/png'],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), 'no text, JPEG, image/jpeg'],
    ['a WebP', latin1('RIFF\0\0\0\0WEBPVP8 '), 'no text, WebP, image/webp'],
    ['an AVIF', latin1('\0\0\0\x1cftypavif'), 'no text, AVIF, image/avif'],
    ['a WAV', latin1('RIFF\0\0\0\0WAVEfmt '), 'no text, WAV, audio/wav'],
    ['an MP3', Uint8Array.of(0xff, 0xfb, 0x90, 0x64, 0, 0), 'no text, MP3, audio/mpeg'],
    ['an MPEG-4', latin1('\0\0\0\x20ftypisom\0\0'), 'no text, MPEG-4, video/mp4'],
    ['a WebM', latin1('\x1a\x45\xdf\xa3\x01\0\0\0\x42\x82\x84webm'), 'no text, WebM, video/webm'],
    ['a font', latin1('\0\x01\0\0\0\x0a\0\x80'), 'no text, TrueType font'],
    ['a class', latin1('\xca\xfe\xba\xbe\0\0\0\x3d'), 'no text, Java class, for Java 17'],
    ['a fat Mach-O', latin1('\xca\xfe\xba\xbe\0\0\0\x02'), 'no text, Mach-O, for several machines'],
    ['Python bytecode', Uint8Array.of(0xa7, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0), 'no text, Python 3.11 bytecode'],
    [
      'an old RPM database',
      concat([new Uint8Array(12), Uint8Array.of(0x61, 0x15, 6, 0)]),
      'no text, Berkeley DB (hash), as of older RPM databases',
    ],
    ['a new one', latin1('RpmP\0\0'), 'no text, RPM database (ndb)'],
    ['a zip', latin1('PK\x03\x04'), 'no text, zip'],
    ['a private key', utf8('# mine\n-----BEGIN PRIVATE KEY-----\nAA==\n'), 'ASCII'],
    ['an SVG', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'ASCII, SVG, image/svg+xml'],
    [
      'an SVG with all before it',
      utf8('\ufeff<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg>'),
      'UTF-8 with BOM, SVG, image/svg+xml',
    ],
    ['a page with an SVG in it', utf8('<html><svg></svg></html>'), 'ASCII'],
    ['a comment without an end', utf8('<!-- <svg>'), 'ASCII'],
  ])('%s', (_, bytes, said) => {
    const { encoding, preview, name } = kindOf(bytes, bytes.length);
    const mediaType = preview !== null && 'mediaType' in preview ? preview.mediaType : null;
    const parts = [encoding?.name ?? 'no text', name, mediaType];
    expect(parts.filter((part) => part).join(', ')).toBe(said);
  });

  it('offers keys where they stand in a text, and leaves the text in front', () => {
    const block = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const aside = (text: string) => {
      const { preview } = kindOf(utf8(text), text.length);
      return preview?.kind === 'keys' ? preview.isAside : null;
    };
    expect(aside(block)).toBe(false);
    expect(aside(`\n# a comment\nCertificate:\n    Data:\n${block}`)).toBe(false);
    expect(aside(`config: |\n${block}`)).toBe(true);
    expect(aside(`sed '/-----BEGIN CERTIFICATE-----/d'\n`)).toBe(null);
    expect(aside('-----BEGIN PGP PUBLIC KEY BLOCK-----\n')).toBe(null);
  });

  it('is UTF-8 wherever its head is cut', () => {
    const text = utf8('a é 文 🪨 b'.repeat(20));
    for (let length = 40; length < 80; length++) {
      expect(kindOf(text.subarray(0, length), text.length).encoding?.name).toBe('UTF-8');
    }
  });
});
