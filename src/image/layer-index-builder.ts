/** Fills a LayerIndex, an entry at a time. */
import type { Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import type { Compression } from '../formats/compression.ts';
import type { TarEntry } from '../formats/tar/entry.ts';
import { packRecords } from './entry-records.ts';
import { FILE, HARDLINK, MAX_ENTRIES, MAX_POOL, SYMLINK, type LayerIndex } from './layer-index.ts';

const FIRST_ROWS = 1024;
const FIRST_POOL = 64 * 1024;
/** Shared stretches of records: longer ones, and more of them, are not worth their memory. Bytes, and stretches. */
const SHARED_LENGTH = 1024;
const SHARED_STRETCHES = 50_000;
/** Distinct owners that are looked up; a layer with more is made to hurt, and gets rows of their own. */
const SHARED_OWNERS = 100_000;
/**
 * What all owners may take, each with the room of its row: they are text and not in the pool, and a PAX header may give each
 * entry a name of 1 MiB. UTF-16 units.
 */
const MAX_OWNERS = 64 * 1024 * 1024;
const OWNER_ROW = 64;
/** Flags `'0'` to `'6'`. */
const FIRST_FLAG = 0x30;
const LAST_FLAG = 0x36;

/** What is known of a layer once it has been read to its end. */
export interface LayerFacts {
  readonly compression: Compression;
  /** Bytes. */
  readonly unpackedSize: number;
}

type Columns = ReturnType<typeof columns>;

export class LayerIndexBuilder {
  #columns = columns(FIRST_ROWS);
  #capacity = FIRST_ROWS;
  #count = 0;
  #pool = new Uint8Array(FIRST_POOL);
  #poolLength = 0;
  #skipped = 0;
  readonly #owners: [uname: string, gname: string][] = [];
  readonly #ownerRows = new Map<string, Map<string, number>>();
  #ownersShared = 0;
  #ownersTaken = 0;
  readonly #stretches = new Map<string, number>();

  /** Rows so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a row; keeps nothing of `entry`. An entry whose type is none of tar's seven is counted and left out: POSIX
   * would have it read as a file, but moby/go-archive, umoci and containerd all refuse to make one, so a file on screen
   * that no container has would be a lie. Fails with `too-large` past `MAX_ENTRIES`, `MAX_POOL` or `MAX_OWNERS`.
   */
  add(entry: TarEntry): void {
    const flag = entry.type.charCodeAt(0);
    if (entry.type.length !== 1 || flag < FIRST_FLAG || flag > LAST_FLAG) {
      this.#skipped++;
      return;
    }
    if (this.#count === MAX_ENTRIES) fail({ code: 'too-large', what: 'entries', limit: MAX_ENTRIES });
    if (this.#count === this.#capacity) this.#grow();
    const row = this.#count;
    const type = flag - FIRST_FLAG;
    const to = this.#columns;

    to.nameStart[row] = this.#keep(entry.name);
    to.nameLength[row] = entry.name.length;
    if (type === HARDLINK || type === SYMLINK) {
      to.linkStart[row] = this.#keep(entry.linkname);
      to.linkLength[row] = entry.linkname.length;
    }
    to.type[row] = type;
    to.mode[row] = entry.mode & 0o7777;
    to.uid[row] = entry.uid;
    to.gid[row] = entry.gid;
    to.size[row] = type === FILE ? entry.size : 0;
    to.mtime[row] = entry.mtime;
    to.mtimeNanos[row] = entry.mtimeNanos;
    to.devmajor[row] = deviceNumber(entry.devmajor);
    to.devminor[row] = deviceNumber(entry.devminor);
    to.headerOffset[row] = entry.headerOffset;
    to.dataOffset[row] = entry.dataOffset;
    to.dataSize[row] = entry.dataSize;
    to.owner[row] = this.#owner(entry.uname, entry.gname);
    const packed = packRecords(entry.records, entry.sparse);
    if (packed !== null) {
      to.recordsStart[row] = this.#share(packed);
      to.recordsLength[row] = packed.length;
    }
    this.#count++;
  }

  /** The index. The builder is spent. */
  finish(facts: LayerFacts): LayerIndex {
    return {
      count: this.#count,
      pool: this.#pool.slice(0, this.#poolLength),
      ...resized(this.#columns, this.#count),
      owners: this.#owners,
      compression: facts.compression,
      unpackedSize: facts.unpackedSize,
      skipped: this.#skipped,
    };
  }

  #grow(): void {
    this.#capacity = Math.min(this.#capacity * 2, MAX_ENTRIES);
    this.#columns = resized(this.#columns, this.#capacity);
  }

  /** Copies bytes into the pool; where they stand. */
  #keep(bytes: Uint8Array): number {
    const start = this.#poolLength;
    const end = start + bytes.length;
    if (end > MAX_POOL) fail({ code: 'too-large', what: 'names of a layer', limit: MAX_POOL });
    if (end > this.#pool.length) {
      const larger = new Uint8Array(Math.min(Math.max(this.#pool.length * 2, end), MAX_POOL));
      larger.set(this.#pool);
      this.#pool = larger;
    }
    this.#pool.set(bytes, start);
    this.#poolLength = end;
    return start;
  }

  /** Like `#keep`, but equal short stretches stand in the pool once: one file capability is in many entries. */
  #share(packed: Bytes): number {
    if (packed.length > SHARED_LENGTH) return this.#keep(packed);
    const key = String.fromCharCode(...packed);
    const known = this.#stretches.get(key);
    if (known !== undefined) return known;
    const start = this.#keep(packed);
    if (this.#stretches.size < SHARED_STRETCHES) this.#stretches.set(key, start);
    return start;
  }

  #owner(uname: string, gname: string): number {
    let groups = this.#ownerRows.get(uname);
    const known = groups?.get(gname);
    if (known !== undefined) return known;
    this.#ownersTaken += OWNER_ROW + uname.length + gname.length;
    if (this.#ownersTaken > MAX_OWNERS)
      fail({ code: 'too-large', what: 'owners of a layer', limit: MAX_OWNERS });
    const row = this.#owners.push([uname, gname]) - 1;
    if (this.#ownersShared++ < SHARED_OWNERS) {
      if (groups === undefined) this.#ownerRows.set(uname, (groups = new Map()));
      groups.set(gname, row);
    }
    return row;
  }
}

function columns(capacity: number) {
  return {
    nameStart: new Uint32Array(capacity),
    nameLength: new Uint32Array(capacity),
    linkStart: new Uint32Array(capacity),
    linkLength: new Uint32Array(capacity),
    type: new Uint8Array(capacity),
    mode: new Uint16Array(capacity),
    uid: new Float64Array(capacity),
    gid: new Float64Array(capacity),
    size: new Float64Array(capacity),
    mtime: new Float64Array(capacity),
    mtimeNanos: new Uint32Array(capacity),
    devmajor: new Uint32Array(capacity),
    devminor: new Uint32Array(capacity),
    headerOffset: new Float64Array(capacity),
    dataOffset: new Float64Array(capacity),
    dataSize: new Float64Array(capacity),
    owner: new Uint32Array(capacity),
    recordsStart: new Uint32Array(capacity),
    recordsLength: new Uint32Array(capacity),
  };
}

/** The same rows in columns of another length. */
function resized(from: Columns, length: number): Columns {
  const to = columns(length);
  for (const key of Object.keys(to) as (keyof Columns)[]) {
    const rows = from[key];
    to[key].set(rows.length > length ? rows.subarray(0, length) : rows);
  }
  return to;
}

/** Linux has 12 bits of major and 20 of minor; a tar may claim anything. */
function deviceNumber(claimed: number): number {
  return Math.min(Math.max(claimed, 0), 0xffffffff);
}

/** Of a layer that nobody has: no entries. */
export function emptyIndex(): LayerIndex {
  return new LayerIndexBuilder().finish({ compression: 'none', unpackedSize: 0 });
}
