/** Files of one layer, on one way through what it unpacks to: each gets its bytes, holes told, in the order of the layer. */
import { fail } from '../base/problem.ts';
import { piecesOf } from '../base/streams.ts';
import type { Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { SparseExtent } from '../formats/tar/entry.ts';
import { createUnpacker } from '../formats/unpack.ts';
import type { Content } from '../sources/source.ts';
import { readFile } from './contents.ts';
import type { FilesPlan, PlannedStretch } from './files-plan.ts';

/** Takes the unpacked tar in any pieces; what is to be done with each file says who extends it. */
export abstract class FilesThrough {
  readonly #plan: FilesPlan;
  #at = 0;
  /** The next file of the plan, or the one that has begun. */
  #next = 0;
  #isIn = false;
  /** Of a file with holes: where its reader is, and the extent that comes. */
  #place = 0;
  #extent = 0;
  #bytes = 0;

  constructor(plan: FilesPlan) {
    this.#plan = plan;
  }

  /** The file that the plan calls `id`, and that is the `i`-th of it, comes. */
  protected abstract begin(id: number, i: number): void;
  /** Its next bytes: a view that is good until this returns. */
  protected abstract take(bytes: Uint8Array): void;
  /** So many zeros, which nobody has written down. */
  protected abstract takeHole(length: number): void;
  /** It was whole. */
  protected abstract finish(): void;

  get isDone(): boolean {
    return this.#next === this.#plan.ids.length;
  }

  /** Files that are done with, and the bytes that the tar has of them. */
  get files(): number {
    return this.#next;
  }
  get bytes(): number {
    return this.#bytes;
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
      if (!this.#isIn) this.#begin();
      const from = Math.max(start, this.#at) - this.#at;
      const to = Math.min(stop, end) - this.#at;
      if (from < to) this.#give(bytes.subarray(from, to));
      if (stop > end) break;
      this.#finish();
    }
    this.#at = end;
  }

  #begin(): void {
    this.#isIn = true;
    this.#place = this.#extent = 0;
    this.begin(this.#plan.ids[this.#next]!, this.#next);
  }

  #give(bytes: Uint8Array): void {
    const sparse = this.#plan.sparse.get(this.#next);
    if (sparse === undefined) {
      this.take(bytes);
      return;
    }
    for (let at = 0; at < bytes.length;) {
      const { offset, length } = sparse.extents[this.#extent]!;
      if (this.#place < offset) this.#hole(offset);
      const taken = Math.min(bytes.length - at, offset + length - this.#place);
      this.take(bytes.subarray(at, at + taken));
      at += taken;
      this.#place += taken;
      while (this.#extent + 1 < sparse.extents.length && this.#place === endOf(sparse.extents[this.#extent]!))
        this.#extent++;
    }
  }

  #hole(end: number): void {
    this.takeHole(end - this.#place);
    this.#place = end;
  }

  #finish(): void {
    const sparse = this.#plan.sparse.get(this.#next);
    if (sparse !== undefined && this.#place < sparse.size) this.#hole(sparse.size);
    this.finish();
    this.#bytes += this.#plan.lengths[this.#next]!;
    this.#isIn = false;
    this.#next++;
  }
}

const endOf = ({ offset, length }: SparseExtent) => offset + length;

/**
 * Goes through the layer once, as far as the plan needs it; through `stretches` alone where they are given. Not verified:
 * `content` is believed. Fails as the source does, and with `malformed`.
 */
export async function goThrough(
  content: Content,
  descriptor: Descriptor,
  files: FilesThrough,
  compression: Compression,
  stretches: readonly PlannedStretch[] | null,
  onStep: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (stretches !== null) {
    for (const { from, to, points } of stretches) {
      const length = to - from;
      const place = { compression, dataOffset: from, dataSize: length, size: length, sparse: null };
      files.jump(from);
      const window = { start: 0, end: length };
      for await (const piece of readFile(content, descriptor, place, points, window, signal)) {
        files.push(piece);
        onStep();
      }
    }
  } else await throughAll(content, descriptor, files, compression, onStep, signal);
  if (!files.isDone) fail({ code: 'malformed', format: 'tar', reason: 'unexpected end in a file' });
}

async function throughAll(
  content: Content,
  descriptor: Descriptor,
  files: FilesThrough,
  compression: Compression,
  onStep: () => void,
  signal: AbortSignal,
): Promise<void> {
  const unpacker = createUnpacker(compression, (bytes) => files.push(bytes), { checksums: false });
  for await (const piece of blobPieces(content, descriptor, signal)) {
    unpacker.push(piece);
    onStep();
    if (files.isDone) return;
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
