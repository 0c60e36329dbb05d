/** What people meet in images and is shown as bytes: its name, by what it begins with. */
import { ascii, u16, u32 } from './head.ts';

/** Texts of Latin-1: a byte a character. */
const NAMES: readonly (readonly [name: string, at: number, text: string])[] = [
  ['xz', 0, '\xfd7zXZ\0'],
  ['bzip2', 0, 'BZh'],
  ['lzma', 0, '\x5d\0\0'],
  ['lzip', 0, 'LZIP'],
  ['lz4', 0, '\x04\x22\x4d\x18'],
  ['lzop', 0, '\x89LZO\0'],
  ['7-Zip archive', 0, '7z\xbc\xaf\x27\x1c'],
  ['RAR archive', 0, 'Rar!\x1a\x07'],
  ['cabinet', 0, 'MSCF\0\0\0\0'],
  ['RPM package', 0, '\xed\xab\xee\xdb'],
  ['RPM database (ndb)', 0, 'RpmP'],
  ['index of an RPM database (ndb)', 0, 'RpmI'],
  ['squashfs', 0, 'hsqs'],
  ['EROFS', 1024, '\xe2\xe1\xf5\xe0'],
  ['ext2, ext3 or ext4 filesystem', 1080, '\x53\xef'],
  ['ISO 9660 image', 32769, 'CD001'],
  ['QCOW disk', 0, 'QFI\xfb'],
  ['LUKS volume', 0, 'LUKS\xba\xbe'],
  ['Mach-O', 0, '\xfe\xed\xfa\xce'],
  ['Mach-O, 64-bit', 0, '\xfe\xed\xfa\xcf'],
  ['Mach-O', 0, '\xce\xfa\xed\xfe'],
  ['Mach-O, 64-bit', 0, '\xcf\xfa\xed\xfe'],
  ['WebAssembly module', 0, '\0asm'],
  ['Dalvik executable', 0, 'dex\n'],
  ['LLVM bitcode', 0, 'BC\xc0\xde'],
  ['Lua bytecode', 0, '\x1bLua'],
  ['Emacs bytecode', 0, ';ELC'],
  ['OCaml object', 0, 'Caml1999'],
  ['Erlang BEAM', 0, 'FOR1'],
  ['compiled terminfo', 0, '\x1a\x01'],
  ['compiled terminfo, of 32-bit numbers', 0, '\x1e\x02'],
  ['message catalogue (gettext)', 0, '\xde\x12\x04\x95'],
  ['message catalogue (gettext)', 0, '\x95\x04\x12\xde'],
  ['time zone (TZif)', 0, 'TZif'],
  ['cache of libraries (ld.so)', 0, 'ld.so-1.7.0'],
  ['cache of libraries (ld.so)', 0, 'glibc-ld.so.cache1.1'],
  ['cache of hardware (udev hwdb)', 0, 'KSLPHHRH'],
  ['journal (systemd)', 0, 'LPKSHHRH'],
  ['types of GObject (typelib)', 0, 'GOBJ\nMETADATA\r\n\x1a'],
  ['GVariant database', 0, 'GVariant'],
  ['MIME cache', 0, 'MIME-Magic\0\n'],
  ['compiled policy (SELinux)', 0, '\x8c\xff\x7c\xf9'],
  ['keyring (OpenPGP)', 0, '\x99\x01'],
  ['keybox (GnuPG)', 8, 'KBXf'],
  ['Java keystore', 0, '\xfe\xed\xfe\xed'],
  ['Java keystore (JCE)', 0, '\xce\xce\xce\xce'],
  ['Java object', 0, '\xac\xed\0\x05'],
  ['Java module image', 0, '\xda\xda\xfe\xca'],
  ['Java module', 0, 'JM\x01'],
  ['Git pack', 0, 'PACK\0\0\0'],
  ['Git index', 0, 'DIRC\0\0\0'],
  ['Git pack index', 0, '\xfftOc'],
  ['NumPy array', 0, '\x93NUMPY'],
  ['HDF5', 0, '\x89HDF\r\n\x1a\n'],
  ['Parquet', 0, 'PAR1'],
  ['Arrow', 0, 'ARROW1'],
  ['Avro', 0, 'Obj\x01'],
  ['GGUF model', 0, 'GGUF'],
  ['registry of Windows', 0, 'regf'],
  ['event log of Windows', 0, 'ElfFile\0'],
  ['compound document (OLE 2)', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['debug symbols of Windows (PDB)', 0, 'Microsoft C/C++ MSF 7.00'],
  ['debug symbols of .NET (portable PDB)', 0, 'BSJB'],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['JPEG XL', 0, '\xff\x0a'],
  ['JPEG 2000', 0, '\0\0\0\x0cjP  '],
  ['HEIF picture', 4, 'ftyphei'],
  ['HEIF picture', 4, 'ftypmif1'],
  ['MIDI', 0, 'MThd'],
  ['AIFF', 8, 'AIFF'],
  ['bitmap font (PCF)', 0, '\x01fcp'],
  ['Type 1 font', 0, '\x80\x01'],
  ['PSF console font', 0, '\x72\xb5\x4a\x86'],
  ['GRUB font', 0, 'FILE\0\0\0\x04PFF2'],
  ['flattened device tree', 0, '\xd0\x0d\xfe\xed'],
  ['U-Boot image', 0, '\x27\x05\x19\x56'],
  ['core of QEMU', 0, 'QEVM'],
  ['GDBM database', 0, '\xcf\x9a\x57\x13'],
  ['LMDB database', 16, '\xde\xc0\xef\xbe'],
  ['LevelDB table', 0, '\x57\xfb\x80\x8b'],
];

/** Berkeley DB (dbinc/db_page.h): a magic number at byte 12 of the first page, in the byte order of the machine. */
const BERKELEY: ReadonlyMap<number, string> = new Map([
  [0x061561, 'Berkeley DB (hash), as of older RPM databases'],
  [0x053162, 'Berkeley DB (B-tree)'],
  [0x042253, 'Berkeley DB (queue)'],
]);

/** CPython's Lib/importlib/_bootstrap_external.py: the last magic number of each version. */
const PYTHONS: readonly (readonly [last: number, version: string])[] = [
  [3379, '3.6 or older'],
  [3399, '3.7'],
  [3419, '3.8'],
  [3429, '3.9'],
  [3449, '3.10'],
  [3499, '3.11'],
  [3549, '3.12'],
  [3599, '3.13'],
  [3649, '3.14'],
];

/** Null where nobody knows it. */
export function nameOf(head: Uint8Array): string | null {
  if (ascii(head, 0, '\xca\xfe\xba\xbe')) {
    // Mach-O for several machines begins alike; no version of Java is below 45, and no file has so many machines.
    const second = u32(head, 4, false);
    return second < 45
      ? 'Mach-O, for several machines'
      : `Java class, for Java ${javaOf(u16(head, 6, false))}`;
  }
  const named = NAMES.find(([, at, text]) => ascii(head, at, text));
  if (named !== undefined) return named[0];
  if (ascii(head, 2, '\r\n')) {
    const magic = u16(head, 0, true);
    if (magic >= 60_000) return 'Python 2 bytecode';
    const version = magic < 3000 ? undefined : PYTHONS.find(([last]) => magic <= last)?.[1];
    if (version !== undefined) return `Python ${version} bytecode`;
  }
  return BERKELEY.get(u32(head, 12, true)) ?? BERKELEY.get(u32(head, 12, false)) ?? null;
}

/** JVMS, table 4.1-A: 45 is 1.1, 48 is 1.4, 49 is 5. */
function javaOf(major: number): string {
  return major >= 49 ? String(major - 44) : `1.${Math.max(0, major - 44)}`;
}
