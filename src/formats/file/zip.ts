/**
 * The members of a zip by its central directory (APPNOTE.TXT 6.3.10): read from its end, whatever stands before it; jars,
 * wheels and office documents are zips too.
 */
import { decodeUtf8, readable, type Bytes } from '../../base/bytes.ts';
import { fail, Problem } from '../../base/problem.ts';
import { MAX_ABOUT, MemberList, nameText, type Archive, type Member, type Members } from './archive.ts';
import { Fields } from './fields.ts';
import { inflateSome } from './inflate-some.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';

/** 4.3.16: a record of 22 bytes and a comment of at most 65,535. */
const MAX_TAIL = 22 + 65_535;
/** Bytes of the directory that are read at once. */
const CHUNK = 1024 * 1024;
/** Of one entry of it: 46, and three texts of at most 65,535. */
const MAX_ENTRY = 46 + 3 * 65_535;

/** What a jar, a wheel, a NuGet package says of itself: it stands near the top, by one of these names. */
const ABOUT = /^(?:META-INF\/MANIFEST\.MF|[^/]{1,200}\.dist-info\/METADATA|[^/]{1,200}\.nuspec)$/;

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
  /** Bytes before the zip itself: a program that unpacks it, say. */
  readonly before: number;
}

/** Where a member's bytes are. */
interface Packed {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
}

interface Entry {
  readonly member: Member;
  readonly packed: Packed;
  /** Bytes of the directory. */
  readonly length: number;
}

export async function listZip(
  file: RandomAccess,
  onMembers: (members: readonly Member[]) => void,
): Promise<Archive> {
  const directory = await findDirectory(file);
  const list = new MemberList(onMembers);
  let about: Packed | null = null;
  let isEncrypted = false;
  let isCut = false;
  for await (const { member, packed } of entriesOf(file, directory)) {
    isCut = list.isFull;
    if (isCut) break;
    isEncrypted ||= packed.isEncrypted;
    list.add(member);
    if (about === null && ABOUT.test(packed.name)) about = packed;
  }
  list.flush();
  return {
    kind: 'archive',
    format: isEncrypted ? 'zip, encrypted' : 'zip',
    count: list.count,
    total: list.total,
    cut: isCut ? 'members' : null,
    unread: [],
    about: about === null ? null : await readAbout(file, directory, about),
    head: null,
  };
}

/**
 * Tells of the members, and gives the data of those that are wanted. Fails with `malformed`, and `unsupported` where a wanted
 * one is encrypted or compressed in another way than deflate.
 */
export async function goThroughZip(file: RandomAccess, members: Members): Promise<void> {
  const directory = await findDirectory(file);
  for await (const { member, packed } of entriesOf(file, directory)) {
    if (members.isFull) return;
    members.add(member)?.(await unpack(file, directory, packed));
  }
}

async function* entriesOf(file: RandomAccess, directory: Directory): AsyncGenerator<Entry> {
  const end = directory.offset + directory.size;
  let at = directory.offset;
  let rest = new Fields(new Uint8Array(0), true);
  let left = 0;
  let count = 0;
  while (at < end) {
    if (left < MAX_ENTRY && at + left < end) {
      const bytes = await readExactly(file, at, Math.min(CHUNK, end - at), 'the directory');
      rest = new Fields(bytes, true, at);
      left = bytes.length;
    }
    const from = rest.length - left;
    if (rest.u32(from) !== 0x02014b50) break;
    const entry = readEntry(rest, from);
    yield entry;
    count++;
    left -= entry.length;
    at += entry.length;
  }
  if (count === 0 && directory.count > 0)
    malformed('the directory is not where it should be', directory.offset);
}

async function findDirectory(file: RandomAccess): Promise<Directory> {
  const from = Math.max(0, file.size - MAX_TAIL);
  const tail = new Fields(await readExactly(file, from, file.size - from, 'the end'), true, from);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.bytes[at] !== 0x50 || tail.u32(at) !== 0x06054b50) continue;
    // A comment may hold what looks like a record; the real one ends with the file.
    if (at + 22 + tail.u16(at + 20) > tail.length) continue;
    const short = { count: tail.u16(at + 10), size: tail.u32(at + 12), offset: tail.u32(at + 16) };
    let end = from + at;
    let found = short;
    if (at >= 20 && tail.u32(at - 20) === 0x07064b50) {
      const long = await readZip64(file, tail.u64(at - 12), end);
      if (long !== null) {
        found = long;
        end = long.at;
      }
    }
    const before = end - found.size - found.offset;
    if (!(before >= 0)) malformed('the directory is not where it should be', end);
    return { ...found, offset: end - found.size, before };
  }
  return malformed('it has no directory at its end', file.size);
}

