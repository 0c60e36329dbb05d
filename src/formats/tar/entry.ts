/** One entry of a tar, whatever dialect it was written in. */
import type { Bytes } from '../../base/bytes.ts';

/** A stretch of real data in a sparse file: `length` bytes at `offset` of the expanded file. Ascending, apart. */
export interface SparseExtent {
  readonly offset: number;
  readonly length: number;
}

export interface TarEntry {
  /**
   * As normalised: `'0'` file (also NUL, `'7'`, old-GNU sparse `'S'`), `'1'` hard link, `'2'` symbolic link, `'3'` char,
   * `'4'` block, `'5'` directory (also a v7 file whose name ends in a slash), `'6'` fifo; any other flag as it stands.
   */
  readonly type: string;
  /** Raw bytes after PAX `path`, GNU `L` and the ustar prefix; never cut, never decoded. */
  readonly name: Bytes;
  /** Raw bytes after PAX `linkpath` and GNU `K`. */
  readonly linkname: Bytes;
  /** All bits of the header's field. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Readable text. */
  readonly uname: string;
  readonly gname: string;
  /** Bytes of the file as its reader sees it: a sparse file's real size. 0 for types without data. */
  readonly size: number;
  /** Whole seconds since 1970, rounded down (may be negative), and nanoseconds above them, 0 to 999,999,999. */
  readonly mtime: number;
  readonly mtimeNanos: number;
  readonly devmajor: number;
  readonly devminor: number;
  /** Where the entry begins in the tar, its extension headers included. */
  readonly headerOffset: number;
  /** Where its data stands in the tar, and how many bytes of it the tar holds (without padding, after a sparse map). */
  readonly dataOffset: number;
  readonly dataSize: number;
  /** The extents of a sparse file, whose data stand back to back at `dataOffset`; null for a plain one. */
  readonly sparse: readonly SparseExtent[] | null;
  /** Every effective PAX record of the entry (global ones too, a local one wins), values as raw bytes. */
  readonly records: ReadonlyMap<string, Bytes>;
}

/** An entry in the making: what later records and maps may still change. */
export type TarDraft = { -readonly [Key in keyof TarEntry]: TarEntry[Key] };
