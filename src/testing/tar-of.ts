/**
 * Writes tars of every dialect that images are made of, whole or damaged on purpose. For tests: it takes what it is
 * told, and knows nothing of the reader.
 *
 * The layout of a header (POSIX.1-2017, pax, "ustar Interchange Format"), byte offsets:
 *
 *     0 name 100 mode 108 uid 116 gid 124 size 136 mtime 148 chksum 156 typeflag 157 linkname
 *     257 magic 263 version 265 uname 297 gname 329 devmajor 337 devminor 345 prefix 500
 */
import { concat, utf8, type Bytes } from '../base/bytes.ts';

const FLAGS = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  dir: '5',
  fifo: '6',
} as const;

/**
 * How what does not fit an old header is written. `pax` is a ustar header, with records where needed; `gnu` uses
 * `L`, `K` and base-256; `ustar` the prefix; what a dialect cannot say is an error of the test. `v7` has neither magic,
 * owners' names nor devices.
 */
export type TestDialect = 'ustar' | 'pax' | 'gnu' | 'v7';

export type TestRecords = Readonly<Record<string, string | Uint8Array>>;

export interface TestEntry {
  readonly name: string | Uint8Array;
  /** `file` unless given; a single character is a type flag as it stands. */
  readonly type?: keyof typeof FLAGS | (string & {});
  readonly content?: string | Uint8Array;
  /** Unless given: 0755 for directories, 0777 for symlinks, else 0644. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly uname?: string;
  readonly gname?: string;
  /** Whole seconds, and nanoseconds above them (`pax` only). */
  readonly mtime?: number;
  readonly mtimeNanos?: number;
  readonly linkname?: string | Uint8Array;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Records of an `x` header before it, in this order, after those that the dialect needs. */
  readonly pax?: TestRecords;
  /** Records of a `g` header before it. */
  readonly globalPax?: TestRecords;
  readonly dialect?: TestDialect;
  /** The size that the header claims, where it is not the content's length. */
  readonly size?: number;
  /** Changes the entry's own header block before its checksum is made. */
  readonly header?: (block: Bytes) => void;
  /** Changes it afterwards: a wrong checksum, for one. */
  readonly damage?: (block: Bytes) => void;
}

export interface TarShape {
  /** For entries that do not say theirs; `pax` unless given. */
  readonly dialect?: TestDialect;
  /** Zero blocks at the end; 2 unless given. */
  readonly trailer?: number;
}

/** The tar of `entries`, in order. */
export function tarOf(entries: readonly TestEntry[], shape: TarShape = {}): Bytes {
  const pieces: Uint8Array[] = [];
  for (const entry of entries) writeEntry(entry, entry.dialect ?? shape.dialect ?? 'pax', pieces);
  pieces.push(new Uint8Array((shape.trailer ?? 2) * 512));
  return concat(pieces);
}

/** PAX records as they stand in an `x` or `g` header: "%d %s=%s\n", whose length counts its own digits. */
export function paxRecordsOf(records: Iterable<readonly [string, string | Uint8Array]>): Bytes {
  const pieces: Uint8Array[] = [];
  for (const [key, value] of records) {
    const rest = concat([utf8(` ${key}=`), bytesOf(value), utf8('\n')]);
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
    pieces.push(utf8(String(length)), rest);
  }
  return concat(pieces);
}

/** Sums the header and writes `chksum`, for a block that a test changed by hand. */
export function setChecksum(block: Uint8Array): void {
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block.subarray(0, 512)) sum += byte;
  block.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
}

