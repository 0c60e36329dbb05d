/**
 * Tars and cpio archives, compressed or not, and what is compressed alone: read once from front to back, and no further
 * than a list needs.
 */
import { concat, readable, type Bytes } from '../../base/bytes.ts';
import { isTarHead, SNIFF_LENGTH, type Compression } from '../compression.ts';
import { createUnpacker } from '../unpack.ts';
import { TarParser } from '../tar/parser.ts';
import type { TarEntry } from '../tar/entry.ts';
import {
  MAX_ABOUT,
  MAX_HEAD,
  MAX_UNPACKED,
  nameText,
  type Archive,
  type Member,
  type MemberList,
  type MemberType,
} from './archive.ts';
import { CpioParser, isCpioHead } from './cpio.ts';
import type { RandomAccess } from './random-access.ts';

export interface PackedOptions {
  readonly compression: Compression;
  /** A member whose text says what the archive is. */
  readonly isAbout: (name: string) => boolean;
  /** Bytes of the file that were read, now and then. */
  readonly onProgress: (read: number) => void;
}

/** Bytes that are pushed at once: 16 KiB of gzip are at most 16 MiB. */
const PUSH = 16 * 1024;
/** Bytes of data that are worth to begin reading elsewhere for. */
const JUMP = 8 * 1024 * 1024;

/** Takes unpacked bytes. */
interface Reader {
  push(bytes: Uint8Array): void;
  /** Nothing more is wanted. */
  readonly isDone: boolean;
  /** Bytes that may come next and need not be pushed. */
  readonly skippable: number;
  skip(length: number): void;
  end(): void;
}

export async function listPacked(
  file: RandomAccess,
  list: MemberList,
  { compression, isAbout, onProgress }: PackedOptions,
): Promise<Archive> {
  const state: { reader: Reader | null; format: string; about: Archive['about'] } = {
    reader: null,
    format: '',
    about: null,
  };
  const head: Uint8Array[] = [];
  let held = 0;
  let produced = 0;
  const begin = () => {
    const bytes = concat(head);
    const [first = 0] = bytes;
    if (first !== 0 && isTarHead(bytes)) {
      state.format = 'tar';
      state.reader = tarReader(list, isAbout, (about) => (state.about ??= about));
    } else if (isCpioHead(bytes)) {
      state.format = 'cpio';
      state.reader = new CpioParser(list);
    }
    state.reader?.push(bytes);
  };
  const unpacker = createUnpacker(compression, (bytes) => {
    produced += bytes.length;
    if (state.reader !== null) {
      if (!state.reader.isDone) state.reader.push(bytes);
    } else if (held < MAX_HEAD) {
      const piece = bytes.slice(0, MAX_HEAD - held);
      const isFirst = held < SNIFF_LENGTH;
      head.push(piece);
      held += piece.length;
      if (isFirst && held >= SNIFF_LENGTH) begin();
    }
  });
  let at = 0;
  let isCut: Archive['cut'] = null;
  reading: for (;;) {
    let jump = 0;
    for await (const chunk of file.stream(at)) {
      for (let i = 0; i < chunk.length; i += PUSH) {
        const piece = chunk.subarray(i, i + PUSH);
        unpacker.push(piece);
        at += piece.length;
        if (list.isFull) isCut = 'members';
        else if (produced > MAX_UNPACKED) isCut = 'bytes';
        if (isCut !== null || state.reader?.isDone) break reading;
        // What is not compressed need not be read to be passed over.
        jump = compression === 'none' ? (state.reader?.skippable ?? 0) : 0;
        if (jump > JUMP) break;
      }
      onProgress(at);
      if (jump > JUMP) break;
    }
    if (jump <= JUMP) break;
    const over = Math.min(jump, file.size - at);
    state.reader!.skip(over);
    at += over;
    if (at >= file.size) break;
  }
  if (isCut === null) {
    if (!(state.reader?.isDone ?? false)) unpacker.end();
    if (state.reader === null && held < SNIFF_LENGTH) begin();
    state.reader?.end();
  }
  list.flush();
  const packing = compression === 'none' ? '' : compression;
  return {
    kind: 'archive',
    format: [state.format, packing].filter((word) => word !== '').join(', '),
    count: list.count,
    total: state.reader === null ? produced : list.total,
    cut: isCut,
    unread: [],
    about: state.about,
    head: state.reader === null ? concat(head) : null,
  };
}

function tarReader(
  list: MemberList,
  isAbout: (name: string) => boolean,
  onAbout: (about: NonNullable<Archive['about']>) => void,
): Reader {
  let wanted: { name: string; left: number; pieces: Bytes[] } | null = null;
  const parser = new TarParser(
    (entry) => {
      const member = memberOf(entry);
      list.add(member);
      const takes = member.type === 'file' && entry.sparse === null && entry.dataSize <= MAX_ABOUT;
      wanted = takes && isAbout(member.name) ? { name: member.name, left: entry.dataSize, pieces: [] } : null;
    },
    (bytes) => {
      if (wanted === null) return;
      wanted.pieces.push(bytes.slice());
      wanted.left -= bytes.length;
      if (wanted.left === 0) onAbout({ name: wanted.name, text: readable(concat(wanted.pieces)) });
    },
  );
  return {
    push: (bytes) => parser.push(bytes),
    skip: (length) => parser.skip(length),
    end: () => parser.end(),
    get skippable() {
      return wanted === null ? parser.skippable : 0;
    },
    get isDone() {
      return parser.skippable === Infinity;
    },
  };
}

const TAR_TYPES: ReadonlyMap<string, MemberType> = new Map([
  ['0', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['5', 'dir'],
]);

function memberOf({ name, linkname, type, size, mode, mtime }: TarEntry): Member {
  return {
    name: nameText(name),
    type: TAR_TYPES.get(type) ?? 'other',
    size,
    mode: mode & 0o7777,
    mtime,
    link: nameText(linkname),
  };
}
