/** What a file is, by its first bytes; names lie. Which of the views shows it follows from this alone. */
import { readable } from '../../base/bytes.ts';
import { isTarHead } from '../compression.ts';
import { encodingOf, type Encoding } from './encoding.ts';
import { nameOf } from './magic.ts';
import { ascii, has, u16, u32 } from './head.ts';

/** What is shown other than as text or as bytes. `name`: what it is, for people. */
export type Preview =
  /** `mediaType` is one of a fixed list, whatever the file says of itself. */
  | { readonly kind: 'picture' | 'sound' | 'film'; readonly mediaType: string; readonly name: string }
  | { readonly kind: 'font' | 'pdf' | 'program' | 'database'; readonly name: string }
  | { readonly kind: 'archive'; readonly format: ArchiveFormat; readonly name: string }
  /** `isAside`: it stands somewhere in a text, which is what one wants to read. */
  | { readonly kind: 'keys'; readonly isAside: boolean; readonly name: string };

export type ArchiveFormat = 'zip' | 'tar' | 'cpio' | 'gzip' | 'zstd' | 'ar';

export interface FileKind {
  /** Null where it is no text. */
  readonly encoding: Encoding | null;
  readonly preview: Preview | null;
  /** What it is known to be; null for a text, and for what nobody knows. */
  readonly name: string | null;
}

/** Bytes that `kindOf` wants: a text's encoding is told by what comes in this much of it. */
export const HEAD_LENGTH = 64 * 1024;

/** Of a file of `size` bytes whose first ones (HEAD_LENGTH of them, or all) are `head`. */
export function kindOf(head: Uint8Array, size: number): FileKind {
  const binary = binaryPreview(head, size);
  const encoding = encodingOf(head, head.length === size);
  // A picture may be text too (a GIF of few bytes); a tar of texts is no text.
  if (binary !== null)
    return { encoding: binary.kind === 'picture' ? encoding : null, preview: binary, name: binary.name };
  if (encoding === null) {
    const sound = soundWithoutMagic(head);
    return { encoding, preview: sound, name: sound?.name ?? nameOf(head) };
  }
  if (encoding.label === 'utf-8') {
    if (isSvg(head)) {
      const preview = { kind: 'picture', mediaType: 'image/svg+xml', name: 'SVG' } as const;
      return { encoding, preview, name: preview.name };
    }
    const keys = pemPreview(head);
    if (keys !== null) return { encoding, preview: keys, name: null };
  }
  return { encoding, preview: null, name: null };
}

const picture = (mediaType: string, name: string): Preview => ({ kind: 'picture', mediaType, name });
const sound = (mediaType: string, name: string): Preview => ({ kind: 'sound', mediaType, name });
const film = (mediaType: string, name: string): Preview => ({ kind: 'film', mediaType, name });
const archive = (format: ArchiveFormat, name: string): Preview => ({ kind: 'archive', format, name });

