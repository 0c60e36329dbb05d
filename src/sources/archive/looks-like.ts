/** What a file that is no image looks like, by its first bytes: so that a person learns which file it was. */
import { decodeUtf8 } from '../../base/bytes.ts';

/** Bytes that are looked at: the first sector of an ISO image that has a name stands behind 32 KiB. */
export const LOOK_LENGTH = 33 * 1024;

const MAGIC: readonly (readonly [name: string, offset: number, magic: string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF8'],
  ['webp', 8, 'WEBP'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['7z', 0, "7z\xbc\xaf'\x1c"],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['pdf', 0, '%PDF-'],
  ['elf', 0, '\x7fELF'],
  // ECMA-119, section 8: a volume descriptor's identifier, in sector 16.
  ['iso', 0x8001, 'CD001'],
  ['qcow2', 0, 'QFI\xfb'],
  ['vmdk', 0, 'KDMV'],
  ['vhdx', 0, 'vhdxfile'],
  ['squashfs', 0, 'hsqs'],
  ['sif', 32, 'SIF_MAGIC'],
  ['deb', 0, '!<arch>\ndebian-binary'],
  ['rpm', 0, '\xed\xab\xee\xdb'],
  ['cpio', 0, '070701'],
  // The last two bytes of a boot sector: a disk, whole.
  ['disk', 510, '\x55\xaa'],
];

/**
 * `head`: the first LOOK_LENGTH bytes, or all of them. `guess`: what it is taken for where it is none of those that are
 * known here. `unknown` where nothing fits.
 */
export function looksLike(head: Uint8Array, guess: string | null = null): string {
  if (head.length === 0) return 'empty';
  for (const [name, offset, magic] of MAGIC) if (has(head, offset, magic)) return name;
  return guess ?? lookOfText(head) ?? 'unknown';
}

function has(head: Uint8Array, offset: number, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) if (head[offset + i] !== magic.charCodeAt(i)) return false;
  return true;
}

function lookOfText(head: Uint8Array): string | null {
  const start = head.subarray(0, 1024);
  // A character may be cut in two at the end: at most three of its bytes are left.
  const cuts = head.length > start.length ? [0, 1, 2, 3] : [0];
  const text = cuts.map((cut) => decodeUtf8(start.subarray(0, start.length - cut))).find(isText);
  if (text === undefined || text === null) return null;
  const first = text.replace(/^\uFEFF/, '').trimStart();
  if (/^<(!doctype html|html|head|body)/i.test(first)) return 'html';
  return first.startsWith('{') || first.startsWith('[') ? 'json' : 'text';
}

/** Control characters, but for those that end and indent lines, are not written by hand. */
function isText(text: string | null): text is string {
  return text !== null && !/[^\P{Cc}\t\n\v\f\r\x1b]/u.test(text);
}
