/**
 * Tar as a push parser: bytes in, in whatever pieces; entries out, in order, with where their data stand. It keeps
 * nothing of the data and never looks at them, so a layer costs what its headers cost.
 *
 *     tar       = group* [ zero-block zero-block anything* ]
 *     group     = extension* header [ old-sparse-block* ] [ 1.0-sparse-map ] data padding
 *     extension = ( x | g | L | K ) data padding
 */
import { concat, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { copyOf } from './copy.ts';
import type { SparseExtent, TarDraft, TarEntry } from './entry.ts';
import { BLOCK_SIZE, checkHeader, HeaderReader, readSize } from './header.ts';
import { malformed, tooLarge } from './malformed.ts';
import { applyRecords, effectiveRecords, NO_RECORDS, readRecords, withGlobal, type Records } from './pax.ts';
import {
  checkExtents,
  readOldExtents,
  readOldSize,
  readRecordedMap,
  readSparseRecords,
  SparseMapReader,
} from './sparse.ts';

/** Bytes of one extension header (PAX, GNU long name): they are held whole. Go and libarchive stop at the same. */
export const MAX_EXTENSION = 1024 * 1024;

/** Bytes of a path or a link target. Linux stops at 4096; what is longer is no path that anyone can use. */
export const MAX_PATH = 64 * 1024;

const PAX = 0x78;
const PAX_GLOBAL = 0x67;
const LONG_NAME = 0x4c;
const LONG_LINK = 0x4b;

/** What the next whole block is. */
type Expected = 'header' | 'second-zero' | 'old-sparse' | 'sparse-map' | 'nothing';

export class TarParser {
  readonly #onEntry: (entry: TarEntry) => void;
  readonly #onData: ((bytes: Uint8Array) => void) | undefined;
  readonly #headers = new HeaderReader();
  readonly #areGlobalsApplied: boolean;

  #expected: Expected = 'header';
  #problem: Problem | null = null;
  /** Of all bytes pushed. */
  #offset = 0;

  /** A block that came in pieces. */
  readonly #block = new Uint8Array(BLOCK_SIZE);
  #held = 0;

  /** Bytes of data, and then of padding, before the next block. */
  #data = 0;
  #padding = 0;

  /** The flag of the extension whose data these are, 0 for a file's; and what came of them so far. */
  #extension = 0;
  #pieces: Uint8Array[] = [];

  /** What the extensions said about the entry to come. */
  #start = -1;
  #global: Records = NO_RECORDS;
  #local: Records = NO_RECORDS;
  #longName: Bytes | null = null;
  #longLink: Bytes | null = null;

  /** A sparse file whose map is not whole yet. */
  #draft: TarDraft | null = null;
  #extents: SparseExtent[] = [];
  #map: SparseMapReader | null = null;

  /**
   * `onEntry` gets each entry as soon as its header and sparse map are known, before its data; it may keep what
   * it gets, but not transfer it: names share their buffers.
   * `onData` gets the data of the entry that came last, in pieces, as the tar holds them (a sparse file's extents back
   * to back): views of the pushed chunk, good until it returns.
   * `globals`: whether the records of PAX global headers are put into force (POSIX, pax, "ustar Interchange Format"; GNU tar),
   * or read and left out, as by all that make a container of a layer: Go's archive/tar leaves them to its caller, and moby,
   * containerd, podman and umoci pass them by.
   */
  constructor(
    onEntry: (entry: TarEntry) => void,
    onData?: (bytes: Uint8Array) => void,
    globals: 'applied' | 'ignored' = 'applied',
  ) {
    this.#areGlobalsApplied = globals === 'applied';
    this.#onEntry = onEntry;
    this.#onData = onData;
  }

  /** Bytes pushed so far, those after the end of the archive included. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Takes the next bytes; the caller may reuse `chunk` afterwards. After two blocks of zeros anything may follow.
   * Fails with `malformed` or `too-large`, and with the same again ever after.
   */
  push(chunk: Uint8Array): void {
    if (this.#problem !== null) throw this.#problem;
    const base = this.#offset;
    this.#offset += chunk.length;
    try {
      this.#read(chunk, base);
    } catch (error) {
      if (error instanceof Problem) this.#problem = error;
      throw error;
    }
  }

  /**
   * Bytes that may come next and need not be pushed: what is left of an entry's data and its padding, and everything after
   * the end of the archive (Infinity). They may go past the end of the tar.
   */
  get skippable(): number {
    if (this.#extension !== 0) return 0;
    return this.#expected === 'nothing' ? Infinity : this.#data + this.#padding;
  }

  /** As if `length` bytes, at most `skippable`, had been pushed; but `onData` does not see them. */
  skip(length: number): void {
    if (!(length >= 0 && length <= this.skippable)) throw new RangeError(`bug: a skip of ${length} bytes`);
    const data = Math.min(length, this.#data);
    this.#data -= data;
    this.#padding -= Math.min(length - data, this.#padding);
    this.#offset += length;
  }

  /**
   * Says that the tar has ended. The blocks of zeros at the end, the padding of the last entry and the entry after the
   * last extension may be missing, as Go's archive/tar has it; anything else that is missing is `malformed`.
   */
  end(): void {
    if (this.#problem !== null) throw this.#problem;
    const between = this.#expected !== 'old-sparse' && this.#expected !== 'sparse-map';
    if (this.#data === 0 && this.#held === 0 && between) return;
    malformed('truncated', this.#offset);
  }

  /** `base` is where `chunk` begins in the tar. */
  #read(chunk: Uint8Array, base: number): void {
    const length = chunk.length;
    let at = 0;
    while (at < length) {
      if (this.#data > 0) {
        const taken = Math.min(this.#data, length - at);
        this.#data -= taken;
        if (this.#extension !== 0) this.#collect(chunk.subarray(at, at + taken), base + at + taken);
        else this.#onData?.(chunk.subarray(at, at + taken));
        at += taken;
      } else if (this.#padding > 0) {
        const taken = Math.min(this.#padding, length - at);
        this.#padding -= taken;
        at += taken;
      } else if (this.#expected === 'nothing') {
        return;
      } else if (this.#held === 0 && length - at >= BLOCK_SIZE) {
        this.#readBlock(chunk, at, base + at);
        at += BLOCK_SIZE;
      } else {
        const taken = Math.min(BLOCK_SIZE - this.#held, length - at);
        this.#block.set(chunk.subarray(at, at + taken), this.#held);
        this.#held += taken;
        at += taken;
        if (this.#held < BLOCK_SIZE) return;
        this.#held = 0;
        this.#readBlock(this.#block, 0, base + at - BLOCK_SIZE);
      }
    }
  }

  /** A whole block: at `at` of `block`, `offset` in the tar. */
  #readBlock(block: Uint8Array, at: number, offset: number): void {
    switch (this.#expected) {
      case 'header':
        if (checkHeader(block, at, offset)) this.#readHeader(block, at, offset);
        else this.#expected = 'second-zero';
        return;
      case 'second-zero':
        for (let i = at; i < at + BLOCK_SIZE; i++) {
          if (block[i] !== 0) malformed('lone block of zeros', offset);
        }
        this.#expected = 'nothing';
        return;
      case 'old-sparse':
        this.#readOldSparse(block, at, 'extension', offset);
        return;
      case 'sparse-map':
        this.#readSparseMap(block, at, offset);
        return;
      case 'nothing':
        return;
    }
  }

  #readHeader(block: Uint8Array, at: number, offset: number): void {
    const flag = block[at + 156]!;
    if (flag === PAX || flag === PAX_GLOBAL || flag === LONG_NAME || flag === LONG_LINK) {
      const size = readSize(block, at, offset);
      if (size > MAX_EXTENSION) tooLarge('tar extension header', MAX_EXTENSION, size, offset);
      if (this.#start < 0 && flag !== PAX_GLOBAL) this.#start = offset;
      this.#expectData(size, offset);
      this.#extension = flag;
      if (size === 0) this.#endExtension(new Uint8Array(0), offset + BLOCK_SIZE);
      return;
    }
    const entry = this.#headers.read(block, at, offset);
    // Before any record: Go refuses a negative size even where a record corrects it.
    if (entry.size < 0 && carriesData(entry.type)) malformed('negative size', offset);
    if (this.#start >= 0 || this.#global.size > 0) this.#applyExtensions(entry, offset);
    if (entry.type === '\0') entry.type = entry.name.at(-1) === 0x2f ? '5' : '0';
    else if (entry.type === '7') entry.type = '0';
    if (!carriesData(entry.type)) {
      if (readSparseRecords(entry.records, offset) !== null) malformed('sparse map without data', offset);
      entry.size = 0;
    }
    if (entry.size < 0) malformed('negative size', offset);
    entry.dataSize = entry.size;
    if (entry.type === 'S') {
      entry.type = '0';
      entry.size = readOldSize(block, at, offset);
      this.#draft = entry;
      this.#readOldSparse(block, at, 'header', offset);
    } else if (entry.records.size === 0 || !this.#beginSparse(entry)) this.#emit(entry, offset);
  }

  /** Puts what the extensions said into `entry`, and forgets it. */
  #applyExtensions(entry: TarDraft, offset: number): void {
    applyRecords(entry, effectiveRecords(this.#global, this.#local), offset);
    // Where both dialects name the entry, GNU's wins, as in Go.
    if (this.#longName !== null) entry.name = this.#longName;
    if (this.#longLink !== null) entry.linkname = this.#longLink;
    if (this.#start >= 0) entry.headerOffset = this.#start;
    this.#start = -1;
    this.#local = NO_RECORDS;
    this.#longName = null;
    this.#longLink = null;
  }

  /** Hands the entry out; its data follow. */
  #emit(entry: TarDraft, offset: number): void {
    if (entry.name.length > MAX_PATH) tooLarge('tar path', MAX_PATH, entry.name.length, offset);
    if (entry.linkname.length > MAX_PATH) tooLarge('tar path', MAX_PATH, entry.linkname.length, offset);
    this.#expected = 'header';
    this.#expectData(entry.dataSize, offset);
    this.#onEntry(entry);
  }

  #expectData(size: number, offset: number): void {
    if (size < 0) malformed('negative size', offset);
    if (!Number.isSafeInteger(offset + size + 2 * BLOCK_SIZE)) malformed('size past all offsets', offset);
    this.#data = size;
    this.#padding = (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
    this.#extension = 0;
  }

  /** Takes extension data, `end` being the offset behind them; the last of them are read in place where that can be. */
  #collect(piece: Uint8Array, end: number): void {
    if (this.#data === 0 && this.#pieces.length === 0) {
      this.#endExtension(piece, end);
      return;
    }
    // The chunk may be reused after push, so a copy; its size is that of what came, never that of a claim.
    this.#pieces.push(new Uint8Array(piece));
    if (this.#data > 0) return;
    const all = concat(this.#pieces);
    this.#pieces = [];
    this.#endExtension(all, end);
  }

  #endExtension(bytes: Uint8Array, end: number): void {
    const offset = end - bytes.length;
    const flag = this.#extension;
    this.#extension = 0;
    // Of several before one entry, the last wins whole, as in Go and GNU tar.
    if (flag === PAX) this.#local = readRecords(bytes, offset);
    else if (flag === PAX_GLOBAL) {
      const records = readRecords(bytes, offset);
      if (this.#areGlobalsApplied) this.#global = withGlobal(this.#global, records, offset);
    } else {
      const nul = bytes.indexOf(0);
      const name = copyOf(bytes, 0, nul < 0 ? bytes.length : nul);
      const said = name.length === 0 ? null : name;
      if (flag === LONG_NAME) this.#longName = said;
      else this.#longLink = said;
    }
  }

  #readOldSparse(block: Uint8Array, at: number, kind: 'header' | 'extension', offset: number): void {
    const entry = this.#draft!;
    if (readOldExtents(block, at, kind, this.#extents, offset)) {
      this.#expected = 'old-sparse';
      return;
    }
    entry.dataOffset = offset + BLOCK_SIZE;
    this.#endSparse(entry, this.#extents, offset);
  }

  /** True when the entry is a sparse file of formats 0.0 to 1.0, and taken care of. */
  #beginSparse(entry: TarDraft): boolean {
    const offset = entry.headerOffset;
    const sparse = readSparseRecords(entry.records, offset);
    if (sparse === null) return false;
    const name = entry.records.get('GNU.sparse.name');
    if (name !== undefined) entry.name = name;
    if (sparse.size !== null) entry.size = sparse.size;
    if (sparse.mapInData) {
      this.#draft = entry;
      this.#map = new SparseMapReader(offset);
      this.#expected = 'sparse-map';
      if (entry.dataSize < BLOCK_SIZE) malformed('sparse map past the data', offset);
    } else this.#endSparse(entry, readRecordedMap(entry.records, offset), entry.dataOffset - BLOCK_SIZE);
    return true;
  }

  #readSparseMap(block: Uint8Array, at: number, offset: number): void {
    const entry = this.#draft!;
    const extents = this.#map!.push(block, at, at + BLOCK_SIZE);
    entry.dataOffset += BLOCK_SIZE;
    entry.dataSize -= BLOCK_SIZE;
    if (extents !== null) this.#endSparse(entry, extents, offset);
    else if (entry.dataSize < BLOCK_SIZE) malformed('sparse map past the data', offset);
  }

  #endSparse(entry: TarDraft, extents: readonly SparseExtent[], offset: number): void {
    this.#draft = null;
    this.#extents = [];
    this.#map = null;
    entry.sparse = checkExtents(extents, entry.size, entry.dataSize, entry.headerOffset);
    this.#emit(entry, offset);
  }
}

/** Hard links, symbolic links, devices, directories and pipes have none, whatever size they claim (as in Go). */
function carriesData(type: string): boolean {
  return !(type >= '1' && type <= '6');
}
