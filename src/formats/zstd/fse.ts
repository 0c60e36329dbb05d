/** Finite State Entropy tables (RFC 8878, section 4.1). */
import { damaged } from './bits.ts';

/** A decoding table: `symbol`, `bits` to read for the next state, and the `base` they are added to, by state. */
export interface FseTable {
  /** Accuracy: the table has 2^log states. */
  readonly log: number;
  readonly symbol: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

/** Section 4.1.1. Accuracy is at most 9 (literal and match lengths), 8 (offsets) or 6 (weights). */
const MAX_LOG = 9;
/** As an encoder writes it: a symbol of probability "less than 1", with a state of its own. */
const LESS_THAN_ONE = -1;

/** Probabilities, as read; by symbol. Reused: a table is made before the next one is read. */
const counts = new Int16Array(256);
const nextState = new Uint16Array(256);

export interface FseDescription {
  readonly table: FseTable;
  /** Where what follows it begins. */
  readonly end: number;
}

/** Reads a table description in `bytes[start .. limit]`. `maxSymbol` is the last one that there may be. */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
  maxLog: number,
  maxSymbol: number,
): FseDescription {
  if (start >= limit) damaged('truncated FSE table');
  const log = (bytes[start]! & 15) + 5;
  if (log > maxLog || log > MAX_LOG) damaged('FSE accuracy too high');
  /** In bits from the start of `bytes`, which is less than 1 MiB. */
  let position = start * 8 + 4;
  const end = limit * 8;
  const peek = () => {
    const at = position >>> 3;
    return ((bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) >>> (position & 7)) & 0xffff;
  };

  let remaining = 1 << log;
  let symbol = 0;
  while (remaining > 0) {
    if (symbol > maxSymbol) damaged('FSE table of too many symbols');
    // A value from 0 to remaining + 1, in as few bits as that takes; the small ones take one bit less.
    const width = 32 - Math.clz32(remaining + 1);
    const spare = (1 << width) - 1 - (remaining + 1);
    const word = peek();
    const short = word & ((1 << (width - 1)) - 1);
    let value: number;
    if (short < spare) {
      value = short;
      position += width - 1;
    } else {
      const long = word & ((1 << width) - 1);
      value = long < 1 << (width - 1) ? long : long - spare;
      position += width;
    }
    const count = value - 1;
    counts[symbol++] = count;
    remaining -= count === LESS_THAN_ONE ? 1 : count;
    if (remaining < 0) damaged('FSE probabilities that exceed the whole');
    if (count !== 0) continue;
    // Runs of zeros: two bits say how many more; three of them, and another two bits follow.
    for (let more = 3; more === 3;) {
      more = peek() & 3;
      position += 2;
      if (symbol + more > maxSymbol + 1 || position > end) damaged('FSE table of too many symbols');
      for (let i = 0; i < more; i++) counts[symbol++] = 0;
    }
  }
  if (position > end) damaged('truncated FSE table');
  return { table: makeFseTable(counts, symbol, log), end: (position + 7) >>> 3 };
}

/** Section 4.1.1, "from normalized distribution to decoding tables". */
export function makeFseTable(probabilities: ArrayLike<number>, symbols: number, log: number): FseTable {
  const size = 1 << log;
  const symbol = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  let high = size;
  for (let s = 0; s < symbols; s++) {
    const count = probabilities[s]!;
    nextState[s] = count === LESS_THAN_ONE ? 1 : count;
    if (count === LESS_THAN_ONE) symbol[--high] = s;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (let s = 0; s < symbols; s++) {
    for (let i = 0; i < probabilities[s]!; i++) {
      symbol[position] = s;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  for (let state = 0; state < size; state++) {
    const next = nextState[symbol[state]!]!++;
    const width = log - (31 - Math.clz32(next));
    bits[state] = width;
    base[state] = (next << width) - size;
  }
  return { log, symbol, bits, base };
}

/** The table of one symbol and no bits (RLE mode). */
export function fseTableOf(symbol: number): FseTable {
  return { log: 0, symbol: Uint8Array.of(symbol), bits: new Uint8Array(1), base: new Uint16Array(1) };
}
