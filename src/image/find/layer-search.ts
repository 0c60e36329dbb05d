/** Looks for a text in files of one layer, on one way through what it unpacks to. */
import { fail } from '../../base/problem.ts';
import { piecesOf } from '../../base/streams.ts';
import type { Bytes } from '../../base/bytes.ts';
import { release } from '../../base/release.ts';
import type { Compression } from '../../formats/compression.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import { NativeGunzip, NativeRefusal } from '../../formats/gzip/native-gunzip.ts';
import type { SeekPoints } from '../../formats/seek-points.ts';
import type { SparseExtent } from '../../formats/tar/entry.ts';
import { createUnpacker } from '../../formats/unpack.ts';
import type { Content } from '../../sources/source.ts';
import { readFile } from '../contents.ts';
import { LineSearch, MAX_LINE, type LineMatch, type LinePattern } from './line-search.ts';

/** Files of one layer, in the order in which it has them. Plain data. */
export interface SearchPlan {
  readonly layer: number;
  readonly compression: Compression;
  /** Whose bytes they are, for whoever planned it. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Where they stand in the unpacked tar, ascending, and how many the tar has. Bytes. */
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly lengths: Float64Array<ArrayBuffer>;
  /** Of those among them that have holes, by their place in the columns. */
  readonly sparse: ReadonlyMap<number, { readonly size: number; readonly extents: readonly SparseExtent[] }>;
}

/** A stretch of the unpacked tar, and what finding it needs; see `pointsAround`. */
export interface PlannedStretch {
  readonly from: number;
  readonly to: number;
  readonly points: SeekPoints | null;
}

export interface SearchCounts {
  /** Bytes of files, and files, that are done with. */
  readonly bytes: number;
  readonly files: number;
  readonly binaries: number;
}

/** Lines of one file that are told; more are only counted. */
export const MAX_IN_FILE = 1000;

const NO_BYTES = new Uint8Array(0);

/** Takes the unpacked tar in any pieces. */
export class LayerSearch {
  readonly #plan: SearchPlan;
  readonly #pattern: LinePattern;
  readonly #onMatch: (id: number, match: LineMatch) => void;
  #at = 0;
  /** The next file of the plan, or the one that has begun. */
  #next = 0;
  #search: LineSearch | null = null;
  #inFile = 0;
  /** Of a file with holes: where its reader is, and the extent that comes. */
  #place = 0;
  #extent = 0;
  #bytes = 0;
  #binaries = 0;

  constructor(plan: SearchPlan, pattern: LinePattern, onMatch: (id: number, match: LineMatch) => void) {
    this.#plan = plan;
    this.#pattern = pattern;
    this.#onMatch = onMatch;
  }

  get isDone(): boolean {
    return this.#next === this.#plan.ids.length;
  }

  /** The byte of the unpacked tar that is to come. */
  get at(): number {
    return this.#at;
  }

  get counts(): SearchCounts {
    return {
      bytes: this.#bytes,
      files: this.#next,
      binaries: this.#binaries,
    };
  }

  /** What comes next stands at `offset`, which is in no file that has begun. */
  jump(offset: number): void {
    this.#at = offset;
  }

