/**
 * What an ELF file says of itself (System V ABI, "Object Files"; the GNU extensions of the Linux Standard Base): how it
 * is loaded, what it needs, and how it was hardened. Only its tables are read, whatever its size.
 */
import { readable, toHex, type Bytes } from '../../base/bytes.ts';
import { ELF_MACHINES } from './elf-machines.ts';
import { Fields } from './fields.ts';
import type { Section } from './elf-section.ts';
import { goVersionOf } from './go-build-info.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';

export interface Elf {
  readonly kind: 'elf';
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `x86-64`, or `machine 1234`. */
  readonly machine: string;
  readonly type: 'relocatable' | 'executable' | 'shared' | 'core' | 'other';
  /** `ET_DYN` that is run: it says so (DF_1_PIE), or names an interpreter, and no name of a library (as glibc does). */
  readonly isPie: boolean;
  /** The loader: `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter: string | null;
  readonly isDynamic: boolean;
  readonly needed: readonly string[];
  readonly soname: string | null;
  readonly rpath: string | null;
  readonly runpath: string | null;
  /** Hexadecimal. */
  readonly buildId: string | null;
  /** Null where it has no section headers, which is as stripped as can be. */
  readonly symbols: 'symbols and debug information' | 'symbols' | 'stripped' | null;
  /** The file that its debug information was moved to. */
  readonly debugFile: string | null;
  readonly relro: 'full' | 'partial' | 'none';
  /** Null where it does not say, and the kernel decides. */
  readonly executableStack: boolean | null;
  /** It calls `__stack_chk_fail`. Null where that cannot be told from what is linked dynamically. */
  readonly stackProtector: boolean | null;
  readonly hasTextRelocations: boolean;
  /** `GCC: (Debian 12.2.0-14) 12.2.0`, each once. */
  readonly compilers: readonly string[];
  /** `go1.22.3`. */
  readonly go: string | null;
}

/** Bytes of one table (headers, dynamic entries): real ones have some kilobytes, of huge libraries a megabyte. */
const MAX_TABLE = 4 * 1024 * 1024;
/** Of the strings that the loader reads: a search for one name in more is not worth it. */
const MAX_STRINGS = 4 * 1024 * 1024;
const MAX_NEEDED = 4096;
const MAX_NOTES = 64 * 1024;
const MAX_COMMENT = 64 * 1024;
const MAX_COMPILERS = 16;

const PT_DYNAMIC = 2;
const PT_LOAD = 1;
const PT_INTERP = 3;
const PT_NOTE = 4;
const PT_GNU_STACK = 0x6474e551;
const PT_GNU_RELRO = 0x6474e552;
const PF_X = 1;
const SHT_SYMTAB = 2;

const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_TEXTREL = 22;
const DT_BIND_NOW = 24;
const DT_RUNPATH = 29;
const DT_FLAGS = 30;
const DT_FLAGS_1 = 0x6ffffffb;
const DF_TEXTREL = 4;
const DF_BIND_NOW = 8;
const DF_1_NOW = 1;
const DF_1_PIE = 0x08000000;

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

interface Header {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly fields: Fields;
}

/** Fails with `malformed` where tables are not where they should be, `too-large` where they are no tables any more. */
export async function readElf(file: RandomAccess): Promise<Elf> {
  const head = await readHeader(file);
  const { is64, littleEndian, fields } = head;
  const segments = await readSegments(file, head);
  const sections = await readSections(file, head);
  const dynamic = await readDynamic(file, head, segments);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const stack = segments.find(({ type }) => type === PT_GNU_STACK);
  const comment = sections?.find(({ name }) => name === '.comment');
  const debugLink = sections?.find(({ name }) => name === '.gnu_debuglink');
  const kind = fields.u16(16);
  const path = interpreter && (await readText(file, interpreter.offset, interpreter.size));
  return {
    kind: 'elf',
    bits: is64 ? 64 : 32,
    littleEndian,
    machine: ELF_MACHINES.get(fields.u16(18)) ?? `machine ${fields.u16(18)}`,
    type: (['other', 'relocatable', 'executable', 'shared', 'core'] as const)[kind] ?? 'other',
    isPie: kind === 3 && (dynamic.isPie || (interpreter !== undefined && dynamic.soname === null)),
    interpreter: path ?? null,
    isDynamic: dynamic.isThere,
    needed: dynamic.needed,
    soname: dynamic.soname,
    rpath: dynamic.rpath,
    runpath: dynamic.runpath,
    buildId: await readBuildId(file, head, segments, sections),
    symbols: symbolsOf(sections),
    debugFile: debugLink === undefined ? null : await readText(file, debugLink.offset, debugLink.size),
    relro: segments.some(({ type }) => type === PT_GNU_RELRO)
      ? dynamic.bindsNow
        ? 'full'
        : 'partial'
      : 'none',
    executableStack: stack === undefined ? null : (stack.flags & PF_X) !== 0,
    stackProtector: dynamic.stackProtector,
    hasTextRelocations: dynamic.hasTextRelocations,
    compilers: comment === undefined ? [] : await readComment(file, comment),
    go: await goVersionOf(file, sections),
  };
}

