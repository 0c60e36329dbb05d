/**
 * Maps of sparse files: which stretches of the file the tar holds (GNU tar manual, "Storing Sparse Files").
 *
 *     old GNU  in the header (4 extents) and in blocks of 21 that follow it; flag 'S'
 *     0.0 0.1  in PAX records: `GNU.sparse.map` "offset,length,…" beside `.size`, `.numblocks`, `.name`
 *     1.0      before the data: "count\n", then "offset\nlength\n" each, filled to whole blocks
 */
import { readable } from '../../base/bytes.ts';
import type { SparseExtent } from './entry.ts';
import { dialectOf } from './header.ts';
import { malformed, tooLarge } from './malformed.ts';
import { readDecimal, readNumber } from './number.ts';
import type { Records } from './pax.ts';

/** Extents of one file. A map is held whole; at this many it takes some ten megabytes. */
export const MAX_EXTENTS = 256 * 1024;

/** How a sparse file's records tell its map, name and size; null for a file that is none, or of an unknown version. */
export interface SparseRecords {
  /** 1.0: the map stands before the data. */
  readonly mapInData: boolean;
  readonly size: number | null;
}

/** `offset` of the entry in the tar. */
export function readSparseRecords(records: Records, offset: number): SparseRecords | null {
  if (records.size === 0) return null;
  const text = (key: string) => {
    const bytes = records.get(key);
    return bytes === undefined ? '' : readable(bytes);
  };
  const version = `${text('GNU.sparse.major')}.${text('GNU.sparse.minor')}`;
  // 0.0 and 0.1 as first written name no version.
  const guessed = version === '.' && text('GNU.sparse.map') !== '';
  if (version !== '1.0' && version !== '0.0' && version !== '0.1' && !guessed) return null;
  const bytes = records.get('GNU.sparse.size') ?? records.get('GNU.sparse.realsize');
  const size = bytes === undefined ? null : readDecimal(bytes);
  if (Number.isNaN(size)) malformed('sparse size', offset);
  return { mapInData: version === '1.0', size };
}

/** The map of formats 0.0 and 0.1. `offset` of the entry in the tar. */
export function readRecordedMap(records: Records, offset: number): SparseExtent[] {
  const count = readDecimal(records.get('GNU.sparse.numblocks') ?? new Uint8Array(0));
  if (!(count >= 0)) malformed('sparse map', offset);
  if (count > MAX_EXTENTS) tooManyExtents(count, offset);
  const map = records.get('GNU.sparse.map') ?? new Uint8Array(0);
  const numbers: number[] = [];
  for (let at = 0; at < map.length;) {
    const comma = map.indexOf(0x2c, at);
    const end = comma < 0 ? map.length : comma;
    // A comma promises another number.
    const value = end + 1 === map.length ? NaN : readDecimal(map, at, end);
    if (!(value >= 0)) malformed('sparse map', offset);
    numbers.push(value);
    at = end + 1;
  }
  if (numbers.length !== 2 * count) malformed('sparse map', offset);
  return pairs(numbers);
}

/** The map of format 1.0, as its blocks arrive. */
export class SparseMapReader {
  readonly #numbers: number[] = [];
  readonly #offset: number;
  #wanted = 1;
  /** Of the number being read; -1 before its first digit. */
  #value = -1;

  /** `offset` of the entry in the tar. */
  constructor(offset: number) {
    this.#offset = offset;
  }

  /** The map, when its last number is within these bytes; what follows it in them is filling. */
  push(block: Uint8Array, from: number, end: number): SparseExtent[] | null {
    for (let i = from; i < end; i++) {
      const byte = block[i]!;
      if (byte === 0x0a) {
        if (this.#value < 0) malformed('sparse map', this.#offset);
        if (this.#wanted === 1) {
          if (this.#value > MAX_EXTENTS) tooManyExtents(this.#value, this.#offset);
          this.#wanted = 1 + 2 * this.#value;
        }
        this.#numbers.push(this.#value);
        this.#value = -1;
        if (this.#numbers.length === this.#wanted) return pairs(this.#numbers.slice(1));
        continue;
      }
      if (byte < 0x30 || byte > 0x39) malformed('sparse map', this.#offset);
      this.#value = (this.#value < 0 ? 0 : this.#value * 10) + (byte - 0x30);
      if (this.#value > Number.MAX_SAFE_INTEGER) malformed('sparse map', this.#offset);
    }
    return null;
  }
}

/**
 * Appends the extents of an old GNU header (`sp` at 386) or of an extension block; true when another block follows.
 * `offset` of the entry in the tar.
 */
export function readOldExtents(
  block: Uint8Array,
  at: number,
  kind: 'header' | 'extension',
  extents: SparseExtent[],
  offset: number,
): boolean {
  const start = at + (kind === 'header' ? 386 : 0);
  const end = start + (kind === 'header' ? 4 : 21) * 24;
  for (let i = start; i < end && block[i] !== 0; i += 24) {
    const from = readNumber(block, i, 12);
    const length = readNumber(block, i + 12, 12);
    if (!(from >= 0 && length >= 0)) malformed('sparse map', offset);
    extents.push({ offset: from, length });
  }
  if (extents.length > MAX_EXTENTS) tooManyExtents(extents.length, offset);
  return block[end] !== 0;
}

/** The file's size in an old GNU header. Star has a sparse format of its own under the same flag: refused. */
export function readOldSize(block: Uint8Array, at: number, offset: number): number {
  const size = dialectOf(block, at) === 'gnu' ? readNumber(block, at + 483, 12) : NaN;
  if (!(size >= 0)) malformed('sparse size', offset);
  return size;
}

/**
 * The extents that hold anything, touching ones made one, checked: ascending, within `size`, and all of them within the
 * `dataSize` bytes that the tar has of the file. `offset` of the entry in the tar.
 */
export function checkExtents(
  extents: readonly SparseExtent[],
  size: number,
  dataSize: number,
  offset: number,
): SparseExtent[] {
  if (size < 0) malformed('sparse size', offset);
  const kept: SparseExtent[] = [];
  let end = 0;
  let held = 0;
  for (const extent of extents) {
    if (extent.offset < end) malformed('sparse map out of order', offset);
    if (extent.length > size - extent.offset) malformed('sparse map past the size', offset);
    const last = kept.at(-1);
    end = extent.offset + extent.length;
    held += extent.length;
    if (extent.length === 0) continue;
    if (last !== undefined && last.offset + last.length === extent.offset) {
      kept[kept.length - 1] = { offset: last.offset, length: last.length + extent.length };
    } else kept.push(extent);
  }
  if (held > dataSize) malformed('sparse map past the data', offset);
  return kept;
}

function pairs(numbers: readonly number[]): SparseExtent[] {
  const extents: SparseExtent[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    extents.push({ offset: numbers[i]!, length: numbers[i + 1]! });
  }
  return extents;
}

function tooManyExtents(actual: number, offset: number): never {
  tooLarge('tar sparse extents', MAX_EXTENTS, actual, offset);
}
