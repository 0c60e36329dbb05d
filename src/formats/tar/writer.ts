/**
 * Entries to the blocks of a tar, in the dialect that all read: ustar (POSIX.1-2017, pax, "ustar Interchange Format"), and a
 * PAX header before it for what does not fit. Names and values are raw bytes, times have nanoseconds, a sparse file stays one
 * (GNU tar manual, "Storing Sparse Files", PAX format 1.0). What is written, `TarParser` reads back.
 *
 *     entry = [ x-header records ] header [ sparse-map ] data padding
 */
import { concat, utf8, type Bytes } from '../../base/bytes.ts';
import type { SparseExtent, TarEntry } from './entry.ts';
import { BLOCK_SIZE } from './header.ts';

/**
 * An entry as `TarParser` gives it, but where it stood. `records`: others than those that the fields make. `sparse`: as
 * `blockExtents` gives it.
 */
export type EntryFacts = Omit<TarEntry, 'headerOffset' | 'dataOffset' | 'dataSize'>;

/** Two blocks of zeros. */
export const END_OF_TAR: Bytes = new Uint8Array(2 * BLOCK_SIZE);

const SLASH = 0x2f;
const NAME = 100;
const PREFIX = 155;
/** Owners' names end with a NUL in the field. */
const OWNER = 31;
/** 7 and 11 octal digits. */
const MAX_8 = 8 ** 7 - 1;
const MAX_12 = 8 ** 11 - 1;
/** What a tool that knows no sparse files calls one: its bytes are not the file's. */
const SPARSE_NAME = utf8('GNUSparseFile.0/');

type Records = (readonly [key: string, value: Uint8Array])[];

/** The blocks that go before the entry's data: its headers, and the map of a sparse file. */
export function writeHeader(entry: EntryFacts): Bytes {
  const { sparse } = entry;
  const records: Records = [];
  const block = new Uint8Array(BLOCK_SIZE);
  const map = sparse === null ? null : sparseMap(sparse, entry.size);

  if (map === null) writeName(block, entry.name, records);
  else {
    records.push(['GNU.sparse.major', utf8('1')], ['GNU.sparse.minor', utf8('0')]);
    records.push(['GNU.sparse.name', entry.name], ['GNU.sparse.realsize', utf8(String(entry.size))]);
    block.set(SPARSE_NAME);
    block.set(
      entry.name.subarray(Math.max(0, entry.name.length - (NAME - SPARSE_NAME.length))),
      SPARSE_NAME.length,
    );
  }
  if (!isPlain(entry.linkname, NAME)) records.push(['linkpath', entry.linkname]);
  block.set(entry.linkname.subarray(0, NAME), 157);

  writeOctal(block, 100, 8, entry.mode);
  writeNumber(block, 108, 8, entry.uid, MAX_8, 'uid', records);
  writeNumber(block, 116, 8, entry.gid, MAX_8, 'gid', records);
  writeNumber(
    block,
    124,
    12,
    map === null ? entry.size : map.length + heldBytes(sparse!),
    MAX_12,
    'size',
    records,
  );
  if (entry.mtimeNanos === 0) writeNumber(block, 136, 12, entry.mtime, MAX_12, 'mtime', records);
  else {
    records.push(['mtime', utf8(decimalTime(entry.mtime, entry.mtimeNanos))]);
    // For who reads no records: whole seconds.
    writeOctal(block, 136, 12, Math.min(Math.max(entry.mtime, 0), MAX_12));
  }
  block[156] = entry.type.charCodeAt(0);
  block.set(USTAR, 257);
  writeOwner(block, 265, entry.uname, 'uname', records);
  writeOwner(block, 297, entry.gname, 'gname', records);
  writeDevice(block, 329, entry.devmajor);
  writeDevice(block, 337, entry.devminor);
  writeChecksum(block);

  records.push(...entry.records);
  if (records.length === 0 && map === null) return block;
  return concat([...(records.length > 0 ? extension(records) : []), block, ...(map === null ? [] : [map])]);
}

/** What fills the last block of so many bytes of data. */
export function paddingOf(length: number): Bytes {
  return END_OF_TAR.subarray(0, (BLOCK_SIZE - (length % BLOCK_SIZE)) % BLOCK_SIZE);
}

/**
 * Extents that hold all of `extents` and are whole blocks, but for the end of the file: GNU tar begins to read each in a
 * block of its own (sparse.c, sparse_extract_region), and so can give back no others.
 */
export function blockExtents(extents: readonly SparseExtent[], size: number): SparseExtent[] {
  const whole: SparseExtent[] = [];
  for (const { offset, length } of extents) {
    const start = offset - (offset % BLOCK_SIZE);
    const end = Math.min(size, Math.ceil((offset + length) / BLOCK_SIZE) * BLOCK_SIZE);
    const last = whole.at(-1);
    if (last === undefined || last.offset + last.length < start)
      whole.push({ offset: start, length: end - start });
    else whole[whole.length - 1] = { offset: last.offset, length: end - last.offset };
  }
  return whole;
}

