/** ar archives (ar(5)): static libraries, and Debian packages (deb(5)), whose tars are listed in their place. */
import { readable } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { sniff, SNIFF_LENGTH } from '../compression.ts';
import { MemberList, type Archive, type Member, type Members } from './archive.ts';
import { goThrough } from './packed.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';
import { stretchOf } from './stretch.ts';

const MAGIC_LENGTH = 8;
const HEADER = 60;
/** Bytes of the table of long names: of a library of ten thousand members it is some hundred kilobytes. */
const MAX_NAMES = 4 * 1024 * 1024;

interface ArMember {
  readonly name: string;
  /** Of the data. */
  readonly offset: number;
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
}

/** The tars of a Debian package: what installs it, and its own files. */
const PARTS = /^(?:control|data)\.tar(?:\.\w+)?$/;
/** Where dpkg-deb puts the first one, and builds it from. */
const CONTROL = 'DEBIAN/';
/** What is there for linkers. */
const TABLES = /^(?:\/|\/SYM64\/|__\.SYMDEF.*)$/;

export async function listAr(
  file: RandomAccess,
  onMembers: (members: readonly Member[]) => void,
  onProgress: (read: number) => void,
): Promise<Archive> {
  const list = new MemberList(onMembers, (name) => name === `${CONTROL}control`);
  const { format, isCut, unread } = await goThroughAr(file, list, onProgress);
  list.flush();
  return {
    kind: 'archive',
    format,
    count: list.count,
    total: list.total,
    cut: isCut ? 'members' : null,
    unread,
    about: list.about,
    head: null,
  };
}

/** Tells of the members, up to where no more are wanted. `unread`: as in Archive. */
export async function goThroughAr(
  file: RandomAccess,
  members: Members,
  onProgress: (read: number) => void,
): Promise<{ readonly format: string; readonly isCut: boolean; readonly unread: readonly string[] }> {
  let format = 'ar';
  let isCut = false;
  const unread: string[] = [];
  for await (const { member, isDeb } of membersOf(file)) {
    const { name, offset, size } = member;
    if (isDeb) format = 'Debian package';
    if (isDeb && PARTS.test(name)) {
      const part = stretchOf(file, offset, size);
      const cut = await goThroughPart(part, name.startsWith('control') ? underControl(members) : members);
      if (cut === 'unread') unread.push(name);
      else isCut = cut !== null;
    } else if (!isDeb && !TABLES.test(name)) {
      const taker = members.add(memberOf(member));
      if (taker !== null) taker(await file.read(offset, offset + size));
    }
    onProgress(offset + size);
    isCut ||= members.isFull && offset + size < file.size;
    if (isCut) break;
  }
  return { format, isCut, unread };
}

const memberOf = ({ name, size, mode, mtime }: ArMember): Member => ({
  name,
  type: 'file',
  size,
  mode,
  mtime,
  link: '',
});

/** `isDeb`: the first of them says that it is a Debian package. */
async function* membersOf(
  file: RandomAccess,
): AsyncGenerator<{ readonly member: ArMember; readonly isDeb: boolean }> {
  let names = '';
  let isDeb = false;
  for (let at = MAGIC_LENGTH; at + HEADER <= file.size;) {
    const member = await readMember(file, at, names);
    if (at === MAGIC_LENGTH && member.name === 'debian-binary') isDeb = true;
    at = member.offset + member.size + ((member.offset + member.size) % 2);
    if (member.name !== '//') {
      yield { member, isDeb };
      continue;
    }
    if (member.size > MAX_NAMES) malformed('a table of names that is too large', member.offset);
    names = readable(await readExactly(file, member.offset, member.size, 'the table of names'));
  }
}

async function readMember(file: RandomAccess, at: number, names: string): Promise<ArMember> {
  const header = String.fromCharCode(...(await readExactly(file, at, HEADER, 'a header')));
  if (header.slice(58) !== '`\n') malformed('no header of a member', at);
  const number = (from: number, length: number, radix: number) => {
    const text = header.slice(from, from + length).trim();
    return text === '' ? 0 : /^\d+$/.test(text) ? parseInt(text, radix) : malformed('no number', at + from);
  };
  const member = { offset: at + HEADER, mtime: number(16, 12, 10), mode: number(40, 8, 8) & 0o7777 };
  const size = number(48, 10, 10);
  if (member.offset + size > file.size) malformed('it ends in a member', at);
  const short = header.slice(0, 16).trimEnd();
  // BSD: the name stands before the data, and is counted with them.
  const bsd = /^#1\/(\d{1,5})$/.exec(short);
  if (bsd !== null) {
    const length = Math.min(Number(bsd[1]), size);
    const name = readable(await readExactly(file, member.offset, length, 'a name')).replace(/\0.*$/s, '');
    return { ...member, name: name.slice(0, 1024), offset: member.offset + length, size: size - length };
  }
  // GNU: at this place of the table, up to "/" and a line feed.
  const gnu = /^\/(\d{1,9})$/.exec(short);
  if (gnu !== null) {
    const from = Number(gnu[1]);
    const end = names.indexOf('\n', from);
    const name = names.slice(from, end < 0 ? undefined : end).slice(0, 1024);
    return { ...member, name: name.replace(/\/$/, ''), size };
  }
  return {
    ...member,
    name: short.length > 1 && !short.startsWith('/') ? short.replace(/\/$/, '') : short,
    size,
  };
}

const underControl = (members: Members): Members => ({
  get isFull() {
    return members.isFull;
  },
  add: (member) => members.add({ ...member, name: CONTROL + member.name.replace(/^\.\//, '') }),
});

/** Why it was not gone through to its end. `unread`: it is compressed in a way that is not read here. */
async function goThroughPart(part: RandomAccess, members: Members): Promise<Archive['cut'] | 'unread'> {
  try {
    const compression = sniff(await part.read(0, SNIFF_LENGTH));
    return (await goThrough(part, members, compression, () => {})).cut;
  } catch (error) {
    if (error instanceof Problem && error.failure.code === 'unsupported') return 'unread';
    throw error;
  }
}
