/**
 * zstd (RFC 8878): frames and skippable frames, any number of both, in any order. No dictionaries. The content
 * checksum (XXH64, section 3.1.1) is passed over: it wants 64-bit multiplication, which JavaScript has not but in BigInt,
 * and the blob's digest and the diff ID say more.
 */
import { fail, Problem } from '../../base/problem.ts';
import { SeekPointLog, type SeekPointOptions, type SeekPoints } from '../seek-points.ts';
import type { OnOutput, Unpacker } from '../unpacker.ts';
import { PADDING } from './bits.ts';
import { MAX_BLOCK, ZstdBlocks } from './block.ts';
import {
  FRAME_MAGIC,
  frameHeaderLength,
  isSkippableMagic,
  readFrameHeader,
  type FrameHeader,
} from './frame.ts';
import { ZstdWindow } from './window.ts';

/** What comes next: each part is wanted whole before it is looked at (but for what is skipped). */
type Part =
  | 'magic'
  | 'descriptor'
  | 'header'
  | 'block-header'
  | 'raw'
  | 'rle'
  | 'compressed'
  | 'checksum'
  | 'skip-length'
  | 'skip';

export class ZstdUnpacker implements Unpacker {
  readonly #onOutput: OnOutput;
  readonly #log: SeekPointLog;
  readonly #blocks = new ZstdBlocks();
  readonly #window = new ZstdWindow();
  /** The part at hand, at PADDING; `#have` of `#want` bytes of it have come. */
  readonly #input = new Uint8Array(PADDING + MAX_BLOCK + PADDING);
  readonly #view = new DataView(this.#input.buffer);
  #part: Part = 'magic';
  #want = 4;
  #have = 0;
  /** Where in the content the part at hand begins. */
  #offset = 0;
  #frame: FrameHeader = { windowSize: 0, contentSize: null, hasChecksum: false };
  #frameProduced = 0;
  #blockSize = 0;
  #isLastBlock = false;
  produced = 0;
  /** Unlike gzip's, zstd's readers refuse trailing bytes. */
  readonly ignored = 0;

  constructor(onOutput: OnOutput, options: SeekPointOptions = {}) {
    this.#onOutput = onOutput;
    this.#log = new SeekPointLog(options);
    this.#log.add({ input: 0, output: 0, bits: 0, hold: 0, window: null });
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(this.#want - this.#have, chunk.length - at);
      if (this.#part !== 'skip') this.#input.set(chunk.subarray(at, at + taken), PADDING + this.#have);
      this.#have += taken;
      at += taken;
      while (this.#have === this.#want) this.#take();
    }
  }

  end(): void {
    if (this.#part !== 'magic' || this.#have > 0)
      this.#fail(`unexpected end in the ${this.#part}`, this.#have);
  }

  seekPoints(): SeekPoints {
    return this.#log.points();
  }

  /** Takes the part that is now whole, and says what is wanted next. */
  #take(): void {
    try {
      this.#takePart();
    } catch (error) {
      // The readers of blocks know what is wrong, not where they are.
      if (
        !(error instanceof Problem) ||
        error.failure.code !== 'malformed' ||
        error.failure.offset !== undefined
      )
        throw error;
      this.#fail(error.failure.reason, 0);
    }
  }

  #takePart(): void {
    const input = this.#input;
    switch (this.#part) {
      case 'magic': {
        const magic = this.#view.getUint32(PADDING, true);
        if (isSkippableMagic(magic)) return this.#expect('skip-length', 4);
        if (magic !== FRAME_MAGIC) this.#fail('neither the start of a frame nor the end', 0);
        if (this.produced > this.#log.due) {
          this.#log.add({ input: this.#offset, output: this.produced, bits: 0, hold: 0, window: null });
        }
        return this.#expect('descriptor', 1);
      }
      case 'descriptor':
        // Wanted again, with the rest of the header behind it.
        this.#part = 'header';
        this.#want = frameHeaderLength(input[PADDING]!);
        return;
      case 'header':
        this.#frame = readFrameHeader(input, PADDING);
        this.#frameProduced = 0;
        this.#blocks.reset();
        this.#window.begin(this.#frame.windowSize);
        return this.#expect('block-header', 3);
      case 'block-header':
        return this.#takeBlockHeader(this.#view.getUint32(PADDING, true) & 0xffffff);
      case 'raw':
        return this.#takeBlock((out, from) => {
          out.set(input.subarray(PADDING, PADDING + this.#blockSize), from);
          return from + this.#blockSize;
        });
      case 'rle':
        return this.#takeBlock((out, from) => {
          out.fill(input[PADDING]!, from, from + this.#blockSize);
          return from + this.#blockSize;
        });
      case 'compressed':
        return this.#takeBlock((out, from) =>
          this.#blocks.decode(input, this.#view, PADDING, PADDING + this.#blockSize, {
            out,
            outView: this.#window.view,
            from,
            limit: from + this.#maxBlock,
            windowSize: this.#frame.windowSize,
          }),
        );
      case 'skip-length': {
        const length = this.#view.getUint32(PADDING, true);
        return this.#expect('skip', length);
      }
      case 'skip':
      case 'checksum':
        return this.#expect('magic', 4);
    }
  }

  /** Section 3.1.1.2.4. */
  get #maxBlock(): number {
    return Math.min(this.#frame.windowSize, MAX_BLOCK);
  }

  /** Section 3.1.1.2: last block (1 bit), type (2), size (21). */
  #takeBlockHeader(header: number): void {
    this.#isLastBlock = (header & 1) === 1;
    this.#blockSize = header >>> 3;
    const type = (header >>> 1) & 3;
    if (type === 3) this.#fail('reserved block type', 0);
    if (this.#blockSize > this.#maxBlock) this.#fail('block too long', 0);
    if (type === 1) return this.#expect('rle', 1);
    return this.#expect(type === 0 ? 'raw' : 'compressed', this.#blockSize);
  }

  #takeBlock(write: (out: Uint8Array, from: number) => number): void {
    const window = this.#window;
    window.reserve();
    const from = window.position;
    const end = write(window.bytes, from);
    const { contentSize, hasChecksum } = this.#frame;
    const length = end - from;
    this.#frameProduced += length;
    if (contentSize !== null && this.#frameProduced > contentSize)
      this.#fail('more content than its frame claims', 0);
    window.position = end;
    if (this.#isLastBlock) {
      if (contentSize !== null && this.#frameProduced < contentSize)
        this.#fail('less content than its frame claims', 0);
      if (hasChecksum) this.#expect('checksum', 4);
      else this.#expect('magic', 4);
    } else {
      this.#expect('block-header', 3);
    }
    this.produced += length;
    if (length > 0) this.#onOutput(window.bytes.subarray(from, end));
  }

  #expect(part: Part, want: number): void {
    this.#offset += this.#have;
    this.#part = part;
    this.#want = want;
    this.#have = 0;
  }

  #fail(reason: string, at: number): never {
    fail({ code: 'malformed', format: 'zstd', reason, offset: this.#offset + at });
  }
}
