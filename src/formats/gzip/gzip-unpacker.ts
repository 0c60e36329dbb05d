/**
 * gzip (RFC 1952), of any number of members. pako inflates, through its low-level interface and raw: the members'
 * headers and checksums are read here, so that the same code goes on from a seek point in the middle of a member.
 *
 * After the last member: zeros are padding (tapes, and tar's own blocks). Anything else that does not start with gzip's
 * two magic bytes is counted in `ignored` and ignored, as GNU gzip and pigz do. (Go fails there, once it has given
 * all of the data.) The blob's digest covers those bytes all the same, and the diff ID says whether the content is whole.
 */
import {
  Z_BLOCK,
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
} from 'pako';
import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';
import { crc32 } from './crc32.ts';
import { GzipHeader } from './header.ts';
import { SeekPointLog, type SeekPointOptions, type SeekPoints } from '../seek-points.ts';
import type { OnOutput, Unpacker } from '../unpacker.ts';

/** Bytes of the one output buffer: it should stay in the processor's second cache, beside the tables and the window. */
const OUTPUT_LENGTH = 128 * 1024;
/** Raw deflate with a window of 2^15 bytes, in zlib's way of saying so. */
const RAW = -15;
const TRAILER_LENGTH = 8;

/** What pako keeps of zlib's `inflate_state`, as far as it is used here. */
interface InflateState {
  hold: number;
  bits: number;
  readonly window: Uint8Array;
  /** Bytes of the window that are in use, and where in it (it is a ring) the next one goes. */
  readonly whave: number;
  readonly wnext: number;
}

type Part = 'header' | 'body' | 'trailer' | 'between' | 'padding' | 'ignoring';

export class GzipUnpacker implements Unpacker {
  readonly #onOutput: OnOutput;
  readonly #z = new ZStream();
  /** Null in one that was resumed: it makes no points. */
  readonly #log: SeekPointLog | null;
  #part: Part = 'header';
  #header = new GzipHeader();
  /** Bytes of the blob before the chunk at hand; a chunk's own offset is added to it. */
  #consumed = 0;
  /** Bytes handed out, and bytes of the output buffer that are still to be. */
  #handed = 0;
  #filled = 0;
  /** Of the member: its CRC so far, its length modulo 2^32, and whether they are known from its start. */
  #crc = 0;
  #length = 0;
  #checked = true;
  readonly #trailer = new Uint8Array(TRAILER_LENGTH);
  #trailerLength = 0;
  ignored = 0;

  constructor(onOutput: OnOutput, options: SeekPointOptions | null = {}) {
    this.#onOutput = onOutput;
    this.#log = options && new SeekPointLog(options);
    this.#z.output = new Uint8Array(OUTPUT_LENGTH);
    assert(zlibInflateInit2(this.#z, RAW) === Z_OK, 'inflateInit2');
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
    assert(zlibInflateSetDictionary(unpacker.#z, window) === Z_OK, 'inflateSetDictionary');
    const state = unpacker.#state;
    state.hold = points.hold[point]!;
    state.bits = points.bits[point]!;
    unpacker.#part = 'body';
    unpacker.#checked = false;
    return unpacker;
  }

  get produced(): number {
    return this.#handed;
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
          at = this.#inflate(chunk, at);
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
    this.#flush();
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
    const output = this.#handed + this.#filled;
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
      this.#checked = true;
      this.#part = 'body';
    }
    return at;
  }

  #inflate(chunk: Uint8Array, at: number): number {
    const z = this.#z;
    z.input = chunk;
    z.next_in = at;
    z.avail_in = chunk.length - at;
    for (;;) {
      const filled = this.#filled;
      // Up to where a point is due pako runs freely; past it, it stops at the end of each block. (Which block ends
      // there are past it depends on the content alone, not on how it is cut.)
      const free = this.#log ? this.#log.due - this.#handed - filled : Infinity;
      z.next_out = filled;
      z.avail_out = Math.min(OUTPUT_LENGTH - filled, free > 0 ? free : Infinity);
      const status = zlibInflate(z, free > 0 ? Z_NO_FLUSH : Z_BLOCK);
      this.#filled = z.next_out;
      if (this.#checked) {
        this.#crc = crc32(this.#crc, z.output, filled, z.next_out);
        this.#length = (this.#length + z.next_out - filled) >>> 0;
      }
      if (status === Z_STREAM_END) {
        this.#trailerLength = 0;
        this.#part = 'trailer';
        assert(zlibInflateReset(z) === Z_OK, 'inflateReset');
        break;
      }
      if (status !== Z_OK && status !== Z_BUF_ERROR) this.#fail(z.msg || `inflate ${status}`, z.next_in);
      // zlib.h, "Z_BLOCK": 128 after the end of a block, 64 where it was the last one.
      if (free <= 0 && (z.data_type & 192) === 128 && this.#handed + this.#filled > this.#log!.due)
        this.#mark(z.next_in);
      if (this.#filled === OUTPUT_LENGTH) this.#flush();
      // Out of input: zlib says so by making no progress, or by leaving room in the output.
      else if (status === Z_BUF_ERROR || (z.avail_in === 0 && z.avail_out > 0 && !(z.data_type & 128))) break;
    }
    return z.next_in;
  }

  #mark(at: number): void {
    const { hold, bits, window, whave, wnext } = this.#state;
    const copy: Bytes = new Uint8Array(whave);
    const older = whave - wnext;
    if (older > 0) copy.set(window.subarray(window.length - older));
    copy.set(window.subarray(wnext - Math.min(wnext, whave), wnext), Math.max(older, 0));
    const output = this.#handed + this.#filled;
    this.#log!.add({
      input: this.#consumed + at,
      output,
      bits,
      hold: hold & ((1 << bits) - 1),
      window: copy,
    });
  }

  #readTrailer(chunk: Uint8Array, at: number): number {
    const taken = Math.min(TRAILER_LENGTH - this.#trailerLength, chunk.length - at);
    this.#trailer.set(chunk.subarray(at, at + taken), this.#trailerLength);
    this.#trailerLength += taken;
    at += taken;
    if (this.#trailerLength < TRAILER_LENGTH) return at;
    const view = new DataView(this.#trailer.buffer);
    if (this.#checked) {
      if (view.getInt32(0, true) !== this.#crc) this.#fail('incorrect data check', at);
      if (view.getUint32(4, true) !== this.#length) this.#fail('incorrect length check', at);
    }
    this.#part = 'between';
    return at;
  }

  #flush(): void {
    const filled = this.#filled;
    if (filled === 0) return;
    this.#filled = 0;
    this.#handed += filled;
    this.#onOutput(this.#z.output.subarray(0, filled));
  }

  get #state(): InflateState {
    return this.#z.state as InflateState;
  }

  /** What was unpacked before the damage is handed out first, as it would have been had the content been cut there. */
  #fail(reason: string, at: number): never {
    this.#flush();
    fail({ code: 'malformed', format: 'gzip', reason, offset: this.#consumed + at });
  }
}