  push(bytes: Uint8Array): void {
    const { offsets, lengths } = this.#plan;
    const end = this.#at + bytes.length;
    while (!this.isDone) {
      const start = offsets[this.#next]!;
      const stop = start + lengths[this.#next]!;
      if (start >= end && stop > end) break;
      if (this.#search === null) this.#begin();
      const from = Math.max(start, this.#at) - this.#at;
      const to = Math.min(stop, end) - this.#at;
      if (from < to) this.#give(bytes.subarray(from, to));
      if (stop > end) break;
      this.#finish();
    }
    this.#at = end;
  }

  #begin(): void {
    const id = this.#plan.ids[this.#next]!;
    this.#inFile = 0;
    this.#place = this.#extent = 0;
    this.#search = new LineSearch(this.#pattern, (match) => {
      if (this.#inFile++ < MAX_IN_FILE) this.#onMatch(id, match);
    });
  }

  #give(bytes: Uint8Array): void {
    const sparse = this.#plan.sparse.get(this.#next);
    if (sparse === undefined) {
      this.#search!.push(bytes);
      return;
    }
    for (let at = 0; at < bytes.length;) {
      const { offset, length } = sparse.extents[this.#extent]!;
      if (this.#place < offset) this.#hole(offset);
      const taken = Math.min(bytes.length - at, offset + length - this.#place);
      this.#search!.push(bytes.subarray(at, at + taken));
      at += taken;
      this.#place += taken;
      while (this.#extent + 1 < sparse.extents.length && this.#place === endOf(sparse.extents[this.#extent]!))
        this.#extent++;
    }
  }

  /** Zeros up to `end`; no more of them than a line is looked at, as they only make it longer. */
  #hole(end: number): void {
    const length = Math.min(end - this.#place, 2 * MAX_LINE + 2);
    // In 16 bits, what follows must keep its place.
    this.#search!.push(new Uint8Array(length - ((end - this.#place - length) % 2)));
    this.#place = end;
  }

  #finish(): void {
    const sparse = this.#plan.sparse.get(this.#next);
    if (sparse !== undefined && this.#place < sparse.size) this.#hole(sparse.size);
    const search = this.#search!;
    if (search.end() === 'binary') this.#binaries++;
    this.#bytes += this.#plan.lengths[this.#next]!;
    this.#search = null;
    this.#next++;
  }
}

const endOf = ({ offset, length }: SparseExtent) => offset + length;

/**
 * Goes through the layer once, as far as the plan needs it; through `stretches` alone where they are given. Not verified:
 * `content` is believed. Fails as the source does, and with `malformed`.
 */
export async function searchLayer(
  content: Content,
  descriptor: Descriptor,
  search: LayerSearch,
  compression: Compression,
  stretches: readonly PlannedStretch[] | null,
  onStep: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (stretches !== null) {
    for (const { from, to, points } of stretches) {
      const length = to - from;
      const place = { compression, dataOffset: from, dataSize: length, size: length, sparse: null };
      search.jump(from);
      const window = { start: 0, end: length };
      for await (const piece of readFile(content, descriptor, place, points, window, signal)) {
        search.push(piece);
        onStep();
      }
    }
  } else if (compression === 'gzip' && NativeGunzip.available) {
    await throughNative(content, descriptor, search, onStep, signal);
  } else await throughUnpacker(content, descriptor, search, compression, onStep, signal);
  if (!search.isDone) fail({ code: 'malformed', format: 'tar', reason: 'unexpected end in a file' });
}

async function throughNative(
  content: Content,
  descriptor: Descriptor,
  search: LayerSearch,
  onStep: () => void,
  signal: AbortSignal,
): Promise<void> {
  const gunzip = new NativeGunzip((bytes: Bytes) => {
    search.push(bytes);
    release(bytes);
    onStep();
  });
  try {
    for await (const piece of blobPieces(content, descriptor, signal)) {
      // The browser holds on to what it is given, and the piece is used again.
      await gunzip.push(piece.slice());
      if (search.isDone) {
        gunzip.stop();
        return;
      }
    }
    await gunzip.end();
  } catch (error) {
    if (!(error instanceof NativeRefusal)) throw error;
    // More than one member, or damage: what was got so far is right, and pako goes on from there.
    if (!search.isDone) await throughUnpacker(content, descriptor, search, 'gzip', onStep, signal);
  }
}

async function throughUnpacker(
  content: Content,
  descriptor: Descriptor,
  search: LayerSearch,
  compression: Compression,
  onStep: () => void,
  signal: AbortSignal,
): Promise<void> {
  let skip = search.at;
  const unpacker = createUnpacker(compression, (bytes) => {
    const rest = skip >= bytes.length ? NO_BYTES : bytes.subarray(skip);
    skip = Math.max(0, skip - bytes.length);
    if (rest.length > 0) search.push(rest);
  });
  for await (const piece of blobPieces(content, descriptor, signal)) {
    unpacker.push(piece);
    onStep();
    if (search.isDone) return;
  }
  unpacker.end();
}

/** A range even where it is all: whoever keeps what is opened whole would wait for it to be verified. */
async function* blobPieces(
  content: Content,
  descriptor: Descriptor,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (descriptor.size === 0) return;
  const stream = await content.open(descriptor, { signal, range: { start: 0, end: descriptor.size } });
  for await (const piece of piecesOf(stream, PIECE)) {
    signal.throwIfAborted();
    yield piece;
  }
}

const PIECE = 256 * 1024;
