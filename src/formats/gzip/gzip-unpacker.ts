/**
 * gzip (RFC 1952), of any number of members. The members' headers and checksums are read here, so that the same code goes on from
 * a seek point in the middle of a member.
 *
 * After the last member: zeros are padding (tapes, and tar's own blocks). Anything else that does not start with gzip's
 * two magic bytes is counted in `ignored` and ignored, as GNU gzip and pigz do. (Go fails there, once it has given
 * all of the data.) The blob's digest covers those bytes all the same, and the diff ID says whether the content is whole.
 */
import { assert } from '../../base/assert.ts';
import { fail } from '../../base/problem.ts';
import { DeflateFault } from '../deflate/fault.ts';
import { Inflate } from '../deflate/inflate.ts';
import { SeekPointLog, type SeekPoints } from '../seek-points.ts';
import type { OnOutput, Unpacker, UnpackOptions } from '../unpacker.ts';
import { crc32 } from './crc32.ts';
import { GzipHeader } from './header.ts';

const TRAILER_LENGTH = 8;

type Part = 'header' | 'body' | 'trailer' | 'between' | 'padding' | 'ignoring';

export class GzipUnpacker implements Unpacker {
  readonly #onOutput: OnOutput;
  readonly #inflate: Inflate;
  /** Null in one that was resumed: it makes no points. */
  readonly #log: SeekPointLog | null;
  readonly #checksums: boolean;
  #part: Part = 'header';
  #header = new GzipHeader();
  /** Bytes of the blob before the chunk at hand; a chunk's own offset is added to it. */
  #consumed = 0;
  /** Byte of the blob at which the deflate data begin that are being inflated. */
  #bodyStart = 0;
  /** Of the member: its CRC so far, its length modulo 2^32, and whether it was unpacked from its start. */
  #crc = 0;
  #length = 0;
  #isWhole = true;
  readonly #trailer = new Uint8Array(TRAILER_LENGTH);
  #trailerLength = 0;
  ignored = 0;

  constructor(onOutput: OnOutput, options: UnpackOptions | null = {}) {
    this.#onOutput = onOutput;
    this.#checksums = options?.checksums !== false;
    this.#log = options && new SeekPointLog(options);
    this.#inflate = new Inflate(this.#take, this.#log && this.#mark);
    this.#log?.add({ input: 0, output: 0, bits: 0, hold: 0, window: null });
  }

  /** See `resumeUnpacker`. */
  static resume(points: SeekPoints, point: number, onOutput: OnOutput): GzipUnpacker {
    assert(point >= 0 && point < points.count, 'no such seek point');
    const unpacker = new GzipUnpacker(onOutput, null);
    unpacker.#consumed = points.input[point]!;
    if (points.fresh[point]) return unpacker;
    const start = points.windowStart[point]!;
    const window = points.windows.subarray(start, start + points.windowLength[point]!);
    unpacker.#inflate.resume(window, points.bits[point]!, points.hold[point]!);
    unpacker.#bodyStart = unpacker.#consumed;
    unpacker.#part = 'body';
    unpacker.#isWhole = false;
    return unpacker;
  }

  get produced(): number {
    return this.#inflate.produced;
  }

