/**
 * Huffman codes of deflate (RFC 1951, section 3.2) as tables for the decoder. The next `ROOT` bits of the input, the first one
 * lowest, index a table whose entry says all of the symbol at once; codes that are longer lead on to a second table behind it.
 */

/** An entry is one of these or, with none of the flags, a symbol. In all of them bits 0 to 3 are the bits that the code has. */
/** Leads on: bits 0 to 3 are the bits that index the second table, bits 8 to 23 where it begins. */
export const LEADS_ON = 1 << 28;
/** The end of the block. */
export const END_OF_BLOCK = 1 << 29;
/** No code, or one of a symbol that nothing may be. */
export const NO_SYMBOL = 1 << 30;

/**
 * Of literals and lengths: set where it is no literal. Then bits 8 to 10 are the extra bits of the length, and bits 16 to 24 the
 * length itself. Of a literal bits 5 and 6 are how many there are (two where the next code is known too, and a literal: bits 0
 * to 3 are those of both codes), bits 8 to 15 the first, bits 16 to 23 the second.
 */
export const NO_LITERAL = 1 << 7;
const ONE_LITERAL = 1 << 5;
const TWO_LITERALS = 2 << 5;

export const LITERAL_ROOT = 11;
export const DISTANCE_ROOT = 9;
export const LENGTH_ROOT = 7;

/** No code has more bits. */
const MOST_BITS = 15;
export const LITERALS = 288;
export const DISTANCES = 32;
/** The alphabet of the lengths of codes, in which a block tells its codes. */
export const LENGTHS = 19;

/** RFC 1951, section 3.2.5: the lengths of the symbols from 257 on, and the distances. */
const LENGTH_OF = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const DISTANCE_OF = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];

function literalOrLength(symbol: number): number {
  if (symbol < 256) return (symbol << 8) | ONE_LITERAL;
  if (symbol === 256) return NO_LITERAL | END_OF_BLOCK;
  const length = LENGTH_OF[symbol - 257];
  if (length === undefined) return NO_LITERAL | NO_SYMBOL;
  const extra = symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
  return NO_LITERAL | (extra << 8) | (length << 16);
}

/** Bits 4 to 7: extra bits, bits 8 to 22: the distance. */
function distance(symbol: number): number {
  const base = DISTANCE_OF[symbol];
  if (base === undefined) return NO_SYMBOL;
  const extra = symbol < 4 ? 0 : (symbol - 2) >> 1;
  return (extra << 4) | (base << 8);
}

interface Alphabet {
  readonly root: number;
  /** What stands in the entry of a symbol, but for the bits of its code. */
  readonly entries: Int32Array;
  /** What stands where no code leads. */
  readonly nothing: number;
}

const alphabet = (root: number, size: number, nothing: number, entry: (symbol: number) => number) => ({
  root,
  entries: Int32Array.from({ length: size }, (_, symbol) => entry(symbol)),
  // One bit is enough to see that it is none: the only code that lacks some has one symbol, of one bit, or nothing at all.
  nothing: nothing | NO_SYMBOL | 1,
});

const LITERAL = alphabet(LITERAL_ROOT, LITERALS, NO_LITERAL, literalOrLength);
const DISTANCE = alphabet(DISTANCE_ROOT, DISTANCES, 0, distance);
/** Bits 8 and on: the symbol. */
const LENGTH = alphabet(LENGTH_ROOT, LENGTHS, 0, (symbol) => symbol << 8);

/** Room for a table: a second one has two codes or more. */
function room({ root, entries }: Alphabet): number {
  return (1 << root) + (entries.length >> 1) * (1 << (MOST_BITS - root));
}

const counts = new Uint16Array(MOST_BITS + 1);
const nextCode = new Uint16Array(MOST_BITS + 1);

/**
 * Makes the table of a code out of the lengths that its symbols have (0: not in it). False where they are no code: more codes
 * than there is room for, or fewer. As zlib has it, no code at all is one, and where `mayLack` a single one of one bit.
 */
