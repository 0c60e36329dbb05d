/**
 * One layer's tar as a table of columns: a row is an entry, in the order of the tar. Typed arrays and one pool of
 * bytes: cheap to transfer, to keep and to store. A million rows are ordinary.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Compression } from '../formats/compression.ts';
import type { SparseExtent } from '../formats/tar/entry.ts';
import { decodeExtents, SPARSE_KEY, unpackRecords, xattrsIn } from './entry-records.ts';

/** Entry types, as numbers, in the column `type`. The values are tar's own type flags, `'0'` to `'6'`. */
export const FILE = 0;
export const HARDLINK = 1;
export const SYMLINK = 2;
export const CHAR = 3;
export const BLOCK = 4;
export const DIR = 5;
export const FIFO = 6;
export type EntryType = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/**
 * Entries of one image, all layers together. At 99 bytes a row and some 50 of names that is 600 MB, the most that a page
 * may ask of a browser.
 */
export const MAX_ENTRIES = 4_000_000;
/** Bytes of one layer's pool: 256 for each of `MAX_ENTRIES`, and offsets in it stay far below 2^32. */
export const MAX_POOL = 2 ** 30;

/** Plain data: it crosses threads and is stored as it is. All columns have `count` rows. */
export interface LayerIndex {
  readonly count: number;
  /** Names, link names and records, back to back. */
  readonly pool: Bytes;
  /** The entry's path as the tar has it, after PAX and GNU long names: raw bytes, `./` and `/` and all. */
  readonly nameStart: Uint32Array<ArrayBuffer>;
  readonly nameLength: Uint32Array<ArrayBuffer>;
  /** Link target of hard and symbolic links, raw; length 0 for others. */
  readonly linkStart: Uint32Array<ArrayBuffer>;
  readonly linkLength: Uint32Array<ArrayBuffer>;
  readonly type: Uint8Array<ArrayBuffer>;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: Uint16Array<ArrayBuffer>;
  readonly uid: Float64Array<ArrayBuffer>;
  readonly gid: Float64Array<ArrayBuffer>;
  /** Bytes of the file as a reader of it sees them (a sparse file's real size); 0 for all but FILE. */
  readonly size: Float64Array<ArrayBuffer>;
  /** Whole seconds since 1970, rounded down, and the nanoseconds above them. */
  readonly mtime: Float64Array<ArrayBuffer>;
  readonly mtimeNanos: Uint32Array<ArrayBuffer>;
  readonly devmajor: Uint32Array<ArrayBuffer>;
  readonly devminor: Uint32Array<ArrayBuffer>;
  /** Where the entry's first header block stands in the unpacked tar (extension headers included). */
  readonly headerOffset: Float64Array<ArrayBuffer>;
  /** Where its data stands, and how many bytes of it the tar holds (without padding; before sparse expansion). */
  readonly dataOffset: Float64Array<ArrayBuffer>;
  readonly dataSize: Float64Array<ArrayBuffer>;
  /** Row in `owners`: `uname` and `gname`, interned. */
  readonly owner: Uint32Array<ArrayBuffer>;
  readonly owners: readonly (readonly [uname: string, gname: string])[];
  /**
   * Records beside the columns (PAX records, xattrs among them, and the sparse map): a stretch of the pool, see `recordsOf`.
   * Length 0 where there is none. Equal stretches are shared.
   */
  readonly recordsStart: Uint32Array<ArrayBuffer>;
  readonly recordsLength: Uint32Array<ArrayBuffer>;
  readonly compression: Compression;
  /** Bytes of the unpacked tar, to its last byte. */
  readonly unpackedSize: number;
  /** Entries of a type that no container runtime makes (volume labels, dump directories …): they have no row. */
  readonly skipped: number;
}

/** The PAX records of an entry that the columns do not hold, xattrs among them, in the order of the tar. Own copies. */
export function recordsOf(index: LayerIndex, row: number): Map<string, Bytes> {
  const records = unpackRecords(index.pool, index.recordsStart[row]!, index.recordsLength[row]!);
  records.delete(SPARSE_KEY);
  return records;
}

/** Extended attributes by name, their values as they were on the disk. */
export function xattrsOf(index: LayerIndex, row: number): Map<string, Bytes> {
  return xattrsIn(recordsOf(index, row));
}

/** The extents of a sparse file, whose data stand back to back at `dataOffset`; null for a plain one. */
export function sparseOf(index: LayerIndex, row: number): SparseExtent[] | null {
  const packed = unpackRecords(index.pool, index.recordsStart[row]!, index.recordsLength[row]!).get(
    SPARSE_KEY,
  );
  return packed === undefined ? null : decodeExtents(packed);
}