function writeEntry(entry: TestEntry, dialect: TestDialect, pieces: Uint8Array[]): void {
  const flag = Object.hasOwn(FLAGS, entry.type ?? 'file')
    ? FLAGS[(entry.type ?? 'file') as keyof typeof FLAGS]
    : entry.type!;
  const content = bytesOf(entry.content ?? '');
  const name = bytesOf(entry.name);
  const linkname = bytesOf(entry.linkname ?? '');
  const records: [string, string | Uint8Array][] = [];
  const block = new Uint8Array(512);

  const cannot = (what: string): never => {
    throw new Error(`${dialect} cannot write this ${what}`);
  };

  if (name.length <= 100) block.set(name, 0);
  else if (dialect === 'pax') records.push(['path', name]);
  else if (dialect === 'gnu') writeLongName('L', name, pieces);
  else if (dialect === 'ustar') writePrefix(block, name) || cannot('name');
  else cannot('name');
  if (dialect !== 'ustar' && name.length > 100) block.set(name.subarray(0, 100), 0);

  if (linkname.length <= 100) block.set(linkname, 157);
  else if (dialect === 'pax') records.push(['linkpath', linkname]);
  else if (dialect === 'gnu') writeLongName('K', linkname, pieces);
  else cannot('linkname');
  if (linkname.length > 100) block.set(linkname.subarray(0, 100), 157);

  const number = (at: number, width: number, value: number, key: string | null) => {
    const digits = value.toString(8);
    if (value >= 0 && digits.length < width) block.set(utf8(digits.padStart(width - 1, '0')), at);
    else if (dialect === 'gnu') writeBase256(block.subarray(at, at + width), value);
    else if (dialect === 'pax' && key !== null) {
      records.push([key, String(value)]);
      block.set(utf8('0'.repeat(width - 1)), at);
    } else cannot(key ?? 'number');
  };
  const text = (at: number, width: number, value: string, key: string) => {
    const bytes = utf8(value);
    if (bytes.length > width && dialect === 'pax') records.push([key, bytes]);
    else if (bytes.length > width) cannot(key);
    block.set(bytes.subarray(0, width), at);
  };

  const mtime = entry.mtime ?? 0;
  number(100, 8, entry.mode ?? (flag === '5' ? 0o755 : flag === '2' ? 0o777 : 0o644), null);
  number(108, 8, entry.uid ?? 0, 'uid');
  number(116, 8, entry.gid ?? 0, 'gid');
  number(124, 12, entry.size ?? content.length, 'size');
  if (entry.mtimeNanos) {
    if (dialect !== 'pax') cannot('mtimeNanos');
    records.push(['mtime', decimalTime(mtime, entry.mtimeNanos)]);
    block.set(utf8('00000000000'), 136);
  } else number(136, 12, mtime, 'mtime');
  block.set(utf8(flag), 156);
  if (dialect === 'v7') {
    // v7 has files, hard links and symlinks only: a directory is a file whose name ends in a slash.
    if (flag === '5' || flag === '0') block[156] = 0;
  } else {
    block.set(utf8(dialect === 'gnu' ? 'ustar  \0' : 'ustar\x0000'), 257);
    text(265, 32, entry.uname ?? '', 'uname');
    text(297, 32, entry.gname ?? '', 'gname');
    if (flag === '3' || flag === '4') {
      number(329, 8, entry.devmajor ?? 0, null);
      number(337, 8, entry.devminor ?? 0, null);
    }
  }
  entry.header?.(block);
  setChecksum(block);
  entry.damage?.(block);

  if (entry.globalPax) writePax('g', Object.entries(entry.globalPax), pieces);
  records.push(...Object.entries(entry.pax ?? {}));
  if (records.length > 0) writePax('x', records, pieces);
  pieces.push(block, content, padding(content.length));
}

function writeExtension(
  flag: string,
  name: string,
  content: Uint8Array,
  magic: string,
  pieces: Uint8Array[],
) {
  const block = new Uint8Array(512);
  block.set(utf8(name), 0);
  block.set(utf8('0000644'), 100);
  block.set(utf8('0000000'), 108);
  block.set(utf8('0000000'), 116);
  block.set(utf8(content.length.toString(8).padStart(11, '0')), 124);
  block.set(utf8('00000000000'), 136);
  block.set(utf8(flag), 156);
  block.set(utf8(magic), 257);
  setChecksum(block);
  pieces.push(block, content, padding(content.length));
}

function writePax(
  flag: 'x' | 'g',
  records: Iterable<readonly [string, string | Uint8Array]>,
  pieces: Uint8Array[],
) {
  writeExtension(
    flag,
    flag === 'x' ? 'PaxHeaders/x' : 'pax_global',
    paxRecordsOf(records),
    'ustar\x0000',
    pieces,
  );
}

function writeLongName(flag: 'L' | 'K', name: Uint8Array, pieces: Uint8Array[]) {
  writeExtension(flag, '././@LongLink', concat([name, new Uint8Array(1)]), 'ustar  \0', pieces);
}

/** prefix (155 bytes), a slash that is not written, name (100 bytes). */
function writePrefix(block: Uint8Array, name: Uint8Array): boolean {
  for (let slash = Math.min(155, name.length - 2); slash > 0; slash--) {
    if (name[slash] !== 0x2f || name.length - slash - 1 > 100) continue;
    block.set(name.subarray(0, slash), 345);
    block.set(name.subarray(slash + 1), 0);
    return true;
  }
  return false;
}

/** Two's complement, big-endian, the top bit of the first byte set (GNU tar, "Basic Tar Format"). */
function writeBase256(field: Uint8Array, value: number): void {
  let rest = BigInt(value);
  for (let i = field.length - 1; i >= 0; i--) {
    field[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0]! |= 0x80;
}

/** The exact decimal number of seconds: -1 and 750,000,000 ns is -0.25. */
function decimalTime(seconds: number, nanos: number): string {
  const whole = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
  const size = whole < 0n ? -whole : whole;
  const digits = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${whole < 0n ? '-' : ''}${size / 1_000_000_000n}${digits === '' ? '' : `.${digits}`}`;
}

function padding(length: number): Uint8Array {
  return new Uint8Array((512 - (length % 512)) % 512);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? utf8(value) : value;
}
