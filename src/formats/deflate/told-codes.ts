/** The codes that a block tells of itself (RFC 1951, section 3.2.7). */
import { peek } from './bits.ts';
import { Codes, DISTANCES, LENGTH_ROOT, LENGTHS, LengthCodes, LITERALS } from './codes.ts';
import { DeflateFault } from './fault.ts';

const LENGTH_MASK = (1 << LENGTH_ROOT) - 1;
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

export class ToldCodes {
  /** Those of the last block. */
  readonly codes = new Codes();
  readonly #lengthCodes = new LengthCodes();
  readonly #lengths = new Uint8Array(LITERALS + DISTANCES);

  /**
   * From bit `at` of `input` on, where the header of a block has its codes. Where they end, or null where not all of it is there
   * before bit `end`. Fails with DeflateFault.
   */
  read(input: DataView, at: number, end: number): number | null {
    if (at + 14 > end) return null;
    const head = peek(input, at);
    at += 14;
    const literals = (head & 31) + 257;
    const distances = ((head >>> 5) & 31) + 1;
    const known = ((head >>> 10) & 15) + 4;
    if (literals > 286 || distances > 30) throw new DeflateFault('too many length or distance symbols');
    if (at + known * 3 > end) return null;
    const lengths = this.#lengths;
    lengths.fill(0, 0, LENGTHS);
    for (let i = 0; i < known; i++, at += 3) lengths[LENGTH_ORDER[i]!] = peek(input, at) & 7;
    if (!this.#lengthCodes.fill(lengths.subarray(0, LENGTHS)))
      throw new DeflateFault('invalid code lengths set');
    const { table } = this.#lengthCodes;
    const all = literals + distances;
    for (let i = 0; i < all;) {
      const bits = peek(input, at);
      const entry = table[bits & LENGTH_MASK]!;
      const used = entry & 15;
      const symbol = (entry >>> 8) & 31;
      const extra = symbol < 16 ? 0 : symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
      at += used + extra;
      if (at > end) return null;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new DeflateFault('invalid bit length repeat');
      const times = ((bits >> used) & ((1 << extra) - 1)) + (symbol === 18 ? 11 : 3);
      if (i + times > all) throw new DeflateFault('invalid bit length repeat');
      lengths.fill(symbol === 16 ? lengths[i - 1]! : 0, i, i + times);
      i += times;
    }
    const wrong = this.codes.fill(lengths.subarray(0, literals), lengths.subarray(literals, all));
    if (wrong !== null) throw new DeflateFault(wrong);
    return at;
  }
}
