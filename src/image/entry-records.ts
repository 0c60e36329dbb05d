/**
 * PAX records as a stretch of a layer index's pool: for each one the lengths of key and value (32 bits, big-endian),
 * then both. Only the records that the columns do not hold are kept.
 */
import { fromBase64, readable, toBase64, utf8, type Bytes } from '../base/bytes.ts';
import type { SparseExtent } from '../formats/tar/entry.ts';

/** Where the sparse map stands: a PAX record never has an empty key (POSIX.1-2017, pax, "pax Extended Header"). */
export const SPARSE_KEY = '';

/** In the columns already (POSIX.1-2017, pax; the size of a sparse file is its real one). */
const IN_COLUMNS: ReadonlySet<string> = new Set([
  SPARSE_KEY,
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  'mtime',
  'uname',
  'gname',
  'SCHILY.realsize',
  'SCHILY.devmajor',
  'SCHILY.devminor',
]);
/** GNU tar's sparse formats 0.0, 0.1 and 1.0: their map, name and size are what `sparse`, `name` and `size` say. */
const GNU_SPARSE = 'GNU.sparse.';

const SCHILY = 'SCHILY.xattr.';
const LIBARCHIVE = 'LIBARCHIVE.xattr.';

/** The stretch for an entry; null where it needs none. */
export function packRecords(
  records: ReadonlyMap<string, Bytes>,
  sparse: readonly SparseExtent[] | null,
): Bytes | null {
  if (records.size === 0 && sparse === null) return null;
  const kept: (readonly [key: Bytes, value: Uint8Array])[] = [];
  for (const [key, value] of records) {
    if (!IN_COLUMNS.has(key) && !key.startsWith(GNU_SPARSE)) kept.push([utf8(key), value]);
  }
  if (sparse !== null) kept.push([utf8(SPARSE_KEY), encodeExtents(sparse)]);
  if (kept.length === 0) return null;

  const packed = new Uint8Array(kept.reduce((sum, [key, value]) => sum + 8 + key.length + value.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const [key, value] of kept) {
    view.setUint32(at, key.length);
    view.setUint32(at + 4, value.length);
    packed.set(key, at + 8);
    packed.set(value, at + 8 + key.length);
    at += 8 + key.length + value.length;
  }
  return packed;
}

/** Everything in a stretch that `packRecords` made; the values are copies. */
export function unpackRecords(pool: Bytes, start: number, length: number): Map<string, Bytes> {
  const records = new Map<string, Bytes>();
  if (length === 0) return records;
  const view = new DataView(pool.buffer, pool.byteOffset);
  const end = start + length;
  let at = start;
  while (at < end) {
    const value = at + 8 + view.getUint32(at);
    const next = value + view.getUint32(at + 4);
    records.set(readable(pool.subarray(at + 8, value)), pool.slice(value, next));
    at = next;
  }
  return records;
}

/**
 * The extended attributes among PAX records: `SCHILY.xattr.<name>` holds the bytes themselves (star, GNU tar, Go);
 * `LIBARCHIVE.xattr.<name>` a percent-encoded name and base64 without padding (libarchive, tar(5)). bsdtar writes
 * both; the plain one wins.
 */
export function xattrsIn(records: ReadonlyMap<string, Bytes>): Map<string, Bytes> {
  const xattrs = new Map<string, Bytes>();
  for (const [key, value] of records) {
    if (!key.startsWith(LIBARCHIVE)) continue;
    const decoded = fromBase64(readable(value));
    if (decoded !== null) xattrs.set(percentDecoded(key.slice(LIBARCHIVE.length)), decoded);
  }
  for (const [key, value] of records) if (key.startsWith(SCHILY)) xattrs.set(key.slice(SCHILY.length), value);
  return xattrs;
}

/** True for the keys that `xattrsIn` reads. */
export function isXattrRecord(key: string): boolean {
  return key.startsWith(SCHILY) || key.startsWith(LIBARCHIVE);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodeExtents(extents: readonly SparseExtent[]): Bytes {
  const view = new DataView(new ArrayBuffer(extents.length * 16));
  extents.forEach(({ offset, length }, i) => {
    view.setFloat64(i * 16, offset);
    view.setFloat64(i * 16 + 8, length);
  });
  return new Uint8Array(view.buffer);
}

export function decodeExtents(packed: Bytes): SparseExtent[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: packed.byteLength / 16 }, (_, i) => ({
    offset: view.getFloat64(i * 16),
    length: view.getFloat64(i * 16 + 8),
  }));
}

/** The PAX record of an extended attribute, which `xattrsIn` reads back. A key has no `=`: libarchive's form escapes it. */
export function xattrRecord(name: string, value: Bytes): [key: string, value: Bytes] {
  if (!name.includes('=')) return [SCHILY + name, value];
  return [LIBARCHIVE + encodeURIComponent(name), utf8(toBase64(value).replace(/=+$/, ''))];
}
