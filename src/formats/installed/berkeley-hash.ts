/**
 * What a hash of Berkeley DB holds (Oracle Berkeley DB 5.3, dbinc/db_page.h). Pages are gone through one by one; buckets, which
 * only finding needs, are not.
 *
 *     every page: 8 page number, 12 previous, 16 next, 20 entries, 22 high free byte, 24 level, 25 type
 *     meta (page 0): 12 magic, 16 version, 20 page size, 25 type
 */
import { concat, type Bytes } from '../../base/bytes.ts';
import { Fields } from '../file/fields.ts';
import { malformed, PIECE_LIMIT } from '../file/random-access.ts';

const MAGIC = 0x061561;
/** Bytes of a page before its entries. */
const HEAD = 26;
const UNSORTED = 2;
const OVERFLOW = 7;
const SORTED = 13;
/** An item in its page, after a byte that says so; one that stands on pages of its own. */
const KEY_DATA = 1;
const OFF_PAGE = 3;

export interface BerkeleyPair {
  readonly key: Uint8Array;
  readonly value: Bytes;
}

export function isBerkeleyHash(bytes: Uint8Array): boolean {
  return bytes.length >= 512 && (isMagic(bytes, true) || isMagic(bytes, false));
}

const isMagic = (bytes: Uint8Array, little: boolean) => new Fields(bytes, little).u32(12) === MAGIC;

/** In no order. Fails with `malformed`. */
export function* berkeleyValues(bytes: Bytes): Generator<BerkeleyPair, void, undefined> {
  const little = isMagic(bytes, true);
  const file = new Fields(bytes, little);
  const size = file.u32(20);
  if (size < 512 || size > 65_536 || (size & (size - 1)) !== 0) malformed('no size of a page', 20);
  for (let start = size; start + size <= bytes.length; start += size) {
    const page = file.part(start, size);
    const type = page.u8(25);
    if (type !== UNSORTED && type !== SORTED) continue;
    const entries = page.u16(20);
    if (HEAD + entries * 2 > size) malformed('a page has more entries than room', start);
    for (let i = 0; i + 1 < entries; i += 2) {
      const key = itemOf(file, size, page, i);
      const value = itemOf(file, size, page, i + 1);
      // Several values of one key are not what packages are kept in.
      if (key !== null && value !== null) yield { key, value };
    }
  }
}

/** Items stand from the page's end downwards, each up to the one before. Null for kinds that are not read. */
function itemOf(file: Fields, size: number, page: Fields, i: number): Bytes | null {
  const at = page.u16(HEAD + i * 2);
  const end = i === 0 ? size : page.u16(HEAD + (i - 1) * 2);
  if (at >= end) malformed('an item ends before it begins');
  const kind = page.u8(at);
  if (kind === KEY_DATA) return page.part(at + 1, end - at - 1).bytes.slice();
  return kind === OFF_PAGE ? overflow(file, size, page.u32(at + 4), page.u32(at + 8)) : null;
}

/** Pages of an overflow say in their `high free byte` how many bytes they have. */
function overflow(file: Fields, size: number, first: number, length: number): Bytes {
  if (length > Math.min(file.length, PIECE_LIMIT)) malformed('an item is longer than its file');
  const pieces: Uint8Array[] = [];
  let next = first;
  for (let left = length; left > 0;) {
    const page = file.part(next * size, size);
    const room = Math.min(page.u16(22), left);
    if (next === 0 || page.u8(25) !== OVERFLOW || room === 0)
      malformed('an item goes on nowhere', next * size);
    pieces.push(page.part(HEAD, room).bytes);
    left -= room;
    next = page.u32(16);
  }
  return concat(pieces);
}
