/** The sequences of a block (RFC 8878, sections 3.1.1.3.2 and 4.1): copy some literals, then something seen before. */
import { bitsBelowMark, damaged } from './bits.ts';
import { fseTableOf, makeFseTable, readFseTable, type FseTable } from './fse.ts';

/** An FSE table with what its symbols mean: by state, the `value` to start from, and packed into `entry`: the base of
 * the next state (16 bits), the bits to add to it (8), and the bits to add to the value (8). */
interface SequenceTable {
  readonly log: number;
  readonly entry: Int32Array;
  readonly value: Int32Array;
}

/** What codes of one kind mean: values begin at `start[code]` and have `extra[code]` more bits. */
interface Codes {
  readonly start: Int32Array;
  readonly extra: Uint8Array;
  readonly maxLog: number;
  readonly predefined: SequenceTable;
}

/**
 * Offset codes above this lie beyond any window that we take (2^27 bytes, and 3 for repeated offsets). A table may
 * have them; a sequence may not.
 */
const MAX_OFFSET_CODE = 28;

/** The sections' tables of codes, run-length coded: the extra bits of each code, and from them where it begins. */
function codes(
  first: number,
  extra: readonly number[],
  maxLog: number,
  probabilities: readonly number[],
): Codes {
  const start = new Int32Array(extra.length);
  let next = first;
  extra.forEach((bits, code) => {
    start[code] = next;
    next += 2 ** bits;
  });
  const meaning = { start, extra: Uint8Array.from(extra), maxLog };
  const log = Math.log2(probabilities.reduce((sum, count) => sum + Math.abs(count), 0));
  return {
    ...meaning,
    predefined: withValues(makeFseTable(probabilities, probabilities.length, log), meaning),
  };
}

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

/** Section 3.1.1.3.2.1.1, literals length codes; section 3.1.1.3.2.2.1, their default distribution. */
const LITERAL_LENGTHS = codes(
  0,
  [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  9,
  [4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), -1, -1, -1, -1],
);
/** Section 3.1.1.3.2.1.1, match length codes; section 3.1.1.3.2.2.2. */
const MATCH_LENGTHS = codes(
  3,
  [...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  9,
  [1, 4, 3, 2, 2, 2, 2, 2, 2, ...times(37, 1), ...times(7, -1)],
);
/** Section 3.1.1.3.2.1.1, offset codes: code n is 2^n and n more bits; section 3.1.1.3.2.2.3. */
const OFFSETS = codes(
  1,
  Array.from({ length: 32 }, (_, code) => code),
  8,
  [...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)],
);

function withValues(
  { log, symbol, bits, base }: FseTable,
  { start, extra }: Pick<Codes, 'start' | 'extra'>,
): SequenceTable {
  const value = new Int32Array(symbol.length);
  const entry = new Int32Array(symbol.length);
  for (let state = 0; state < symbol.length; state++) {
    const code = symbol[state]!;
    value[state] = start[code]!;
    entry[state] = base[state]! | (bits[state]! << 16) | (extra[code]! << 24);
  }
  return { log, entry, value };
}

/** What a frame's blocks hand on to each other. */
export interface SequenceState {
  literalLengths: SequenceTable | null;
  offsets: SequenceTable | null;
  matchLengths: SequenceTable | null;
  /** The last three offsets, the newest first. */
  readonly repeated: Int32Array;
}

/** As a frame begins (section 3.1.1.5 for the offsets). */
export function freshSequenceState(): SequenceState {
  return { literalLengths: null, offsets: null, matchLengths: null, repeated: Int32Array.of(1, 4, 8) };
}

/** What sequences read and write. Arrays come with a view of the same memory, for words at any place. */
export interface Ground {
  readonly literals: Uint8Array;
  readonly literalsView: DataView;
  readonly literalsLength: number;
  /** Words are written: up to 3 bytes past `limit`. */
  readonly out: Uint8Array;
  readonly outView: DataView;
  /** Where in `out` the block begins; all before it is history. */
  readonly from: number;
  /** Where in `out` the block may end, at most. */
  readonly limit: number;
  readonly windowSize: number;
}

/** Reads the sequences section at `bytes[start .. end]` and carries it out; answers where in `out` the block ends. */
export function readSequences(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  state: SequenceState,
  ground: Ground,
): number {
  if (start >= end) damaged('truncated sequences');
  let at = start;
  let count = bytes[at++]!;
  if (count === 255) {
    count = bytes[at]! + bytes[at + 1]! * 256 + 0x7f00;
    at += 2;
  } else if (count > 127) {
    count = (count - 128) * 256 + bytes[at++]!;
  }
  if (at > end) damaged('truncated sequences');
  if (count === 0) {
    if (at !== end) damaged('bytes after no sequences');
    return copyRest(ground, 0, ground.from);
  }
  if (at >= end) damaged('truncated sequences');
  const modes = bytes[at++]!;
  if (modes & 3) damaged('reserved bits in the sequences header');

  const read = (
    mode: number,
    { predefined, ...meaning }: Codes,
    last: SequenceTable | null,
  ): SequenceTable => {
    switch (mode) {
      case 0:
        return predefined;
      case 1: {
        if (at >= end) damaged('truncated sequences');
        const code = bytes[at++]!;
        if (code >= meaning.start.length) damaged('code out of range');
        return withValues(fseTableOf(code), meaning);
      }
      case 2: {
        const description = readFseTable(bytes, at, end, meaning.maxLog, meaning.start.length - 1);
        at = description.end;
        return withValues(description.table, meaning);
      }
      default:
        return last ?? damaged('repeated table without one before it');
    }
  };
  const literalLengths = (state.literalLengths = read(modes >> 6, LITERAL_LENGTHS, state.literalLengths));
  const offsets = (state.offsets = read((modes >> 4) & 3, OFFSETS, state.offsets));
  const matchLengths = (state.matchLengths = read((modes >> 2) & 3, MATCH_LENGTHS, state.matchLengths));
  if (at >= end) damaged('truncated sequences');
  return execute(bytes, view, at, end, count, literalLengths, offsets, matchLengths, state.repeated, ground);
}

