/** How bytes are compressed, by looking at them: media types lie. */
import { toHex } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Bytes that `sniff` wants: one tar block. Fewer are taken for the whole content. */
export const SNIFF_LENGTH = 512;

/** What else layers were seen to be, by their first bytes. None of these is read here; a failure names them. */
const OTHERS: readonly (readonly [name: string, offset: number, ...bytes: number[]])[] = [
  ['bzip2', 0, 0x42, 0x5a, 0x68],
  ['xz', 0, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  ['lz4', 0, 0x04, 0x22, 0x4d, 0x18],
  ['lz4', 0, 0x02, 0x21, 0x4c, 0x18],
  ['lzip', 0, 0x4c, 0x5a, 0x49, 0x50],
  ['lzop', 0, 0x89, 0x4c, 0x5a, 0x4f],
  ['lzma', 0, 0x5d, 0x00, 0x00],
  ['compress', 0, 0x1f, 0x9d],
  ['zip', 0, 0x50, 0x4b, 0x03, 0x04],
  ['zip', 0, 0x50, 0x4b, 0x05, 0x06],
  ['7z', 0, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  ['rar', 0, 0x52, 0x61, 0x72, 0x21, 0x1a, 0x07],
  // The last bytes of the magic number of zstd before 0.8; its first byte was the version.
  ['zstd before 0.8', 1, 0xb5, 0x2f, 0xfd],
  ['gzip with an unknown method', 0, 0x1f, 0x8b],
];

/**
 * How content that starts with `head` is compressed. `head` is its first SNIFF_LENGTH bytes, or all of it. Empty
 * content and zeros are `none`: a tar may be nothing but its end. Fails with `unsupported`, naming what it looks like.
 */
export function sniff(head: Uint8Array): Compression {
  if (has(head, 0, 0x1f, 0x8b, 0x08)) return 'gzip';
  if (has(head, 0, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  // A skippable frame (RFC 8878, section 3.1.2): 0x184D2A50 to 0x184D2A5F, little-endian.
  if (has(head, 1, 0x2a, 0x4d, 0x18) && head[0]! >> 4 === 5) return 'zstd';
  if (isTarHead(head)) return 'none';
  fail({ code: 'unsupported', what: 'compression', name: nameOf(head) });
}

function nameOf(head: Uint8Array): string {
  for (const [name, offset, ...bytes] of OTHERS) if (has(head, offset, ...bytes)) return name;
  // RFC 1950, section 2.2: method 8, window of at most 32 KiB, and the two bytes are a multiple of 31.
  const [cmf = 0, flg = 0] = head;
  if (head.length > 2 && (cmf & 15) === 8 && cmf >> 4 <= 7 && (cmf * 256 + flg) % 31 === 0) return 'zlib';
  return `unknown (first bytes ${toHex(head.subarray(0, 8))})`;
}

function has(head: Uint8Array, offset: number, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => head[offset + i] === byte);
}

/** A tar begins so; one that is nothing but its end, too. */
export function isTarHead(head: Uint8Array): boolean {
  const block = head.subarray(0, SNIFF_LENGTH);
  if (block.every((byte) => byte === 0)) return true;
  if (block.length < SNIFF_LENGTH) return false;
  // POSIX.1-1988 and GNU both have "ustar" at 257; a v7 header has only its checksum to be known by.
  return has(block, 257, 0x75, 0x73, 0x74, 0x61, 0x72) || hasTarChecksum(block);
}

/** The octal number at 148 to 155 is the sum of all bytes, those eight taken as spaces; of signed ones in old tars. */
function hasTarChecksum(block: Uint8Array): boolean {
  const digits = /^[ 0]*([0-7]{1,7})[ \0]/.exec(String.fromCharCode(...block.subarray(148, 156)) + '\0')?.[1];
  if (digits === undefined) return false;
  let unsigned = 0;
  let signed = 0;
  block.forEach((byte, i) => {
    const value = i >= 148 && i < 156 ? 0x20 : byte;
    unsigned += value;
    signed += value > 127 ? value - 256 : value;
  });
  const claimed = parseInt(digits, 8);
  return claimed === unsigned || claimed === signed;
}