  seekPoints(): SeekPoints | null {
    return this.#log?.points() ?? null;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      switch (this.#part) {
        case 'header':
          at = this.#readHeader(chunk, at);
          break;
        case 'body':
          at = this.#unpack(chunk, at);
          break;
        case 'trailer':
          at = this.#readTrailer(chunk, at);
          break;
        case 'between':
          at = this.#lookFurther(chunk, at);
          break;
        case 'padding':
          while (at < chunk.length && chunk[at] === 0) at++;
          if (at < chunk.length) this.#part = 'ignoring';
          break;
        case 'ignoring':
          this.ignored += chunk.length - at;
          at = chunk.length;
          break;
      }
    }
    this.#consumed += chunk.length;
    this.#inflate.flush();
  }

  end(): void {
    if (this.#part === 'header' || this.#part === 'body' || this.#part === 'trailer') {
      // One byte that could have been the start of another member.
      if (this.#part === 'header' && this.#mayBeGarbage) this.ignored++;
      else this.#fail(`unexpected end in the ${this.#part}`, 0);
    }
  }

  /** True while only the first byte of a header, after a whole member, has come: the second one decides. */
  #mayBeGarbage = false;

  #lookFurther(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    if (byte !== 0x1f) {
      this.#part = byte === 0 ? 'padding' : 'ignoring';
      return at;
    }
    const input = this.#consumed + at;
    const output = this.#inflate.produced;
    this.#memberStart = { input, output };
    this.#header = new GzipHeader();
    this.#header.take(byte);
    this.#mayBeGarbage = true;
    this.#part = 'header';
    return at + 1;
  }

  #memberStart: { input: number; output: number } | null = null;

  #readHeader(chunk: Uint8Array, at: number): number {
    if (this.#mayBeGarbage) {
      this.#mayBeGarbage = false;
      if (chunk[at] !== 0x8b) {
        this.ignored++;
        this.#part = 'ignoring';
        return at;
      }
      const { input, output } = this.#memberStart!;
      if (this.#log && output > this.#log.due)
        this.#log.add({ input, output, bits: 0, hold: 0, window: null });
    }
    while (at < chunk.length && !this.#header.done) {
      const wrong = this.#header.take(chunk[at]!);
      if (wrong !== null) this.#fail(wrong, at);
      at++;
    }
    if (this.#header.done) {
      this.#crc = 0;
      this.#length = 0;
      this.#isWhole = true;
      this.#inflate.reset();
      this.#bodyStart = this.#consumed + at;
      this.#part = 'body';
    }
    return at;
  }

  #unpack(chunk: Uint8Array, at: number): number {
    const inflate = this.#inflate;
    try {
      at = inflate.push(chunk, at);
    } catch (error) {
      if (!(error instanceof DeflateFault)) throw error;
      this.#fail(error.message, this.#bodyStart + inflate.place.input - this.#consumed);
    }
    if (inflate.isDone) {
      inflate.flush();
      this.#trailerLength = 0;
      this.#part = 'trailer';
    }
    return at;
  }

  readonly #take: OnOutput = (bytes) => {
    if (this.#isWhole && this.#checksums) this.#crc = crc32(this.#crc, bytes);
    this.#length = (this.#length + bytes.length) >>> 0;
    this.#onOutput(bytes);
  };

  /** At the end of a block. (Which of them come after a point is due depends on the content alone, not on how it is cut.) */
  readonly #mark = (): void => {
    const log = this.#log!;
    const output = this.#inflate.produced;
    if (output <= log.due) return;
    const { input, bits, hold } = this.#inflate.place;
    log.add({ input: this.#bodyStart + input, output, bits, hold, window: this.#inflate.window() });
  };

  #readTrailer(chunk: Uint8Array, at: number): number {
    const taken = Math.min(TRAILER_LENGTH - this.#trailerLength, chunk.length - at);
    this.#trailer.set(chunk.subarray(at, at + taken), this.#trailerLength);
    this.#trailerLength += taken;
    at += taken;
    if (this.#trailerLength < TRAILER_LENGTH) return at;
    const view = new DataView(this.#trailer.buffer);
    if (this.#isWhole) {
      if (this.#checksums && view.getInt32(0, true) !== this.#crc) this.#fail('incorrect data check', at);
      if (view.getUint32(4, true) !== this.#length) this.#fail('incorrect length check', at);
    }
    this.#part = 'between';
    return at;
  }

  /** What was unpacked before the damage is handed out first, as it would have been had the content been cut there. */
  #fail(reason: string, at: number): never {
    this.#inflate.flush();
    fail({ code: 'malformed', format: 'gzip', reason, offset: this.#consumed + at });
  }
}
