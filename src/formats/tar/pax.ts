/** The records of a PAX extended header (POSIX.1-2017, pax, "pax Extended Header"). */
import { readable, utf8, type Bytes } from '../../base/bytes.ts';
import { copyOf } from './copy.ts';
import { malformed, tooLarge } from './malformed.ts';
import { readDecimal, readTime } from './number.ts';
import type { TarDraft } from './entry.ts';

export type Records = ReadonlyMap<string, Bytes>;

export const NO_RECORDS: Records = new Map();

/**
 * Bytes of all global records together. They are part of every entry that follows: much of them would cost again with
 * each. git and its like write some fifty bytes.
 */
export const MAX_GLOBAL_RECORDS = 16 * 1024;

/** xattrs (star, GNU tar and Go; libarchive): the only records for which an empty value is a value. */
const XATTR = /^(?:SCHILY|LIBARCHIVE)\.xattr\./;

/** `GNU.sparse.*` describe one file; in a global header they would describe all. */
const SPARSE = 'GNU.sparse.';

/** Values that become C strings: a NUL in them would hide the rest from one reader and not from another. */
const TEXTS = new Set(['path', 'linkpath', 'uname', 'gname', 'GNU.sparse.name']);

/**
 * All records, the last of equal keys winning, values copied:
 *
 *     record = length " " key "=" value "\n"      length counts the whole record, itself included, in decimal
 *
 * GNU's sparse format 0.0 repeats `GNU.sparse.offset` and `.numbytes` for each extent; they come out as the one
 * `GNU.sparse.map` of format 0.1. `offset` of the first record in the tar.
 */
export function readRecords(bytes: Uint8Array, offset: number): Map<string, Bytes> {
  const records = new Map<string, Bytes>();
  const map: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = space <= at || bytes[at]! < 0x30 ? NaN : readDecimal(bytes, at, space);
    const end = at + length;
    // The shortest record is "5 k=\n".
    if (!(length >= 5 && end <= bytes.length && space < end - 2)) malformed('PAX record length', offset + at);
    if (bytes[end - 1] !== 0x0a) malformed('PAX record without newline', offset + at);
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) malformed('PAX record without "="', offset + at);
    const key = readKey(bytes, space + 1, equals);
    if (key === '' || key.includes('\0')) malformed('PAX key', offset + at);
    const value = copyOf(bytes, equals + 1, end - 1);
    if (TEXTS.has(key) && value.includes(0)) malformed(`NUL in PAX ${key}`, offset + at);
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      const wanted = map.length % 2 === 0 ? 'GNU.sparse.offset' : 'GNU.sparse.numbytes';
      if (key !== wanted || value.includes(0x2c)) malformed('sparse map', offset + at);
      map.push(readable(value));
    } else records.set(key, value);
    at = end;
  }
  if (map.length > 0) records.set('GNU.sparse.map', utf8(map.join(',')));
  return records;
}

// The keys met last, by a hash of their bytes: few keys stand in all headers, and decoding is slow.
const KEY_SLOTS = 256;
const keys: { readonly bytes: Uint8Array; readonly text: string }[] = Array.from(
  { length: KEY_SLOTS },
  () => ({
    bytes: new Uint8Array(0),
    text: '',
  }),
);

function readKey(bytes: Uint8Array, from: number, end: number): string {
  let hash = 0;
  for (let i = from; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  const slot = (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (KEY_SLOTS - 1);
  const last = keys[slot]!;
  if (last.bytes.length === end - from) {
    let i = 0;
    while (i < last.bytes.length && last.bytes[i] === bytes[from + i]) i++;
    if (i === last.bytes.length) return last.text;
  }
  const copy = new Uint8Array(bytes.subarray(from, end));
  const text = readable(copy);
  // A long key is none of the few.
  if (copy.length <= 256) keys[slot] = { bytes: copy, text };
  return text;
}

/** What is in force from a global header on: `before`, with `records` over them. `offset` of the header in the tar. */
export function withGlobal(before: Records, records: Records, offset: number): Records {
  const all = new Map([...before, ...records].filter(([key]) => !key.startsWith(SPARSE)));
  const effective = withoutDeleted(all);
  let size = 0;
  for (const [key, value] of effective) size += key.length + value.length;
  if (size > MAX_GLOBAL_RECORDS) tooLarge('tar global records', MAX_GLOBAL_RECORDS, size, offset);
  return effective;
}

/** What is in force for one entry: its own records, then the global ones. */
export function effectiveRecords(global: Records, local: Records): Records {
  if (local.size === 0) return global;
  return withoutDeleted(global.size === 0 ? local : new Map([...global, ...local]));
}

/**
 * "If the value field is zero length, it shall delete any header block field, previously entered extended header value,
 * or global extended header value of the same name" (POSIX.1-2017, pax). Readers give the header's field back its
 * force. An xattr may be empty, and both GNU tar and Go write it so.
 */
function withoutDeleted(records: Records): Records {
  let kept: Map<string, Bytes> | null = null;
  for (const [key, value] of records) {
    if (value.length > 0 || XATTR.test(key)) continue;
    kept ??= new Map(records);
    kept.delete(key);
  }
  return kept ?? records;
}

/** Puts records in the place of the fields that they overrule. `offset` of the entry in the tar. */
export function applyRecords(entry: TarDraft, records: Records, offset: number): void {
  if (records.size === 0) return;
  entry.records = records;
  entry.name = records.get('path') ?? entry.name;
  entry.linkname = records.get('linkpath') ?? entry.linkname;
  entry.size = integer(records, 'size', entry.size, offset);
  entry.uid = integer(records, 'uid', entry.uid, offset);
  entry.gid = integer(records, 'gid', entry.gid, offset);
  const uname = records.get('uname');
  if (uname !== undefined) entry.uname = readable(uname);
  const gname = records.get('gname');
  if (gname !== undefined) entry.gname = readable(gname);
  const mtime = records.get('mtime');
  if (mtime !== undefined) {
    const time = readTime(mtime) ?? malformed('number in PAX mtime', offset);
    entry.mtime = time.seconds;
    entry.mtimeNanos = time.nanos;
  }
}

function integer(records: Records, key: string, otherwise: number, offset: number): number {
  const bytes = records.get(key);
  if (bytes === undefined) return otherwise;
  const value = readDecimal(bytes);
  if (Number.isNaN(value)) malformed(`number in PAX ${key}`, offset);
  return value;
}