/** 4.3.14; null where it is not there. */
async function readZip64(file: RandomAccess, offset: number, end: number) {
  // Behind something else, it is not where it says, but right before its locator all the same.
  for (const at of [offset, end - 20 - 56]) {
    if (!(at >= 0 && at + 56 <= file.size)) continue;
    const fields = new Fields(await readExactly(file, at, 56, 'the end'), true, at);
    if (fields.u32(0) !== 0x06064b50) continue;
    return { count: fields.u64(32), size: fields.u64(40), offset: fields.u64(48), at };
  }
  return null;
}

function readEntry(fields: Fields, at: number): Entry {
  const nameLength = fields.u16(at + 28);
  const extraLength = fields.u16(at + 30);
  const length = 46 + nameLength + extraLength + fields.u16(at + 32);
  const flags = fields.u16(at + 8);
  const raw = fields.part(at + 46, nameLength).bytes;
  const extra = fields.part(at + 46 + nameLength, extraLength);
  const unix = fields.u16(at + 4) >> 8 === 3 ? fields.u32(at + 38) >>> 16 : 0;
  const sizes = [fields.u32(at + 24), fields.u32(at + 20), fields.u32(at + 42)];
  let mtime = dosTime(fields.u16(at + 14), fields.u16(at + 12));
  for (let i = 0; i + 4 <= extra.length;) {
    const [id, size] = [extra.u16(i), extra.u16(i + 2)];
    if (i + 4 + size > extra.length) break;
    // 4.5.3: only what did not fit, in this order.
    if (id === 1) {
      let from = i + 4;
      for (let field = 0; field < 3; field++) {
        if (sizes[field] !== 0xffffffff || from + 8 > i + 4 + size) continue;
        sizes[field] = extra.u64(from);
        from += 8;
      }
    }
    // Info-ZIP's time stamps: UTC, where the zip's own is of nobody knows which zone.
    if (id === 0x5455 && size >= 5 && (extra.u8(i + 4) & 1) !== 0) mtime = extra.u32(i + 5) | 0;
    i += 4 + size;
  }
  const [size, packed, offset] = sizes as [number, number, number];
  const name = zipName(raw, (flags & 0x800) !== 0);
  const member: Member = {
    name,
    type: typeOf(unix, name),
    size: name.endsWith('/') ? 0 : size,
    mode: unix === 0 ? null : unix & 0o7777,
    mtime,
    link: '',
  };
  const method = fields.u16(at + 10);
  return { member, length, packed: { name, isEncrypted: (flags & 1) !== 0, method, size, packed, offset } };
}

function typeOf(unix: number, name: string): Member['type'] {
  const format = unix & 0o170000;
  if (format === 0o120000) return 'symlink';
  return format === 0o040000 || name.endsWith('/') ? 'dir' : 'file';
}

/** UTF-8 where it says so, or where it is; else code page 437 (appendix D), of which ASCII is what people meet. */
function zipName(raw: Uint8Array, isUtf8: boolean): string {
  if (isUtf8 || decodeUtf8(raw) !== null) return nameText(raw);
  return new TextDecoder('latin1').decode(raw.subarray(0, 1024));
}

/** 4.4.6: local time of wherever it was made. Null for none. */
function dosTime(date: number, time: number): number | null {
  if (date === 0) return null;
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return Date.UTC(year, month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2) / 1000;
}

/** Small texts only; whatever is wrong with one, the list stands without it. */
async function readAbout(
  file: RandomAccess,
  directory: Directory,
  packed: Packed,
): Promise<Archive['about']> {
  if (!(packed.size <= MAX_ABOUT && packed.packed <= MAX_ABOUT)) return null;
  try {
    return { name: packed.name, text: readable(await unpack(file, directory, packed)) };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** All of a member, which whoever wants it finds small enough. Its size is what the directory says, or it is `malformed`. */
async function unpack(file: RandomAccess, { before }: Directory, member: Packed): Promise<Bytes> {
  const { isEncrypted, method, size, packed } = member;
  if (isEncrypted) fail({ code: 'unsupported', what: 'encryption', name: 'an encrypted member' });
  if (method !== 0 && method !== 8)
    fail({ code: 'unsupported', what: 'compression', name: `method ${method} of zip` });
  const at = before + member.offset;
  const local = new Fields(await readExactly(file, at, 30, 'a member'), true, at);
  if (local.u32(0) !== 0x04034b50) malformed('no header of a member', at);
  const from = at + 30 + local.u16(26) + local.u16(28);
  // What is deflated is at most a little larger than it was.
  if (!(from + packed <= file.size && packed <= size + size / 1000 + 1024))
    malformed('it ends in a member', at);
  const bytes = await file.read(from, from + packed);
  const unpacked = method === 0 ? bytes : inflateSome(bytes, 'raw', size + 1);
  if (unpacked.length !== size) malformed('a member is not as long as it should be', at);
  return unpacked;
}