/** The hot loop: about half of all time goes here. `start` to `end` is one backward bit stream. */
function execute(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  count: number,
  literalLengths: SequenceTable,
  offsets: SequenceTable,
  matchLengths: SequenceTable,
  repeated: Int32Array,
  ground: Ground,
): number {
  const { literals, literalsView, literalsLength, out, outView, from, limit, windowSize } = ground;
  const llEntry = literalLengths.entry;
  const llValue = literalLengths.value;
  const ofEntry = offsets.entry;
  const ofValue = offsets.value;
  const mlEntry = matchLengths.entry;
  const mlValue = matchLengths.value;
  let r0 = repeated[0]!;
  let r1 = repeated[1]!;
  let r2 = repeated[2]!;
  let at = from;
  let literal = 0;

  // Bits that are still to be read; a read takes those just below it, at most 25 in one word.
  let left = (end - start - 1) * 8 + bitsBelowMark(bytes[end - 1]!);
  left -= literalLengths.log;
  let llState = (view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << literalLengths.log) - 1);
  left -= offsets.log;
  let ofState = (view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << offsets.log) - 1);
  left -= matchLengths.log;
  let mlState = (view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << matchLengths.log) - 1);

  for (let n = count; n > 0; n--) {
    if (left < 0) damaged('truncated sequences');
    const ll = llEntry[llState]!;
    const of = ofEntry[ofState]!;
    const ml = mlEntry[mlState]!;
    let literalLength = llValue[llState]!;
    let offset = ofValue[ofState]!;
    let matchLength = mlValue[mlState]!;

    let width = of >>> 24;
    if (width > 0) {
      if (width > 24) {
        if (width > MAX_OFFSET_CODE) damaged('offset beyond the window');
        const high = width - 16;
        left -= high;
        offset += ((view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << high) - 1)) << 16;
        width = 16;
      }
      left -= width;
      offset += (view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << width) - 1);
    }
    const mlWidth = ml >>> 24;
    const llWidth = ll >>> 24;
    if (mlWidth + llWidth > 0) {
      left -= mlWidth;
      if (mlWidth > 0)
        matchLength += (view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << mlWidth) - 1);
      left -= llWidth;
      if (llWidth > 0)
        literalLength += (view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << llWidth) - 1);
    }
    // The states of the next sequence; there is none after the last.
    if (n > 1) {
      const llBits = (ll >>> 16) & 255;
      const mlBits = (ml >>> 16) & 255;
      const ofBits = (of >>> 16) & 255;
      left -= llBits + mlBits;
      const word = view.getInt32(start + (left >> 3), true) >>> (left & 7);
      llState = (ll & 0xffff) + ((word >>> mlBits) & ((1 << llBits) - 1));
      mlState = (ml & 0xffff) + (word & ((1 << mlBits) - 1));
      left -= ofBits;
      ofState =
        (of & 0xffff) + ((view.getInt32(start + (left >> 3), true) >>> (left & 7)) & ((1 << ofBits) - 1));
    }

    // Section 3.1.1.5: 1 to 3 mean an offset that was used before; one further where there are no literals.
    if (offset > 3) {
      offset -= 3;
      r2 = r1;
      r1 = r0;
      r0 = offset;
    } else {
      if (literalLength === 0) offset++;
      if (offset === 1) {
        offset = r0;
      } else {
        const which = offset;
        offset = which === 2 ? r1 : which === 3 ? r2 : r0 - 1;
        if (offset === 0) damaged('offset 0');
        if (which !== 2) r2 = r1;
        r1 = r0;
        r0 = offset;
      }
    }

    const matchAt = at + literalLength;
    const next = matchAt + matchLength;
    const literalEnd = literal + literalLength;
    if (literalEnd > literalsLength) damaged('more literals than there are');
    if (next > limit) damaged('block too long');
    if (offset > matchAt || offset > windowSize) damaged('offset beyond the window');

    if (literalLength > 64) {
      out.set(literals.subarray(literal, literalEnd), at);
    } else {
      for (let i = at, j = literal; i < matchAt; i += 4, j += 4) {
        outView.setInt32(i, literalsView.getInt32(j, true), true);
      }
    }
    literal = literalEnd;

    let source = matchAt - offset;
    if (matchLength > 64 && offset >= matchLength) {
      out.copyWithin(matchAt, source, source + matchLength);
    } else if (offset >= 4) {
      for (let i = matchAt; i < next; i += 4, source += 4)
        outView.setInt32(i, outView.getInt32(source, true), true);
    } else if (offset === 1) {
      out.fill(out[source]!, matchAt, next);
    } else {
      for (let i = matchAt; i < next; i++) out[i] = out[source++]!;
    }
    at = next;
  }
  if (left !== 0) damaged('sequences of another length');
  repeated[0] = r0;
  repeated[1] = r1;
  repeated[2] = r2;
  return copyRest(ground, literal, at);
}

/** The literals after the last sequence. */
function copyRest({ literals, literalsLength, out, limit }: Ground, literal: number, at: number): number {
  const end = at + literalsLength - literal;
  if (end > limit) damaged('block too long');
  out.set(literals.subarray(literal, literalsLength), at);
  return end;
}
