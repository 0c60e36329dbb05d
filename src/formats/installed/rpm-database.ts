/**
 * RPM's database, in the three forms that distributions have: SQLite (Fedora, RHEL 9), `ndb` (SUSE) and Berkeley DB's hash (RHEL
 * up to 8, Amazon Linux 2). Each is a table of headers.
 */
import { readable, utf8, type Bytes } from '../../base/bytes.ts';
import { Fields } from '../file/fields.ts';
import { accessTo, malformed } from '../file/random-access.ts';
import { findTable } from '../file/sqlite.ts';
import { readSqliteHead, rowsOf } from '../file/sqlite-table.ts';
import { berkeleyValues, isBerkeleyHash } from './berkeley-hash.ts';
import { boundPackages, type PackageFiles } from './installed.ts';
import { PathRoom } from './path-list.ts';
import { readRpmHeader } from './rpm.ts';

const SQLITE = 'SQLite format 3\0';
/** Pages of SQLite's tables that are read: 4 GiB of 64 KiB, and as many as any database of packages has of 4. */
const MAX_PAGES = 65_536;

/** `bytes`: the whole file. Fails with `malformed`, and where it is none of them. */
export async function readRpmDatabase(bytes: Bytes): Promise<PackageFiles[]> {
  const packages: PackageFiles[] = [];
  const room = new PathRoom();
  let read = 0;
  for await (const header of headersOf(bytes)) {
    // Each stands in the file once.
    read += header.length;
    if (read > bytes.length) malformed('packages are larger than their database');
    const found = readRpmHeader(header, room);
    if (found === null) continue;
    boundPackages(packages.length + 1);
    packages.push(found);
  }
  return packages;
}

function headersOf(bytes: Bytes): AsyncIterable<Bytes> | Iterable<Bytes> {
  if (readable(bytes.subarray(0, SQLITE.length)) === SQLITE) return sqliteHeaders(bytes);
  if (readable(bytes.subarray(0, 4)) === 'RpmP') return ndbHeaders(bytes);
  if (isBerkeleyHash(bytes)) return berkeleyHeaders(bytes);
  return malformed('no database of packages');
}

async function* sqliteHeaders(bytes: Bytes): AsyncGenerator<Bytes> {
  const file = accessTo(bytes);
  const head = await readSqliteHead(file);
  const root = await findTable(file, head, 'Packages');
  if (root === null) malformed('a database without packages');
  // The number of the row, which stands outside of it, and the header.
  for await (const [, header] of rowsOf(file, head, root, MAX_PAGES)) {
    if (header instanceof Uint8Array) yield header;
  }
}

/** Bytes of a page of slots, of a slot, and of a block (rpm, lib/backend/ndb/rpmpkg.c). */
const NDB_PAGE = 4096;
const NDB_SLOT = 16;
const NDB_BLOCK = 16;
const SLOT_MAGIC = utf8('Slot');
const BLOB_MAGIC = utf8('BlbS');

/**
 * A head of two slots (`RpmP`, version, generation, number of pages of slots), then slots: magic, number of the package, its
 * first block, blocks. A blob begins with its magic, number, a time and its length. Numbers have their low byte first.
 */
function* ndbHeaders(bytes: Bytes): Generator<Bytes> {
  const fields = new Fields(bytes, true);
  const slots = fields.u32(12) * NDB_PAGE;
  if (slots > bytes.length) malformed('more slots than bytes');
  for (let at = NDB_SLOT * 2; at + NDB_SLOT <= slots; at += NDB_SLOT) {
    if (!beginsWith(bytes.subarray(at), SLOT_MAGIC)) malformed('no slot', at);
    const number = fields.u32(at + 4);
    const start = fields.u32(at + 8) * NDB_BLOCK;
    // Free ones have neither.
    if (number === 0 || start === 0) continue;
    const blob = fields.part(start, fields.u32(at + 12) * NDB_BLOCK);
    if (!beginsWith(blob.bytes, BLOB_MAGIC) || blob.u32(4) !== number) malformed('no package', start);
    const length = blob.u32(12);
    yield blob.part(16, length).bytes as Bytes;
  }
}

const beginsWith = (bytes: Uint8Array, magic: Uint8Array) => magic.every((byte, i) => bytes[i] === byte);

/** The key 0 has the number of the next package; a header is longer. */
function* berkeleyHeaders(bytes: Bytes): Generator<Bytes> {
  for (const { key, value } of berkeleyValues(bytes)) {
    if (key.length === 4 && key.some((byte) => byte !== 0)) yield value;
  }
}
