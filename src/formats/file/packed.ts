/**
 * Tars and cpio archives, compressed or not, and what is compressed alone: read once from front to back, and no further
 * than a list needs.
 */
import { concat } from '../../base/bytes.ts';
import { isTarHead, sniff, SNIFF_LENGTH, type Compression } from '../compression.ts';
import { createUnpacker } from '../unpack.ts';
import { TarParser } from '../tar/parser.ts';
import type { TarEntry } from '../tar/entry.ts';
import {
  MAX_HEAD,
  MAX_UNPACKED,
  nameText,
  type Archive,
  type Member,
  type MemberList,
  type Members,
  type MemberType,
  type TakesData,
} from './archive.ts';
import { CpioParser, isCpioHead } from './cpio.ts';
import type { RandomAccess } from './random-access.ts';

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

/** What is packed under a name of its own says so by its bytes. */
export async function compressionOf(
  file: RandomAccess,
  format: 'tar' | 'cpio' | 'gzip' | 'zstd',
): Promise<Compression> {
  return format === 'tar' || format === 'cpio' ? 'none' : sniff(await file.read(0, SNIFF_LENGTH));
}

/** `onProgress`: bytes of the file that were read, now and then. */
export async function listPacked(
  file: RandomAccess,
  list: MemberList,
  compression: Compression,
  onProgress: (read: number) => void,
): Promise<Archive> {
  const { format, produced, cut, head } = await goThrough(file, list, compression, onProgress);
  list.flush();
  const packing = compression === 'none' ? '' : compression;
  return {
    kind: 'archive',
    format: [format, packing].filter((word) => word !== '').join(', '),
    count: list.count,
    total: head === null ? list.total : produced,
    cut,
    unread: [],
    about: list.about,
    head,
  };
}

/**
 * Tells of the members, up to where no more are wanted. `produced`: bytes that were unpacked. `head`: as in Archive, of at most
 * `mostHead` bytes.
 */
export async function goThrough(
  file: RandomAccess,
  members: Members,
  compression: Compression,
  onProgress: (read: number) => void,
  mostHead = MAX_HEAD,
): Promise<{ readonly format: string; readonly produced: number } & Pick<Archive, 'cut' | 'head'>> {
  const state: { reader: Reader | null; format: string } = { reader: null, format: '' };
  const head: Uint8Array[] = [];
  let held = 0;
  let produced = 0;
  const begin = () => {
    const bytes = concat(head);
    const [first = 0] = bytes;
    if (first !== 0 && isTarHead(bytes)) {
      state.format = 'tar';
      state.reader = tarReader(members);
    } else if (isCpioHead(bytes)) {
      state.format = 'cpio';
      state.reader = new CpioParser(members);
    }
    state.reader?.push(bytes);
  };
  const unpacker = createUnpacker(compression, (bytes) => {
    produced += bytes.length;
    if (state.reader !== null) {
      if (!state.reader.isDone) state.reader.push(bytes);
    } else if (held < mostHead) {
      const piece = bytes.slice(0, mostHead - held);
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
        if (members.isFull) isCut = 'members';
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
  return { format: state.format, produced, cut: isCut, head: state.reader === null ? concat(head) : null };
}

function tarReader(members: Members): Reader {
  let taker: TakesData | null = null;
  let left = 0;
  const parser = new TarParser(
    (entry) => {
      taker = members.add(memberOf(entry));
      // The data of a sparse file have no holes: they are not what it holds.
      left = taker === null || entry.sparse !== null ? 0 : entry.dataSize;
    },
    (bytes) => {
      if (left === 0) return;
      left -= bytes.length;
      taker?.(bytes);
    },
  );
  return {
    push: (bytes) => parser.push(bytes),
    skip: (length) => parser.skip(length),
    end: () => parser.end(),
    get skippable() {
      return left === 0 ? parser.skippable : 0;
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
