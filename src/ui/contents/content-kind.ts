/** What a file is, by its first bytes; names lie. */
import { readable } from '../../base/bytes.ts';
import { encodingOf, type Encoding } from './encoding.ts';

export interface ContentKind {
  /** Null where it is no text. */
  readonly encoding: Encoding | null;
  /** Null where it is no picture that browsers draw. */
  readonly picture: Picture | null;
  /** What else it is known to be: `ELF program or library`. */
  readonly name: string | null;
}

export interface Picture {
  readonly mediaType: string;
  readonly name: string;
}

/** Bytes that `kindOf` wants: a text's encoding is told by what comes in this much of it. */
export const HEAD_LENGTH = 64 * 1024;

const PICTURES: readonly (readonly [Picture, (head: Uint8Array) => boolean])[] = [
  [
    { mediaType: 'image/png', name: 'PNG' },
    (head) => has(head, 0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  ],
  [{ mediaType: 'image/jpeg', name: 'JPEG' }, (head) => has(head, 0, 0xff, 0xd8, 0xff)],
  [{ mediaType: 'image/gif', name: 'GIF' }, (head) => ascii(head, 0, 'GIF87a') || ascii(head, 0, 'GIF89a')],
  [{ mediaType: 'image/webp', name: 'WebP' }, (head) => ascii(head, 0, 'RIFF') && ascii(head, 8, 'WEBP')],
  [
    { mediaType: 'image/avif', name: 'AVIF' },
    (head) => ascii(head, 4, 'ftypavif') || ascii(head, 4, 'ftypavis'),
  ],
];

const SVG: Picture = { mediaType: 'image/svg+xml', name: 'SVG' };

/** What people look for in images, and what it begins with. */
const OTHERS: readonly (readonly [name: string, at: number, text: string])[] = [
  ['ELF program or library', 0, '\x7fELF'],
  ['Windows program', 0, 'MZ'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['bzip2', 0, 'BZh'],
  ['zip', 0, 'PK\x03\x04'],
  ['ar archive', 0, '!<arch>\n'],
  ['tar', 257, 'ustar'],
  ['SQLite database', 0, 'SQLite format 3\0'],
  ['PDF', 0, '%PDF-'],
  ['Java class', 0, '\xca\xfe\xba\xbe\0\0'],
  ['WebAssembly module', 0, '\0asm'],
  ['Python bytecode', 2, '\r\n'],
  ['compiled terminfo', 0, '\x1a\x01'],
  ['message catalogue', 0, '\xde\x12\x04\x95'],
  ['TrueType font', 0, '\0\x01\0\0\0'],
  ['OpenType font', 0, 'OTTO'],
  ['WOFF2 font', 0, 'wOF2'],
];

/** Of a file whose first bytes (HEAD_LENGTH of them, or all) are `head`. */
export function kindOf(head: Uint8Array, isWhole: boolean): ContentKind {
  const encoding = encodingOf(head, isWhole);
  const picture = PICTURES.find(([, is]) => is(head))?.[0] ?? null;
  if (picture !== null) return { encoding, picture, name: picture.name };
  if (encoding !== null) {
    if (isSvg(head, encoding)) return { encoding, picture: SVG, name: SVG.name };
    return { encoding, picture: null, name: null };
  }
  return { encoding, picture: null, name: OTHERS.find(([, at, text]) => ascii(head, at, text))?.[0] ?? null };
}

/** The root element is `svg`, after what XML lets stand before it. */
function isSvg(head: Uint8Array, { label }: Encoding): boolean {
  if (label !== 'utf-8') return false;
  let rest = readable(head.subarray(0, 8192)).replace(/^\ufeff?\s+|^\ufeff/, '');
  for (;;) {
    const end = rest.startsWith('<!--')
      ? rest.indexOf('-->') + 2
      : rest.startsWith('<?') || /^<!doctype\s+svg/i.test(rest)
        ? rest.indexOf('>')
        : -1;
    if (end < 2) return /^<svg[\s>]/.test(rest);
    rest = rest.slice(end + 1).trimStart();
  }
}

function has(head: Uint8Array, at: number, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => head[at + i] === byte);
}

function ascii(head: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (head[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
