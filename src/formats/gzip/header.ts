/** The header of a gzip member (RFC 1952, section 2.3), a byte at a time. Nothing of it is kept. */
import { crc32 } from './crc32.ts';

/** Bits of FLG. 1 (FTEXT) says nothing that matters. */
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;

const FIXED_LENGTH = 10;

type Part = 'fixed' | 'extra-length' | 'extra' | 'name' | 'comment' | 'crc' | 'done';

export class GzipHeader {
  #part: Part = 'fixed';
  /** Bytes of the part so far; for `extra`, bytes that are still to come. */
  #count = 0;
  #flags = 0;
  #number = 0;
  /** CRC of the header so far. */
  #crc = 0;
  readonly #byte = new Uint8Array(1);

  get done(): boolean {
    return this.#part === 'done';
  }

  /** Takes the next byte; answers what is wrong with it, or null. Only before `done`. */
  take(byte: number): string | null {
    const checked = this.#part !== 'crc';
    if (checked) {
      this.#byte[0] = byte;
      this.#crc = crc32(this.#crc, this.#byte);
    }
    switch (this.#part) {
      case 'fixed':
        return this.#takeFixed(byte);
      case 'extra-length':
        this.#number += byte * (this.#count === 0 ? 1 : 256);
        if (++this.#count === 2) this.#enter(this.#number === 0 ? 'name' : 'extra', this.#number);
        return null;
      case 'extra':
        if (--this.#count === 0) this.#enter('name');
        return null;
      case 'name':
      case 'comment':
        if (byte === 0) this.#enter(this.#part === 'name' ? 'comment' : 'crc');
        return null;
      case 'crc':
        this.#number += byte * (this.#count === 0 ? 1 : 256);
        if (++this.#count < 2) return null;
        if (this.#number !== (this.#crc & 0xffff)) return 'header crc mismatch';
        this.#part = 'done';
        return null;
      case 'done':
        return null;
    }
  }

  #takeFixed(byte: number): string | null {
    const at = this.#count++;
    if (at === 0 && byte !== 0x1f) return 'no gzip header';
    if (at === 1 && byte !== 0x8b) return 'no gzip header';
    if (at === 2 && byte !== 8) return 'unknown compression method';
    if (at === 3) {
      if (byte & RESERVED) return 'unknown header flags set';
      this.#flags = byte;
    }
    // MTIME, XFL and OS may be anything.
    if (at === FIXED_LENGTH - 1) this.#enter('extra-length');
    return null;
  }

  /** Goes to `part`, or to the first one after it that the flags have. */
  #enter(part: Part, count = 0): void {
    this.#count = count;
    this.#number = 0;
    if (part === 'extra-length' && !(this.#flags & FEXTRA)) part = 'name';
    if (part === 'name' && !(this.#flags & FNAME)) part = 'comment';
    if (part === 'comment' && !(this.#flags & FCOMMENT)) part = 'crc';
    if (part === 'crc' && !(this.#flags & FHCRC)) part = 'done';
    this.#part = part;
  }
}