function fill(
  table: Int32Array,
  { root, entries, nothing }: Alphabet,
  lengths: Uint8Array,
  mayLack: boolean,
): boolean {
  counts.fill(0);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]!]!++;
  counts[0] = 0;
  let code = 0;
  let left = 1;
  let longest = 0;
  for (let bits = 1; bits <= MOST_BITS; bits++) {
    code = (code + counts[bits - 1]!) << 1;
    nextCode[bits] = code;
    left = (left << 1) - counts[bits]!;
    if (left < 0) return false;
    if (counts[bits] !== 0) longest = bits;
  }
  if (left > 0 && longest > (mayLack ? 1 : 0)) return false;
  const size = 1 << root;
  if (left > 0) table.fill(nothing, 0, size);
  const second = longest - root;
  let end = size;
  // Where the second tables are is known by the entries that lead there, which an old one must not look like.
  if (second > 0) for (let i = 0; i < size; i++) table[i] = 0;
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const bits = lengths[symbol]!;
    if (bits === 0) continue;
    const reversed = reverse(nextCode[bits]!++, bits);
    const entry = entries[symbol]! | bits;
    if (bits <= root) {
      for (let i = reversed; i < size; i += 1 << bits) table[i] = entry;
      continue;
    }
    const first = reversed & (size - 1);
    if (table[first] === 0) {
      table[first] = LEADS_ON | (nothing & NO_LITERAL) | (end << 8) | second;
      end += 1 << second;
    }
    const start = (table[first]! >>> 8) & 0xffff;
    for (let i = reversed >>> root; i < 1 << second; i += 1 << (bits - root)) table[start + i] = entry;
  }
  return true;
}

function reverse(code: number, bits: number): number {
  let reversed = 0;
  for (let i = 0; i < bits; i++) {
    reversed = (reversed << 1) | (code & 1);
    code >>>= 1;
  }
  return reversed;
}

/** The codes of a block. */
export class Codes {
  readonly literals = new Int32Array(room(LITERAL));
  /** The first table of `literals`, with two where both codes fit into its bits. */
  readonly pairs = new Int32Array(1 << LITERAL_ROOT);
  readonly distances = new Int32Array(room(DISTANCE));

  /** Out of the lengths of the codes. What is wrong with them in zlib's words, or null. */
  fill(literals: Uint8Array, distances: Uint8Array): string | null {
    if (literals[256] === 0) return 'invalid code -- missing end-of-block';
    if (!fill(this.literals, LITERAL, literals, true)) return 'invalid literal/lengths set';
    if (!fill(this.distances, DISTANCE, distances, true)) return 'invalid distances set';
    this.#pair();
    return null;
  }

  #pair(): void {
    const { literals, pairs } = this;
    for (let i = 0; i < pairs.length; i++) {
      const first = literals[i]!;
      pairs[i] = first;
      if ((first & NO_LITERAL) !== 0) continue;
      const bits = first & 15;
      const second = literals[i >>> bits]!;
      const both = bits + (second & 15);
      if ((second & NO_LITERAL) !== 0 || both > LITERAL_ROOT) continue;
      pairs[i] = ((second & 0xff00) << 8) | (first & 0xff00) | TWO_LITERALS | both;
    }
  }
}

/** The code of the lengths of the other codes. */
export class LengthCodes {
  readonly table = new Int32Array(room(LENGTH));

  /** False where they are no code. */
  fill(lengths: Uint8Array): boolean {
    return fill(this.table, LENGTH, lengths, false);
  }
}

let fixed: Codes | undefined;

/** RFC 1951, section 3.2.6. */
export function fixedCodes(): Codes {
  if (fixed !== undefined) return fixed;
  const literals = new Uint8Array(LITERALS).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  fixed = new Codes();
  fixed.fill(literals, new Uint8Array(DISTANCES).fill(5));
  return fixed;
}