/** Bytes of data that a tar holds of a sparse file. */
export function heldBytes(extents: readonly SparseExtent[]): number {
  return extents.reduce((sum, { length }) => sum + length, 0);
}

const USTAR = utf8('ustar\x0000');

/** The x header and its records, in blocks. */
function extension(records: Records): Uint8Array[] {
  const content = concat(records.flatMap(([key, value]) => recordOf(utf8(key), value)));
  const block = new Uint8Array(BLOCK_SIZE);
  block.set(PAX_NAME);
  writeOctal(block, 100, 8, 0o644);
  writeOctal(block, 108, 8, 0);
  writeOctal(block, 116, 8, 0);
  writeOctal(block, 124, 12, content.length);
  writeOctal(block, 136, 12, 0);
  block[156] = 0x78;
  block.set(USTAR, 257);
  writeChecksum(block);
  return [block, content, paddingOf(content.length)];
}

const PAX_NAME = utf8('PaxHeaders/entry');
const EQUALS = utf8('=');
const LINE_FEED = utf8('\n');

/** "length key=value\n": the length counts its own digits. */
function recordOf(key: Bytes, value: Uint8Array): Uint8Array[] {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length++;
  return [utf8(`${length} `), key, EQUALS, value, LINE_FEED];
}

/** As it is, or cut in two at a slash, where a ustar header can hold it; else as a record. */
function writeName(block: Bytes, name: Bytes, records: Records): void {
  const cut = isPlain(name, NAME) ? 0 : placeOfCut(name);
  if (cut < 0) records.push(['path', name]);
  if (cut <= 0) {
    block.set(name.subarray(0, NAME));
    return;
  }
  block.set(name.subarray(0, cut), 345);
  block.set(name.subarray(cut + 1));
}

function placeOfCut(name: Bytes): number {
  if (!isPlain(name, PREFIX + 1 + NAME)) return -1;
  // A slash at the end belongs to the name, and an empty prefix would lose one at the start.
  const least = Math.max(1, name.length - 1 - NAME);
  for (let at = Math.min(PREFIX, name.length - 2); at >= least; at--) if (name[at] === SLASH) return at;
  return -1;
}

/** ASCII, which is all that a ustar header may hold, and not too long. */
function isPlain(bytes: Bytes, most: number): boolean {
  if (bytes.length > most) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

function writeOwner(block: Bytes, at: number, name: string, key: string, records: Records): void {
  if (name === '') return;
  const bytes = utf8(name);
  if (isPlain(bytes, OWNER)) block.set(bytes, at);
  else records.push([key, bytes]);
}

function writeNumber(
  block: Bytes,
  at: number,
  width: number,
  value: number,
  most: number,
  key: string,
  records: Records,
): void {
  const fits = value >= 0 && value <= most;
  if (!fits) records.push([key, utf8(String(value))]);
  writeOctal(block, at, width, fits ? value : 0);
}

/** Digits, and a NUL behind them. */
function writeOctal(block: Bytes, at: number, width: number, value: number): void {
  let rest = value;
  for (let i = at + width - 2; i >= at; i--) {
    block[i] = 0x30 + (rest % 8);
    rest = Math.floor(rest / 8);
  }
}

/** There is no record for devices: past 21 bits they are base-256, as GNU tar and Go have it. 0 to 2^32 - 1. */
function writeDevice(block: Bytes, at: number, value: number): void {
  if (value <= MAX_8) {
    writeOctal(block, at, 8, value);
    return;
  }
  block[at] = 0x80;
  new DataView(block.buffer, block.byteOffset).setUint32(at + 4, value);
}

/** The sum of all bytes, its own field being eight spaces; at most 131,072 * 2: six digits. */
function writeChecksum(block: Bytes): void {
  // Four sums, so that no addition waits for the one before it.
  let a = 8 * 0x20;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < BLOCK_SIZE; i += 4) {
    a += block[i]!;
    b += block[i + 1]!;
    c += block[i + 2]!;
    d += block[i + 3]!;
  }
  writeOctal(block, 148, 7, a + b + c + d);
  block[155] = 0x20;
}

/** The exact decimal number of seconds: -1 and 750,000,000 ns is -0.25. */
function decimalTime(seconds: number, nanos: number): string {
  const isNegative = seconds < 0;
  const whole = isNegative ? -1 - seconds : seconds;
  const rest = isNegative ? 1_000_000_000 - nanos : nanos;
  return `${isNegative ? '-' : ''}${whole}.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
}

/** "count\n", then "offset\nlength\n" of each, in whole blocks. A hole at the end is an extent of nothing at the size. */
function sparseMap(extents: readonly SparseExtent[], size: number): Bytes {
  const last = extents.at(-1);
  const end = last === undefined ? 0 : last.offset + last.length;
  const all = end === size ? extents : [...extents, { offset: size, length: 0 }];
  const text = utf8(`${all.length}\n${all.map(({ offset, length }) => `${offset}\n${length}\n`).join('')}`);
  return concat([text, paddingOf(text.length)]);
}
