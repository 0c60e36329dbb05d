/** A Windows program by hand (Microsoft's "PE Format"): headers, and one section of imports or of .NET metadata. */
import { type Bytes } from '../base/bytes.ts';

export interface TestPe {
  readonly imports?: readonly string[];
  /** The version of the metadata of a .NET assembly. */
  readonly managed?: string;
}

/** Where the section is loaded to, and where it stands in the file. */
const ADDRESS = 0x1000;
const OFFSET = 0x400;

export function peOf({ imports = [], managed }: TestPe): Bytes {
  const file = Buffer.alloc(0x800);
  file.write('MZ', 0, 'latin1');
  file.writeUInt32LE(0x80, 0x3c);
  file.write('PE\0\0', 0x80, 'latin1');
  file.writeUInt16LE(0x8664, 0x84);
  file.writeUInt16LE(1, 0x86); // sections
  file.writeUInt16LE(240, 0x94); // size of the optional header
  file.writeUInt16LE(0x22, 0x96); // runs, and knows large addresses
  const optional = 0x98;
  file.writeUInt16LE(0x20b, optional);
  file.writeBigUInt64LE(0x140000000n, optional + 24);
  file.writeUInt32LE(0x1000, optional + 32); // alignment in memory, and in the file
  file.writeUInt32LE(0x200, optional + 36);
  file.writeUInt16LE(6, optional + 48);
  file.writeUInt32LE(0x2000, optional + 56);
  file.writeUInt32LE(OFFSET, optional + 60);
  file.writeUInt16LE(3, optional + 68); // console
  file.writeUInt16LE(0x160, optional + 70); // moves, and does not run its data
  file.writeUInt32LE(16, optional + 108);
  const section = optional + 240;
  file.write('.data', section, 'latin1');
  file.writeUInt32LE(OFFSET, section + 8);
  file.writeUInt32LE(ADDRESS, section + 12);
  file.writeUInt32LE(OFFSET, section + 16);
  file.writeUInt32LE(OFFSET, section + 20);
  file.writeUInt32LE(0xc0000040, section + 36);
  const directory = (number: number, size: number) => {
    file.writeUInt32LE(ADDRESS, optional + 112 + number * 8);
    file.writeUInt32LE(size, optional + 116 + number * 8);
  };
  if (imports.length > 0) {
    directory(1, (imports.length + 1) * 20);
    let at = (imports.length + 1) * 20 + 64;
    // All of them import one thing by its number.
    const table = (imports.length + 1) * 20;
    file.writeBigUInt64LE(0x8000000000000001n, OFFSET + table);
    imports.forEach((name, i) => {
      file.writeUInt32LE(ADDRESS + table, OFFSET + i * 20);
      file.writeUInt32LE(ADDRESS + at, OFFSET + i * 20 + 12);
      file.writeUInt32LE(ADDRESS + table, OFFSET + i * 20 + 16);
      file.write(`${name}\0`, OFFSET + at, 'latin1');
      at += name.length + 1;
    });
  }
  if (managed !== undefined) {
    directory(14, 72);
    file.writeUInt32LE(72, OFFSET);
    file.writeUInt32LE(ADDRESS + 0x100, OFFSET + 8);
    file.write('BSJB', OFFSET + 0x100, 'latin1');
    file.writeUInt32LE(Math.ceil((managed.length + 1) / 4) * 4, OFFSET + 0x10c);
    file.write(`${managed}\0`, OFFSET + 0x110, 'latin1');
  }
  return new Uint8Array(file);
}
