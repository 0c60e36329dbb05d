/** Numbers and texts at places of a stretch of bytes, of either byte order; nothing is believed past its end. */
import { readable } from '../../base/bytes.ts';
import { malformed } from './random-access.ts';

export class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #base: number;

  /** `base`: where `bytes` begin in the file, for what failures say. */
  constructor(bytes: Uint8Array, littleEndian: boolean, base = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = littleEndian;
    this.#base = base;
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#checked(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#checked(at, 2), this.#little);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#checked(at, 4), this.#little);
  }

  /** Infinity where it is past all safe integers: no bound lets it through. */
  u64(at: number): number {
    const value = Number(this.#view.getBigUint64(this.#checked(at, 8), this.#little));
    return Number.isSafeInteger(value) ? value : Infinity;
  }

  /** The bytes from `at` to the next zero, at most `most` of them, readable. */
  text(at: number, most = 4096): string {
    const end = Math.min(this.length, at + most);
    if (!(at >= 0 && at < this.length)) malformed('a text is past the end', this.#base + at);
    const zero = this.bytes.subarray(at, end).indexOf(0);
    return readable(this.bytes.subarray(at, zero < 0 ? end : at + zero));
  }

  part(at: number, length: number): Fields {
    this.#checked(at, length);
    return new Fields(this.bytes.subarray(at, at + length), this.#little, this.#base + at);
  }

  #checked(at: number, length: number): number {
    if (!(at >= 0 && at + length <= this.bytes.length)) malformed('it ends too early', this.#base + at);
    return at;
  }
}