async function readHeader(file: RandomAccess): Promise<Header> {
  const ident = await readExactly(file, 0, 16, 'the header');
  if (toHex(ident.subarray(0, 4)) !== '7f454c46') malformed('no ELF header', 0);
  const [wide, order] = [ident[4], ident[5]];
  if ((wide !== 1 && wide !== 2) || (order !== 1 && order !== 2))
    malformed('an unknown class or byte order', 4);
  const bytes = await readExactly(file, 0, wide === 2 ? 64 : 52, 'the header');
  const littleEndian = order === 1;
  return { is64: wide === 2, littleEndian, fields: new Fields(bytes, littleEndian) };
}

/** `count` entries of `size` bytes, each at least `least` long. */
async function readTable(
  file: RandomAccess,
  { littleEndian }: Header,
  offset: number,
  count: number,
  size: number,
  least: number,
  what: string,
): Promise<Fields[]> {
  if (count === 0) return [];
  if (size < least) malformed(`${what} have entries that are too short`);
  if (count * size > MAX_TABLE) malformed(`${what} are too many`);
  const all = new Fields(await readExactly(file, offset, count * size, what), littleEndian, offset);
  return Array.from({ length: count }, (_, i) => all.part(i * size, size));
}

async function readSegments(file: RandomAccess, head: Header): Promise<Segment[]> {
  const { is64, fields } = head;
  const offset = is64 ? fields.u64(32) : fields.u32(28);
  const size = fields.u16(is64 ? 54 : 42);
  const count = fields.u16(is64 ? 56 : 44);
  const table = await readTable(file, head, offset, count, size, is64 ? 56 : 32, 'the program headers');
  return table.map((entry) =>
    is64
      ? {
          type: entry.u32(0),
          flags: entry.u32(4),
          offset: entry.u64(8),
          address: entry.u64(16),
          size: entry.u64(32),
        }
      : {
          type: entry.u32(0),
          flags: entry.u32(24),
          offset: entry.u32(4),
          address: entry.u32(8),
          size: entry.u32(16),
        },
  );
}

/** Null where there are none, or where they are cut off: nothing that runs needs them. */
async function readSections(file: RandomAccess, head: Header): Promise<Section[] | null> {
  const { is64, fields } = head;
  const offset = is64 ? fields.u64(40) : fields.u32(32);
  const size = fields.u16(is64 ? 58 : 46);
  const count = fields.u16(is64 ? 60 : 48);
  const names = fields.u16(is64 ? 62 : 50);
  if (count === 0 || !(offset + count * size <= file.size)) return null;
  const table = await readTable(file, head, offset, count, size, is64 ? 64 : 40, 'the section headers');
  const raw = table.map((entry) => ({
    name: entry.u32(0),
    type: entry.u32(4),
    offset: is64 ? entry.u64(24) : entry.u32(16),
    size: is64 ? entry.u64(32) : entry.u32(20),
  }));
  const holder = raw[names];
  if (holder === undefined || holder.size > MAX_TABLE || !(holder.offset + holder.size <= file.size))
    return null;
  const texts = new Fields(
    await readExactly(file, holder.offset, holder.size, 'the names'),
    head.littleEndian,
  );
  return raw.map((section) => ({
    ...section,
    name: section.name < texts.length ? texts.text(section.name, 256) : '',
  }));
}

interface Dynamic {
  readonly isThere: boolean;
  readonly needed: readonly string[];
  readonly soname: string | null;
  readonly rpath: string | null;
  readonly runpath: string | null;
  readonly isPie: boolean;
  readonly bindsNow: boolean;
  readonly hasTextRelocations: boolean;
  readonly stackProtector: boolean | null;
}

const NOT_DYNAMIC: Dynamic = {
  isThere: false,
  needed: [],
  soname: null,
  rpath: null,
  runpath: null,
  isPie: false,
  bindsNow: false,
  hasTextRelocations: false,
  stackProtector: null,
};

