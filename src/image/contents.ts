/**
 * The bytes of one file of a layer, by random access: only that stretch of the blob is read that they need, from the
 * nearest seek point where it is compressed. Memory does not grow with the file, nor with the layer.
 */
import { fail } from '../base/problem.ts';
import { piecesOf } from '../base/streams.ts';
import type { Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { pointBefore, type SeekPoints } from '../formats/seek-points.ts';
import { createUnpacker, resumeUnpacker } from '../formats/unpack.ts';
import type { Content } from '../sources/source.ts';
import {
  clipped,
  extentsWithin,
  stretchOf,
  type FilePlace,
  type FileWindow,
  type Stretch,
} from './file-place.ts';

/**
 * Bytes of the blob that are pushed at once: 8 KiB of gzip are at most 8 MiB, and an unpacker that got past what is wanted
 * has not gone far.
 */
const PUSH = 8 * 1024;
/** Bytes of zeros that come at once for a hole. */
const ZEROS = 64 * 1024;
/** Bytes of the blob that are asked for beyond the guess, as files unpack unevenly; each further time twice as many. */
const MARGIN = 64 * 1024;

/**
 * The file's bytes in order, in pieces that are the receiver's own. Not verified: `content` is believed. Without `points`
 * a compressed layer is unpacked from its start. Fails as the source does, and with `malformed` where the layer ends too
 * early or is damaged on the way.
 */
export async function* readFile(
  content: Content,
  layer: Descriptor,
  place: FilePlace,
  points: SeekPoints | null,
  window: FileWindow,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { start, end } = clipped(place, window);
  if (start >= end) return;
  const stretch = stretchOf(place, window);
  const data =
    stretch.from < stretch.to
      ? {
          pieces: tarBytes(content, layer, place.compression, points, stretch, signal),
          rest: new Uint8Array(0),
        }
      : null;
  try {
    let at = start;
    for (const extent of extentsWithin(place, start, end)) {
      yield* zeros(extent.offset - at);
      // The pieces of the tar do not end where extents do.
      for (let left = extent.length; left > 0;) {
        const piece = await next(data!, left);
        left -= piece.length;
        yield piece;
      }
      at = extent.offset + extent.length;
    }
    yield* zeros(end - at);
  } finally {
    await data?.pieces.return(undefined);
  }
}

/** Pieces of the tar, and what of the last one is not used yet. */
interface TarBytes {
  readonly pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>;
  rest: Uint8Array<ArrayBuffer>;
}

/** At most `length` bytes, at least 1. */
async function next(data: TarBytes, length: number): Promise<Uint8Array<ArrayBuffer>> {
  while (data.rest.length === 0) {
    const { done, value } = await data.pieces.next();
    if (done) fail({ code: 'malformed', format: 'tar', reason: 'unexpected end in a file' });
    data.rest = value;
  }
  const taken = data.rest.subarray(0, length);
  data.rest = data.rest.subarray(taken.length);
  // Whoever takes a piece may give its buffer away.
  return data.rest.length === 0 && taken.byteOffset === 0 ? taken : taken.slice();
}

function* zeros(length: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = length; left > 0; left -= ZEROS) yield new Uint8Array(Math.min(left, ZEROS));
}

/**
 * Bytes `from` to `to` of the layer's tar, in pieces that are the receiver's own, and no further: `to` may be past the end.
 * As `readFile` in all else.
 */
export function tarBytes(
  content: Content,
  layer: Descriptor,
  compression: Compression,
  points: SeekPoints | null,
  { from, to }: Stretch,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  return compression === 'none'
    ? blobBytes(content, layer, { from, to }, signal)
    : unpackedBytes(content, layer, compression, points, { from, to }, signal);
}

async function* unpackedBytes(
  content: Content,
  layer: Descriptor,
  compression: 'gzip' | 'zstd',
  points: SeekPoints | null,
  { from, to }: Stretch,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const point = points === null ? -1 : pointBefore(points, from);
  const cut = new Cutting({ from, to }, points === null ? 0 : points.output[point]!);
  const unpacker =
    points === null
      ? createUnpacker(compression, cut.take, { checksums: false })
      : resumeUnpacker(compression, points, point, cut.take);
  const input = points === null ? 0 : points.input[point]!;
  for (const range of rangesOf(layer, points, point, { from, to })) {
    for await (const piece of blobBytes(content, layer, range, signal)) {
      for (let i = 0; i < piece.length; i += PUSH) {
        try {
          unpacker.push(piece.subarray(i, i + PUSH));
        } catch (error) {
          // What comes after the wanted bytes is nothing to us; what came before the damage is right.
          if (!cut.isDone) throw error;
        }
        yield* cut.taken();
        if (cut.isDone) return;
      }
    }
  }
  // The layer has ended; the unpacker may know better what is wrong with that.
  if (input < layer.size) unpacker.end();
}

/** Cuts a stretch out of what is unpacked from `at` on. */
class Cutting {
  /** In the unpacked tar: what comes next. */
  at: number;
  readonly #stretch: Stretch;
  readonly #ready: Uint8Array<ArrayBuffer>[] = [];

  constructor(stretch: Stretch, at: number) {
    this.#stretch = stretch;
    this.at = at;
  }

  get isDone(): boolean {
    return this.at >= this.#stretch.to;
  }

  /** Copies: an unpacker uses its buffer again. */
  readonly take = (bytes: Uint8Array): void => {
    const first = Math.max(0, this.#stretch.from - this.at);
    const last = Math.min(bytes.length, this.#stretch.to - this.at);
    this.at += bytes.length;
    if (first < last) this.#ready.push(bytes.slice(first, last));
  };

  /** What was cut out since this was last asked. */
  taken(): Uint8Array<ArrayBuffer>[] {
    return this.#ready.splice(0);
  }
}

/**
 * Which stretches of the blob to ask for, one after the other: first what should hold `to`, as far as the points tell, then
 * more, until the blob ends. Closed ones: a server may send all that an open one names before it hears that it is enough.
 */
function* rangesOf(
  layer: Descriptor,
  points: SeekPoints | null,
  point: number,
  { to }: Stretch,
): Generator<Stretch> {
  if (points === null) {
    yield { from: 0, to: layer.size };
    return;
  }
  let from = points.input[point]!;
  let after = point + 1;
  while (after < points.count && points.output[after]! < to) after++;
  if (after < points.count) {
    // In between, input follows output in proportion, more or less; at the point after it, it is there for sure.
    const sure = points.input[after]!;
    const share = (to - points.output[after - 1]!) / (points.output[after]! - points.output[after - 1]!);
    const before = points.input[after - 1]!;
    const guess = Math.min(sure, Math.ceil(before + share * (sure - before)) + MARGIN);
    yield { from, to: guess };
    if (guess < sure) yield { from: guess, to: sure };
    from = sure;
  }
  for (let length = MARGIN * 4; from < layer.size; length *= 2) {
    const end = Math.min(layer.size, from + length);
    yield { from, to: end };
    from = end;
  }
}

/** Bytes of the blob itself, in pieces of our own. */
async function* blobBytes(
  content: Content,
  layer: Descriptor,
  { from, to }: Stretch,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const range = { start: from, end: Math.min(to, layer.size) };
  if (range.start >= range.end) return;
  // A range even where it is all: whoever keeps what is opened whole would wait for it to be verified.
  const stream = await content.open(layer, { signal, range });
  for await (const piece of piecesOf(stream, ZEROS)) {
    signal.throwIfAborted();
    yield piece.slice();
  }
}