function binaryPreview(head: Uint8Array, size: number): Preview | null {
  if (has(head, 0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return picture('image/png', 'PNG');
  if (has(head, 0, 0xff, 0xd8, 0xff)) return picture('image/jpeg', 'JPEG');
  if (ascii(head, 0, 'GIF87a') || ascii(head, 0, 'GIF89a')) return picture('image/gif', 'GIF');
  if (ascii(head, 0, 'RIFF') && ascii(head, 8, 'WEBP')) return picture('image/webp', 'WebP');
  if (ascii(head, 0, 'RIFF') && ascii(head, 8, 'WAVE')) return sound('audio/wav', 'WAV');
  if (isIcon(head, size)) return picture('image/x-icon', 'Icon');
  if (ascii(head, 0, 'BM') && [12, 40, 108, 124].includes(u32(head, 14, true)))
    return picture('image/bmp', 'BMP');
  if (ascii(head, 4, 'ftyp')) return isoPreview(head);
  if (ascii(head, 0, 'fLaC')) return sound('audio/flac', 'FLAC');
  if (ascii(head, 0, 'ID3')) return sound('audio/mpeg', 'MP3');
  if (ascii(head, 0, 'OggS\0')) return oggPreview(head);
  // The name of the kind of EBML document stands in its first bytes.
  if (has(head, 0, 0x1a, 0x45, 0xdf, 0xa3)) {
    const start = String.fromCharCode(...head.subarray(0, 64));
    if (start.includes('webm')) return film('video/webm', 'WebM');
    if (start.includes('matroska')) return film('video/x-matroska', 'Matroska');
  }
  if (ascii(head, 0, '%PDF-')) return { kind: 'pdf', name: 'PDF' };
  if (ascii(head, 0, '\0\x01\0\0') && head[4] === 0 && head[5] !== 0)
    return { kind: 'font', name: 'TrueType font' };
  if (ascii(head, 0, 'OTTO')) return { kind: 'font', name: 'OpenType font' };
  if (ascii(head, 0, 'ttcf')) return { kind: 'font', name: 'Font collection' };
  if (ascii(head, 0, 'wOFF')) return { kind: 'font', name: 'WOFF font' };
  if (ascii(head, 0, 'wOF2')) return { kind: 'font', name: 'WOFF2 font' };
  if (ascii(head, 0, '\x7fELF')) return { kind: 'program', name: 'ELF' };
  if (ascii(head, 0, 'MZ') && head.length >= 64) return { kind: 'program', name: 'Windows program' };
  if (ascii(head, 0, 'SQLite format 3\0')) return { kind: 'database', name: 'SQLite database' };
  if (ascii(head, 0, 'PK\x03\x04') || ascii(head, 0, 'PK\x05\x06')) return archive('zip', 'zip');
  if (has(head, 0, 0x1f, 0x8b, 8)) return archive('gzip', 'gzip');
  if (has(head, 0, 0x28, 0xb5, 0x2f, 0xfd)) return archive('zstd', 'zstd');
  if (ascii(head, 0, '!<arch>\n'))
    return archive('ar', ascii(head, 8, 'debian-binary') ? 'Debian package' : 'ar archive');
  if (ascii(head, 0, '070701') || ascii(head, 0, '070702')) return archive('cpio', 'cpio archive');
  if (head[0] !== 0 && head.length >= 512 && isTarHead(head)) return archive('tar', 'tar');
  if (isDerKey(head, size)) return { kind: 'keys', isAside: false, name: 'Certificate or key (DER)' };
  return null;
}

/** ISO 14496-12: the brand that the file is of says what is in it. */
function isoPreview(head: Uint8Array): Preview | null {
  const brand = String.fromCharCode(...head.subarray(8, 12));
  if (brand === 'avif' || brand === 'avis') return picture('image/avif', 'AVIF');
  if (/^(?:hei|hev|mif|msf)/.test(brand)) return null;
  if (/^M4[ABP]/.test(brand)) return sound('audio/mp4', 'MPEG-4 audio');
  return film('video/mp4', brand === 'qt  ' ? 'QuickTime' : 'MPEG-4');
}

function oggPreview(head: Uint8Array): Preview {
  return ascii(head, 28, '\x80theora') ? film('video/ogg', 'Ogg Theora') : sound('audio/ogg', 'Ogg');
}

/** ISO 11172-3: a frame of layer III, or of AAC (ISO 13818-7), whose header has no value that none may have. */
function soundWithoutMagic(head: Uint8Array): Preview | null {
  const [first, second = 0, third = 0] = head;
  if (first !== 0xff) return null;
  const isLayer3 = (second & 0xe6) === 0xe2 && (second & 0x18) !== 8;
  if (isLayer3 && third >> 4 !== 15 && third >> 4 !== 0 && (third & 0x0c) !== 0x0c)
    return sound('audio/mpeg', 'MP3');
  return (second & 0xf6) === 0xf0 && (third & 0x3c) <= 0x30 ? sound('audio/aac', 'AAC') : null;
}

/** Some pictures, each of which lies in the file. */
function isIcon(head: Uint8Array, size: number): boolean {
  if (!has(head, 0, 0, 0, 1, 0) || u16(head, 4, true) === 0 || u16(head, 4, true) > 64) return false;
  return head[9] === 0 && u32(head, 14, true) + u32(head, 18, true) <= size && u32(head, 18, true) >= 22;
}

/** X.690: one SEQUENCE as long as the file, in which a certificate has another one, and a key its version. */
function isDerKey(head: Uint8Array, size: number): boolean {
  if (!has(head, 0, 0x30, 0x82) || 4 + u16(head, 2, false) !== size) return false;
  return has(head, 4, 0x30, 0x82) || has(head, 4, 0x02, 0x01, 0x00) || has(head, 4, 0x02, 0x01, 0x03);
}

const PEM =
  /^-----BEGIN (?:[A-Z0-9 ]{0,32}(?:CERTIFICATE|KEY|CERTIFICATE REQUEST|CRL|PKCS7|CMS|KEY BLOCK))-----\r?$/m;

/** In what of the text is looked at. Public keys of OpenPGP are left as the text that they are. */
function pemPreview(head: Uint8Array): Preview | null {
  const text = readable(head.subarray(0, 16 * 1024));
  if (!text.includes('-----BEGIN ')) return null;
  const match = PEM.exec(text);
  if (match === null || match[0].includes('PGP PUBLIC')) return null;
  // Comments, and what openssl prints before the block that it describes.
  const isAside = /^(?!\s|#|Certificate:|Bag Attributes|subject=|issuer=)./m.test(text.slice(0, match.index));
  return { kind: 'keys', isAside, name: 'Certificates and keys' };
}

/** The root element is `svg`, after what XML lets stand before it. */
function isSvg(head: Uint8Array): boolean {
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
