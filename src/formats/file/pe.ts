/** What a Windows program or library says of itself (Microsoft's "PE Format"). Only its tables are read. */
import { readable } from '../../base/bytes.ts';
import { Fields } from './fields.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';

export interface Pe {
  readonly kind: 'pe';
  /** `x86-64`, or `machine 0x1234`. */
  readonly machine: string;
  readonly bits: 32 | 64;
  readonly isLibrary: boolean;
  readonly subsystem: string;
  /** Names of libraries, in order. */
  readonly imports: readonly string[];
  /** The version of the metadata of a .NET assembly: `v4.0.30319`; null for native code. */
  readonly managed: string | null;
  /** It carries a signature. Nobody checked it. */
  readonly isSigned: boolean;
  readonly relocatable: boolean;
  readonly noExecute: boolean;
  readonly controlFlowGuard: boolean;
  readonly sections: readonly string[];
}

const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x14c, 'x86'],
  [0x1c0, 'ARM'],
  [0x1c4, 'ARM (Thumb-2)'],
  [0x200, 'Itanium'],
  [0x8664, 'x86-64'],
  [0xaa64, 'AArch64'],
  [0xa641, 'AArch64 (ARM64EC)'],
  [0x5064, 'RISC-V 64'],
  [0x6264, 'LoongArch 64'],
  [0xebc, 'EFI byte code'],
]);

const SUBSYSTEMS: ReadonlyMap<number, string> = new Map([
  [1, 'native'],
  [2, 'Windows, with windows'],
  [3, 'Windows console'],
  [7, 'POSIX console'],
  [9, 'Windows CE'],
  [10, 'EFI application'],
  [11, 'EFI boot service driver'],
  [12, 'EFI runtime driver'],
  [13, 'EFI ROM'],
  [16, 'Windows boot application'],
]);

/** The loader takes 96 (PE Format, "Section Table"); packers write fewer. */
const MAX_SECTIONS = 256;
const MAX_IMPORTS = 1024;

interface Section {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly offset: number;
}

/** Null for a program of DOS, or of 16-bit Windows: it begins alike, and has no such header. */
export async function readPe(file: RandomAccess): Promise<Pe | null> {
  const start = new Fields(await readExactly(file, 0, 64, 'the header'), true);
  const at = start.u32(0x3c);
  if (at + 24 > file.size) return null;
  const head = new Fields(await readExactly(file, at, 24, 'the header'), true, at);
  if (head.u32(0) !== 0x4550) return null;
  const size = head.u16(20);
  const optional = new Fields(await readExactly(file, at + 24, size, 'the optional header'), true, at + 24);
  const magic = size < 2 ? 0 : optional.u16(0);
  if (magic !== 0x10b && magic !== 0x20b) malformed('an unknown kind of optional header', at + 24);
  const is64 = magic === 0x20b;
  const sections = await readSections(file, at + 24 + size, head.u16(6));
  const flags = optional.u16(70);
  const directory = (number: number) => {
    const from = (is64 ? 112 : 96) + number * 8;
    const known = number < optional.u32(is64 ? 108 : 92) && from + 8 <= optional.length;
    return known ? { address: optional.u32(from), size: optional.u32(from + 4) } : { address: 0, size: 0 };
  };
  return {
    kind: 'pe',
    machine: MACHINES.get(head.u16(4)) ?? `machine 0x${head.u16(4).toString(16)}`,
    bits: is64 ? 64 : 32,
    isLibrary: (head.u16(22) & 0x2000) !== 0,
    subsystem: SUBSYSTEMS.get(optional.u16(68)) ?? `subsystem ${optional.u16(68)}`,
    imports: await readImports(file, sections, directory(1).address),
    managed: await readManaged(file, sections, directory(14).address),
    isSigned: directory(4).size > 0,
    relocatable: (flags & 0x40) !== 0,
    noExecute: (flags & 0x100) !== 0,
    controlFlowGuard: (flags & 0x4000) !== 0,
    sections: sections.map(({ name }) => name),
  };
}

async function readSections(file: RandomAccess, offset: number, count: number): Promise<Section[]> {
  if (count > MAX_SECTIONS) malformed('it has too many sections', offset);
  const table = new Fields(await readExactly(file, offset, count * 40, 'the sections'), true, offset);
  return Array.from({ length: count }, (_, i) => ({
    name: table.part(i * 40, 8).text(0, 8),
    address: table.u32(i * 40 + 12),
    size: Math.max(table.u32(i * 40 + 8), table.u32(i * 40 + 16)),
    offset: table.u32(i * 40 + 20),
  }));
}

/** Where in the file stands what is loaded to `address`; -1 where nothing does. */
function placeOf(sections: readonly Section[], address: number): number {
  const holder = sections.find((it) => address >= it.address && address < it.address + it.size);
  return holder === undefined ? -1 : holder.offset + address - holder.address;
}

/** Bytes at an address, as many as there are up to `length`. */
async function bytesAt(file: RandomAccess, sections: readonly Section[], address: number, length: number) {
  const at = placeOf(sections, address);
  if (at < 0 || at >= file.size) malformed('something is loaded from nowhere', Math.max(0, at));
  return new Fields(await file.read(at, at + length), true, at);
}

async function readImports(
  file: RandomAccess,
  sections: readonly Section[],
  address: number,
): Promise<string[]> {
  if (address === 0) return [];
  const table = await bytesAt(file, sections, address, (MAX_IMPORTS + 1) * 20);
  const names: string[] = [];
  for (let at = 0; at + 20 <= table.length; at += 20) {
    const name = table.u32(at + 12);
    if (name === 0) break;
    names.push((await bytesAt(file, sections, name, 256)).text(0, 256));
  }
  return names;
}

/** ECMA-335, II.25.3.3 (CLI header) and II.24.2.1 (metadata root). */
async function readManaged(
  file: RandomAccess,
  sections: readonly Section[],
  address: number,
): Promise<string | null> {
  if (address === 0) return null;
  const header = await bytesAt(file, sections, address, 16);
  const root = await bytesAt(file, sections, header.u32(8), 16 + 255);
  if (root.u32(0) !== 0x424a5342) malformed('a .NET assembly without metadata');
  const length = Math.min(root.u32(12), root.length - 16);
  return readable(root.bytes.subarray(16, 16 + length)).replace(/\0+$/, '');
}
