/** A compressed block (RFC 8878, section 3.1.1.3): a section of literals, then sequences that use them. */
import type { Bytes } from '../../base/bytes.ts';
import { damaged, PADDING } from './bits.ts';
import { readHuffmanStream, readHuffmanTable, type HuffmanTable } from './huffman.ts';
import { freshSequenceState, readSequences, type Ground, type SequenceState } from './sequences.ts';

/** Section 3.1.1.2.4: no block is larger, compressed or not. */
export const MAX_BLOCK = 128 * 1024;

/** Fewer cannot be split among four streams (the first three take a quarter each, rounded up). */
const MIN_LITERALS_OF_FOUR = 6;

/** Decodes the blocks of one frame after the other. */
export class ZstdBlocks {
  readonly #literals: Bytes = new Uint8Array(MAX_BLOCK + PADDING);
  readonly #literalsView = new DataView(this.#literals.buffer);
  #literalsLength = 0;
  #huffman: HuffmanTable | null = null;
  #sequences: SequenceState = freshSequenceState();

  /** A new frame: nothing of the one before holds. */
  reset(): void {
    this.#huffman = null;
    this.#sequences = freshSequenceState();
  }

  /**
   * Decodes the block at `bytes[start .. end]` (with PADDING around it) to `out`, from `from` to `limit` at most, with
   * what stands before `from` as its history. Answers where in `out` it ends.
   */
  decode(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    to: Pick<Ground, 'out' | 'outView' | 'from' | 'limit' | 'windowSize'>,
  ): number {
    const at = this.#readLiterals(bytes, view, start, end);
    return readSequences(bytes, view, at, end, this.#sequences, {
      literals: this.#literals,
      literalsView: this.#literalsView,
      literalsLength: this.#literalsLength,
      ...to,
    });
  }

  /** Section 3.1.1.3.1. Answers where the sequences begin. */
  #readLiterals(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    if (start >= end) damaged('empty block');
    const head = view.getUint32(start, true);
    const type = head & 3;
    const format = (head >>> 2) & 3;
    if (type <= 1) {
      // Raw, or one byte many times: a size of 5, 12 or 20 bits.
      const headerLength = format === 1 ? 2 : format === 3 ? 3 : 1;
      const size =
        format === 1 ? (head >>> 4) & 0xfff : format === 3 ? (head >>> 4) & 0xfffff : (head >>> 3) & 31;
      const at = start + headerLength;
      const after = at + (type === 0 ? size : 1);
      if (size > MAX_BLOCK) damaged('too many literals');
      if (after > end) damaged('truncated literals');
      if (type === 0) this.#literals.set(bytes.subarray(at, after));
      else this.#literals.fill(bytes[at]!, 0, size);
      this.#literalsLength = size;
      return after;
    }
    // Huffman-coded: two sizes of 10, 14 or 18 bits each.
    const width = format === 3 ? 18 : format === 2 ? 14 : 10;
    const headerLength = format === 3 ? 5 : format === 2 ? 4 : 3;
    const size = (head >>> 4) & (2 ** width - 1);
    // The second one of 18 bits has its last 8 in the fifth byte.
    const packed =
      width === 18 ? (head >>> 22) + bytes[start + 4]! * 1024 : (head >>> (4 + width)) & (2 ** width - 1);
    let at = start + headerLength;
    const after = at + packed;
    if (size > MAX_BLOCK) damaged('too many literals');
    if (after > end) damaged('truncated literals');
    if (type === 2) ({ table: this.#huffman, end: at } = readHuffmanTable(bytes, at, after));
    const table = this.#huffman ?? damaged('literals without a Huffman tree before them');
    const out = this.#literals;
    if (format === 0) {
      readHuffmanStream(table, bytes, view, at, after, out, 0, size);
    } else {
      if (size < MIN_LITERALS_OF_FOUR) damaged('too few literals for four streams');
      if (at + 6 > after) damaged('truncated literals');
      const first = at + 6;
      const second = first + view.getUint16(at, true);
      const third = second + view.getUint16(at + 2, true);
      const fourth = third + view.getUint16(at + 4, true);
      if (fourth > after) damaged('truncated literals');
      const quarter = (size + 3) >> 2;
      readHuffmanStream(table, bytes, view, first, second, out, 0, quarter);
      readHuffmanStream(table, bytes, view, second, third, out, quarter, quarter * 2);
      readHuffmanStream(table, bytes, view, third, fourth, out, quarter * 2, quarter * 3);
      readHuffmanStream(table, bytes, view, fourth, after, out, quarter * 3, size);
    }
    this.#literalsLength = size;
    return after;
  }
}