async function readDynamic(
  file: RandomAccess,
  { is64, littleEndian }: Header,
  segments: readonly Segment[],
): Promise<Dynamic> {
  const segment = segments.find(({ type }) => type === PT_DYNAMIC);
  // Files with debug information alone keep the header, and have nothing behind it.
  if (segment === undefined || segment.size === 0) return NOT_DYNAMIC;
  if (segment.size > MAX_TABLE) malformed('the dynamic section is too large', segment.offset);
  const bytes = await readExactly(file, segment.offset, segment.size, 'the dynamic section');
  const fields = new Fields(bytes, littleEndian, segment.offset);
  const width = is64 ? 8 : 4;
  const read = (at: number) => (is64 ? fields.u64(at) : fields.u32(at));
  const values = new Map<number, number>();
  const needed: number[] = [];
  for (let at = 0; at + 2 * width <= bytes.length; at += 2 * width) {
    const tag = read(at);
    if (tag === 0) break;
    if (tag !== DT_NEEDED) values.set(tag, read(at + width));
    else if (needed.push(read(at + width)) > MAX_NEEDED) malformed('it needs too many libraries', at);
  }
  const address = values.get(DT_STRTAB);
  const holder = segments.find(
    (it) =>
      it.type === PT_LOAD && address !== undefined && address >= it.address && address < it.address + it.size,
  );
  if (address === undefined || holder === undefined) return { ...NOT_DYNAMIC, isThere: needed.length > 0 };
  const start = holder.offset + address - holder.address;
  const length = values.get(DT_STRSZ) ?? 0;
  if (length > MAX_STRINGS) malformed('the strings of the loader are too large', start);
  const strings = new Fields(
    await readExactly(file, start, length, 'the strings of the loader'),
    littleEndian,
    start,
  );
  const said = (tag: number) => {
    const at = values.get(tag);
    return at === undefined ? null : strings.text(at);
  };
  const flags = values.get(DT_FLAGS) ?? 0;
  // Bits above 31 are of no interest, and lost by the operators.
  const flags1 = values.get(DT_FLAGS_1) ?? 0;
  return {
    isThere: true,
    needed: needed.map((at) => strings.text(at)),
    soname: said(DT_SONAME),
    rpath: said(DT_RPATH),
    runpath: said(DT_RUNPATH),
    isPie: (flags1 & DF_1_PIE) !== 0,
    bindsNow: values.has(DT_BIND_NOW) || (flags & DF_BIND_NOW) !== 0 || (flags1 & DF_1_NOW) !== 0,
    hasTextRelocations: values.has(DT_TEXTREL) || (flags & DF_TEXTREL) !== 0,
    stackProtector: holds(strings.bytes, '\0__stack_chk_fail\0'),
  };
}

function holds(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(1);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < text.length && bytes[at + i - 1] === text.charCodeAt(i)) i++;
    if (i === text.length && bytes[at - 1] === 0) return true;
  }
  return false;
}

function symbolsOf(sections: readonly Section[] | null): Elf['symbols'] {
  if (sections === null) return null;
  if (sections.some(({ name }) => name === '.debug_info' || name === '.zdebug_info'))
    return 'symbols and debug information';
  return sections.some(({ type }) => type === SHT_SYMTAB) ? 'symbols' : 'stripped';
}

/** A note of the owner "GNU" and type 3 (NT_GNU_BUILD_ID). */
async function readBuildId(
  file: RandomAccess,
  { littleEndian }: Header,
  segments: readonly Segment[],
  sections: readonly Section[] | null,
): Promise<string | null> {
  const notes = segments.filter(({ type }) => type === PT_NOTE);
  const places =
    notes.length > 0 ? notes : (sections ?? []).filter(({ name }) => name === '.note.gnu.build-id');
  for (const { offset, size } of places.slice(0, 64)) {
    if (size > MAX_NOTES || !(offset + size <= file.size)) continue;
    const fields = new Fields(await readExactly(file, offset, size, 'a note'), littleEndian, offset);
    for (let at = 0; at + 12 <= size;) {
      const [name, length, type] = [fields.u32(at), fields.u32(at + 4), fields.u32(at + 8)];
      const from = at + 12 + Math.ceil(name / 4) * 4;
      if (from + length > size) break;
      const isGnu = name === 4 && readable(fields.bytes.subarray(at + 12, at + 15)) === 'GNU';
      // 20 bytes of SHA-1, mostly; nothing that is longer than a SHA-512 is one.
      if (isGnu && type === 3 && length <= 64) return toHex(fields.bytes.subarray(from, from + length));
      at = from + Math.ceil(length / 4) * 4;
    }
  }
  return null;
}

async function readText(file: RandomAccess, offset: number, size: number): Promise<string> {
  const bytes = await readExactly(file, offset, Math.min(size, 4096), 'a text');
  return bytes.length === 0 ? '' : new Fields(bytes, true).text(0);
}

async function readComment(file: RandomAccess, { offset, size }: Section): Promise<string[]> {
  if (!(offset + size <= file.size)) return [];
  const bytes: Bytes = await readExactly(file, offset, Math.min(size, MAX_COMMENT), 'the comment');
  const texts = readable(bytes)
    .split('\0')
    .filter((text) => text !== '');
  return [...new Set(texts)].slice(0, MAX_COMPILERS);
}
