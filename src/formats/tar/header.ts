/**
 * One header block to an entry's fields (POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's tar.h for the GNU
 * and star layouts). Offsets and widths in bytes:
 *
 *     name 0+100  mode 100+8  uid 108+8  gid 116+8  size 124+12  mtime 136+12  chksum 148+8  typeflag 156
 *     linkname 157+100  magic 257+6  version 263+2  uname 265+32  gname 297+32  devmajor 329+8  devminor 337+8
 *     ustar: prefix 345+155   star: prefix 345+131, "tar" 508+4   GNU: atime 345+12  ctime 357+12
 */
import { concat, readable, type Bytes } from '../../base/bytes.ts';
import { copyOf } from './copy.ts';
import type { TarDraft } from './entry.ts';
import { malformed } from './malformed.ts';
import { readNumber } from './number.ts';
import { NO_RECORDS } from './pax.ts';

export const BLOCK_SIZE = 512;

export type Dialect = 'v7' | 'ustar' | 'star' | 'gnu';

const SLASH = Uint8Array.of(0x2f);

const FLAGS = Array.from({ length: 256 }, (_, flag) => String.fromCharCode(flag));

/**
 * Checks the header's own sum. False for a block of zeros, which is no header. `offset` of the block in the tar.
 *
 * The sum is of unsigned bytes (POSIX); Sun's tar and its kin summed signed ones.
 */
export function checkHeader(block: Uint8Array, at: number, offset: number): boolean {
  // Four sums, so that no addition waits for the one before it.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = at, end = at + BLOCK_SIZE; i < end; i += 4) {
    a += block[i]!;
    b += block[i + 1]!;
    c += block[i + 2]!;
    d += block[i + 3]!;
  }
  let sum = a + b + c + d;
  if (sum === 0) return false;
  // The field itself counts as eight spaces.
  for (let i = at + 148; i < at + 156; i++) sum += 0x20 - block[i]!;
  const claimed = block[at + 148]! < 0x80 ? readNumber(block, at + 148, 8) : NaN;
  if (claimed !== sum && claimed !== signedSum(block, at, sum)) malformed('header checksum', offset);
  return true;
}

function signedSum(block: Uint8Array, at: number, unsigned: number): number {
  let sum = unsigned;
  for (let i = at; i < at + BLOCK_SIZE; i++) {
    if (block[i]! >= 0x80 && (i < at + 148 || i >= at + 156)) sum -= 256;
  }
  return sum;
}

/** By magic and version, as Go's archive/tar tells them; what is unknown is v7. */
export function dialectOf(block: Uint8Array, at: number): Dialect {
  // "ustar" and NUL (POSIX), or "ustar", two spaces and NUL over magic and version (GNU).
  const m = at + 257;
  if (block[m] !== 0x75 || block[m + 1] !== 0x73 || block[m + 2] !== 0x74) return 'v7';
  if (block[m + 3] !== 0x61 || block[m + 4] !== 0x72) return 'v7';
  if (block[m + 5] === 0) return isStar(block, at + 508) ? 'star' : 'ustar';
  if (block[m + 5] === 0x20 && block[m + 6] === 0x20 && block[m + 7] === 0) return 'gnu';
  return 'v7';
}

function isStar(block: Uint8Array, at: number): boolean {
  return block[at] === 0x74 && block[at + 1] === 0x61 && block[at + 2] === 0x72 && block[at + 3] === 0;
}

/** The size field of any header. `offset` of the block in the tar. */
export function readSize(block: Uint8Array, at: number, offset: number): number {
  return number(block, at + 124, 12, 'size', offset);
}

/** Reads header blocks one after the other, and remembers owners' names: they are mostly the last one's. */
export class HeaderReader {
  readonly #uname = new RepeatedText();
  readonly #gname = new RepeatedText();

  /**
   * The fields of the header at `at` of `block`, whose sum was checked; bytes are copied. Type flag and size are as they
   * stand; data are taken to follow at once. `offset` of the block in the tar.
   */
  read(block: Uint8Array, at: number, offset: number): TarDraft {
    const dialect = dialectOf(block, at);
    const posix = dialect !== 'v7';
    return {
      type: FLAGS[block[at + 156]!]!,
      name: readName(block, at, dialect),
      linkname: readField(block, at + 157, 100),
      mode: number(block, at + 100, 8, 'mode', offset),
      uid: number(block, at + 108, 8, 'uid', offset),
      gid: number(block, at + 116, 8, 'gid', offset),
      uname: posix ? this.#uname.read(block, at + 265, 32) : '',
      gname: posix ? this.#gname.read(block, at + 297, 32) : '',
      size: number(block, at + 124, 12, 'size', offset),
      mtime: number(block, at + 136, 12, 'mtime', offset),
      mtimeNanos: 0,
      devmajor: posix ? number(block, at + 329, 8, 'devmajor', offset) : 0,
      devminor: posix ? number(block, at + 337, 8, 'devminor', offset) : 0,
      headerOffset: offset,
      dataOffset: offset + BLOCK_SIZE,
      dataSize: 0,
      sparse: null,
      records: NO_RECORDS,
    };
  }
}

function number(block: Uint8Array, at: number, width: number, field: string, offset: number): number {
  const value = readNumber(block, at, width);
  if (value !== value) malformed(`number in ${field}`, offset);
  return value;
}

/** Up to a NUL, or the whole width. */
function readField(block: Uint8Array, at: number, width: number): Bytes {
  return copyOf(block, at, endOf(block, at, width));
}

function endOf(block: Uint8Array, at: number, width: number): number {
  let end = at;
  while (end < at + width && block[end] !== 0) end++;
  return end;
}

function readName(block: Uint8Array, at: number, dialect: Dialect): Bytes {
  const name = readField(block, at, 100);
  if (block[at + 345] === 0 && dialect !== 'gnu') return name;
  switch (dialect) {
    case 'v7':
      return name;
    case 'ustar':
      return prefixed(readField(block, at + 345, 155), name);
    case 'star':
      return prefixed(readField(block, at + 345, 131), name);
    case 'gnu':
      return hasMistakenPrefix(block, at) ? prefixed(readField(block, at + 345, 155), name) : name;
  }
}

function prefixed(prefix: Bytes, name: Bytes): Bytes {
  return prefix.length === 0 ? name : concat([prefix, SLASH, name]);
}

/**
 * Go before 1.8, and with it old docker, wrote a ustar prefix over the times of a GNU header (golang.org/issue/12594):
 * where they are no times but ASCII text, they are that prefix.
 */
function hasMistakenPrefix(block: Uint8Array, at: number): boolean {
  const isTime = (from: number) => block[from] === 0 || !Number.isNaN(readNumber(block, from, 12));
  if (isTime(at + 345) && isTime(at + 357)) return false;
  const end = endOf(block, at + 345, 155);
  for (let i = at + 345; i < end; i++) if (block[i]! >= 0x80) return false;
  return true;
}

/** Decodes a text field, or gives the last answer again where the bytes are the last ones. */
class RepeatedText {
  #bytes: Uint8Array = new Uint8Array(0);
  #text = '';

  read(block: Uint8Array, at: number, width: number): string {
    const last = this.#bytes;
    let i = 0;
    while (i < last.length && block[at + i] === last[i]) i++;
    if (i === last.length && (i === width || block[at + i] === 0)) return this.#text;
    this.#bytes = readField(block, at, width);
    this.#text = readable(this.#bytes);
    return this.#text;
  }
}
