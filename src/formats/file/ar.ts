/** ar archives (ar(5)): static libraries, and Debian packages (deb(5)), whose tars are listed in their place. */
import { readable } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { sniff, SNIFF_LENGTH } from '../compression.ts';
import { MemberList, type Archive, type Member } from './archive.ts';
import { listPacked } from './packed.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';
import { stretchOf } from './stretch.ts';

const MAGIC_LENGTH = 8;
const HEADER = 60;
/** Bytes of the table of long names: of a library of ten thousand members it is some hundred kilobytes. */
const MAX_NAMES = 4 * 1024 * 1024;

interface ArMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
}

export async function listAr(
  file: RandomAccess,
  onMembers: (members: readonly Member[]) => void,
  onProgress: (read: number) => void,
): Promise<Archive> {
  const list = new MemberList(onMembers);
  let names = '';
  let isDeb = false;
  let about: Archive['about'] = null;
  let isCut = false;
  const unread: string[] = [];
  for (let at = MAGIC_LENGTH; at + HEADER <= file.size && !isCut;) {
    const member = await readMember(file, at, names);
    at = member.offset + member.size + ((member.offset + member.size) % 2);
    onProgress(at);
    if (at === MAGIC_LENGTH + HEADER + member.size + (member.size % 2) && member.name === 'debian-binary')
      isDeb = true;
    if (member.name === '//') {
      if (member.size > MAX_NAMES) malformed('a table of names that is too large', member.offset);
      names = readable(await readExactly(file, member.offset, member.size, 'the table of names'));
    } else if (isDeb && /^(?:control|data)\.tar(?:\.\w+)?$/.test(member.name)) {
      const inner = stretchOf(file, member.offset, member.size);
      const listed = await listTar(inner, member.name.startsWith('data') ? list : new MemberList(() => {}));
      if (listed === null) unread.push(member.name);
      else {
        about ??= listed.about;
        isCut = listed.cut !== null;
      }
    } else if (!isDeb && !/^(?:\/|\/SYM64\/|__\.SYMDEF.*)$/.test(member.name)) {
      list.add({ ...member, type: 'file', link: '' });
    }
    isCut ||= list.isFull && at < file.size;
  }
  list.flush();
  return {
    kind: 'archive',
    format: isDeb ? 'Debian package' : 'ar',
    count: list.count,
    total: list.total,
    cut: isCut ? 'members' : null,
    unread,
    about,
    head: null,
  };
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

/** Null where it is compressed in a way that is not read here. */
async function listTar(file: RandomAccess, list: MemberList): Promise<Archive | null> {
  try {
    const compression = sniff(await file.read(0, SNIFF_LENGTH));
    const isAbout = (name: string) => name === './control' || name === 'control';
    return await listPacked(file, list, { compression, isAbout, onProgress: () => {} });
  } catch (error) {
    if (error instanceof Problem && error.failure.code === 'unsupported') return null;
    throw error;
  }
}
