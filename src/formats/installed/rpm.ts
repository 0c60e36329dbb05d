/** The header of an installed package, as RPM's database has it (rpm.org, "RPM V4 Package format", Header). */
import { readable, type Bytes } from '../../base/bytes.ts';
import { Fields } from '../file/fields.ts';
import { malformed } from '../file/random-access.ts';
import { packageOf, type PackageFiles } from './installed.ts';
import { PathList, PathRoom } from './path-list.ts';

const NAME = 1000;
const VERSION = 1001;
const RELEASE = 1002;
const EPOCH = 1003;
const SUMMARY = 1004;
const VENDOR = 1011;
const LICENSE = 1014;
const URL = 1020;
const ARCH = 1022;
const FILE_MODES = 1030;
const FILE_FLAGS = 1037;
const SOURCE_RPM = 1044;
const DIR_INDEXES = 1116;
const BASE_NAMES = 1117;
const DIR_NAMES = 1118;

const INT16 = 3;
const INT32 = 4;
const STRING = 6;
const STRING_ARRAY = 8;
const I18N_STRING = 9;

/** RPMFILE_GHOST: it belongs to the package, and need not be there. */
const GHOST = 1 << 6;
const DIRECTORY = 0o040000;
const FORMAT = 0o170000;

/** Bytes of an entry of the index. */
const ENTRY = 16;
/** Entries of the index; rpm itself takes 65,535 (hdrchkTags). */
const MAX_ENTRIES = 65_535;

/** Null for a key that signs packages: rpm keeps those as if they were some. Fails with `malformed`. */
export function readRpmHeader(bytes: Bytes, room = new PathRoom()): PackageFiles | null {
  const header = new Header(bytes);
  const name = header.text(NAME);
  if (name === '') malformed('a package has no name');
  if (name === 'gpg-pubkey') return null;
  const [epoch] = header.numbers(EPOCH);
  const release = header.text(RELEASE);
  const it = packageOf('rpm', {
    name,
    version: `${epoch ? `${epoch}:` : ''}${header.text(VERSION)}${release === '' ? '' : `-${release}`}`,
    architecture: header.text(ARCH),
    summary: header.text(SUMMARY),
    licence: header.text(LICENSE),
    maintainer: header.text(VENDOR),
    homepage: header.text(URL),
    source: header.text(SOURCE_RPM),
  });
  const folders = header.strings(DIR_NAMES);
  const indexes = header.numbers(DIR_INDEXES);
  const flags = header.numbers(FILE_FLAGS);
  const modes = header.numbers(FILE_MODES);
  const paths = new PathList(room);
  header.strings(BASE_NAMES).forEach((base, i) => {
    const folder = folders[indexes[i] ?? -1];
    if (folder === undefined || ((flags[i] ?? 0) & GHOST) !== 0) return;
    if (((modes[i] ?? 0) & FORMAT) !== DIRECTORY) paths.add(base, folder);
  });
  return { it, paths: paths.all() };
}

/** `count of entries, bytes of data`, the entries `tag, type, offset, count`, the data: numbers with their high byte first. */
class Header {
  readonly #entries = new Map<
    number,
    { readonly type: number; readonly at: number; readonly count: number }
  >();
  readonly #fields: Fields;

  constructor(bytes: Bytes) {
    const head = new Fields(bytes, false);
    const entries = head.u32(0);
    const data = 8 + entries * ENTRY;
    if (entries > MAX_ENTRIES || data + head.u32(4) > bytes.length)
      malformed('a header is larger than its record');
    this.#fields = head;
    for (let i = 0; i < entries; i++) {
      const at = 8 + i * ENTRY;
      const tag = head.u32(at);
      if (this.#entries.has(tag)) continue;
      const place = { type: head.u32(at + 4), at: data + head.u32(at + 8), count: head.u32(at + 12) };
      this.#entries.set(tag, place);
    }
  }

  /** Empty where there is none. Of several languages, the first. */
  text(tag: number): string {
    const [first] = this.strings(tag, 1);
    return first === undefined ? '' : readable(first);
  }

  /** A view each. */
  strings(tag: number, most = Infinity): Uint8Array[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || ![STRING, STRING_ARRAY, I18N_STRING].includes(entry.type)) return [];
    const { bytes } = this.#fields;
    const found: Uint8Array[] = [];
    let { at } = entry;
    while (found.length < Math.min(entry.count, most)) {
      const end = bytes.indexOf(0, at);
      if (at >= bytes.length || end < 0) malformed('a header ends in a text', at);
      found.push(bytes.subarray(at, end));
      at = end + 1;
    }
    return found;
  }

  numbers(tag: number): number[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || (entry.type !== INT16 && entry.type !== INT32)) return [];
    const width = entry.type === INT16 ? 2 : 4;
    const part = this.#fields.part(entry.at, entry.count * width);
    return Array.from({ length: entry.count }, (_, i) => (width === 2 ? part.u16(i * 2) : part.u32(i * 4)));
  }
}
