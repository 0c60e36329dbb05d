/** Huffman-coded literals of zstd (RFC 8878, section 4.2). */
import { bitsBelowMark, damaged } from './bits.ts';
import { readFseTable } from './fse.ts';

/** Section 4.2.1: no code is longer. */
const MAX_BITS = 11;
const MAX_WEIGHT_LOG = 6;

/** By the next `log` bits: the symbol in the low byte, the length of its code above it. */
export interface HuffmanTable {
  readonly log: number;
  readonly entry: Uint16Array;
}

const weights = new Uint8Array(256);

/** Reads a tree description in `bytes[start .. limit]`; answers its table and where the streams begin. */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { readonly table: HuffmanTable; readonly end: number } {
  if (start >= limit) damaged('truncated Huffman tree');
  const head = bytes[start]!;
  let count: number;
  let end: number;
  if (head < 128) {
    end = start + 1 + head;
    if (end > limit) damaged('truncated Huffman tree');
    count = readWeights(bytes, start + 1, end);
  } else {
    // Four bits each, the first one in the high half.
    count = head - 127;
    end = start + 1 + ((count + 1) >> 1);
    if (end > limit) damaged('truncated Huffman tree');
    for (let i = 0; i < count; i++) {
      const pair = bytes[start + 1 + (i >> 1)]!;
      weights[i] = i & 1 ? pair & 15 : pair >> 4;
    }
  }
  return { table: makeTable(count), end };
}

/** Section 4.2.1.2: weights from two FSE states that take turns; the stream is over when a state lacks its bits. */
function readWeights(bytes: Uint8Array, start: number, end: number): number {
  const { table, end: streamStart } = readFseTable(bytes, start, end, MAX_WEIGHT_LOG, MAX_BITS + 1);
  if (streamStart >= end) damaged('truncated Huffman weights');
  let position = (end - streamStart - 1) * 8 + bitsBelowMark(bytes[end - 1]!);
  const take = (width: number) => {
    position -= width;
    if (position < 0) return 0;
    const at = streamStart + (position >>> 3);
    return ((bytes[at]! | (bytes[at + 1]! << 8)) >>> (position & 7)) & ((1 << width) - 1);
  };
  let even = take(table.log);
  let odd = take(table.log);
  if (position < 0) damaged('truncated Huffman weights');
  let count = 0;
  // 255: the weight of the last symbol is not written.
  const put = (state: number) => {
    if (count >= 255) damaged('too many Huffman weights');
    weights[count++] = table.symbol[state]!;
  };
  for (;;) {
    put(even);
    even = table.base[even]! + take(table.bits[even]!);
    if (position < 0) {
      put(odd);
      return count;
    }
    put(odd);
    odd = table.base[odd]! + take(table.bits[odd]!);
    if (position < 0) {
      put(even);
      return count;
    }
  }
}

/** Section 4.2.1.3: weights to codes. */
function makeTable(count: number): HuffmanTable {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights[i]!;
    if (weight > MAX_BITS) damaged('Huffman code too long');
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum === 0) damaged('empty Huffman tree');
  const log = 32 - Math.clz32(sum);
  if (log > MAX_BITS) damaged('Huffman code too long');
  const rest = (1 << log) - sum;
  if ((rest & (rest - 1)) !== 0) damaged('incomplete Huffman tree');
  weights[count++] = 32 - Math.clz32(rest);

  // In the table the longest codes come first, and symbols in their order among equal ones.
  const starts = new Uint32Array(MAX_BITS + 2);
  for (let i = 0; i < count; i++) starts[weights[i]! + 1]! += weights[i]! === 0 ? 0 : 1 << (weights[i]! - 1);
  // Two leaves at the deepest level, at least, and an even number of them: any tree has.
  const deepest = starts[2]!;
  if (deepest < 2 || deepest & 1) damaged('incomplete Huffman tree');
  for (let weight = 1; weight < starts.length; weight++) starts[weight]! += starts[weight - 1]!;
  const entry = new Uint16Array(1 << log);
  for (let symbol = 0; symbol < count; symbol++) {
    const weight = weights[symbol]!;
    if (weight === 0) continue;
    const at = starts[weight]!;
    const end = at + (1 << (weight - 1));
    entry.fill(symbol | ((log + 1 - weight) << 8), at, end);
    starts[weight] = end;
  }
  return { log, entry };
}

/**
 * Decodes one stream, `bytes[start .. end]`, which is read from its end, into exactly `out[from .. to]`. `view` is of
 * the same bytes, and what stands PADDING bytes before `start` can be read.
 */
export function readHuffmanStream(
  { log, entry }: HuffmanTable,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  out: Uint8Array,
  from: number,
  to: number,
): void {
  if (end <= start) damaged('truncated Huffman stream');
  const shift = 32 - log;
  // Bits above the stream's start that are still to be read.
  let left = (end - start - 1) * 8 + bitsBelowMark(bytes[end - 1]!);
  let at = from;
  // At least 25 bits of a word are in use: two codes of at most 11.
  for (const last = to - 1; at < last && left >= 0; at += 2) {
    const top = left + 7;
    const word = view.getInt32(start + (top >> 3) - 4, true) << (7 - (top & 7));
    const one = entry[word >>> shift]!;
    const two = entry[(word << (one >> 8)) >>> shift]!;
    out[at] = one;
    out[at + 1] = two;
    left -= (one >> 8) + (two >> 8);
  }
  if (at < to && left >= 0) {
    const top = left + 7;
    const one = entry[(view.getInt32(start + (top >> 3) - 4, true) << (7 - (top & 7))) >>> shift]!;
    out[at++] = one;
    left -= one >> 8;
  }
  if (left !== 0 || at !== to) damaged('Huffman stream of another length');
}
