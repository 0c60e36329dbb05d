/**
 * The numbers of tar. All readers answer NaN for what is no number, and for integers past 2^53 - 1, which a
 * JavaScript number cannot hold: nothing that an image means to say is larger (sizes end at 8 PiB).
 */

const NUL = 0x00;
const SPACE = 0x20;
const ZERO = 0x30;

/**
 * The field of `width` bytes at `at`: octal digits between blanks (spaces and NULs; all blank is 0), where whatever
 * follows a NUL behind the digits is ignored; or base-256, told by the first byte's top bit.
 *
 * POSIX wants leading zeros and one closing blank; the leniency is that of Go's archive/tar, which reads layers
 * everywhere else.
 */
export function readNumber(block: Uint8Array, at: number, width: number): number {
  const end = at + width;
  if (at < end && block[at]! >= 0x80) return readBase256(block, at, end);
  let i = at;
  while (i < end && (block[i] === SPACE || block[i] === NUL)) i++;
  let value = 0;
  for (; i < end; i++) {
    const digit = block[i]! - ZERO;
    if (digit >= 0 && digit <= 7) value = value * 8 + digit;
    else if (block[i] === NUL) break;
    else return isBlank(block, i, end) ? value : NaN;
  }
  return Number.isSafeInteger(value) ? value : NaN;
}

function isBlank(block: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i < end; i++) if (block[i] !== SPACE && block[i] !== NUL) return false;
  return true;
}

/** Two's complement, big-endian, without the top bit (GNU tar manual, "Extensions to the Basic Tar Format"). */
function readBase256(block: Uint8Array, at: number, end: number): number {
  const negative = (block[at]! & 0x40) !== 0;
  const invert = negative ? 0xff : 0;
  let value = (block[at]! ^ invert) & 0x7f;
  for (let i = at + 1; i < end; i++) {
    value = value * 256 + (block[i]! ^ invert);
    if (value > Number.MAX_SAFE_INTEGER) return NaN;
  }
  return negative ? -1 - value : value;
}

/** A decimal integer as PAX records have it: an optional sign, then digits. */
export function readDecimal(bytes: Uint8Array, from = 0, end = bytes.length): number {
  const negative = bytes[from] === 0x2d;
  let i = negative || bytes[from] === 0x2b ? from + 1 : from;
  if (i >= end) return NaN;
  let value = 0;
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return NaN;
  }
  return negative && value !== 0 ? -value : value;
}

/** Seconds rounded down, and the nanoseconds above them. */
export interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * A PAX time: decimal seconds with an optional fraction, of which nanoseconds are kept and the rest is cut off
 * (POSIX.1-2017, pax, "pax Extended Header File Times"). Null where it is none.
 */
export function readTime(bytes: Uint8Array): Time | null {
  const point = bytes.indexOf(0x2e);
  const seconds = readDecimal(bytes, 0, point < 0 ? bytes.length : point);
  if (Number.isNaN(seconds)) return null;
  let nanos = 0;
  let unit = 100_000_000;
  for (let i = point < 0 ? bytes.length : point + 1; i < bytes.length; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return null;
    nanos += digit * unit;
    unit = Math.floor(unit / 10);
  }
  // The sign is of the whole number, "-0.5" among them: -1 s and 500,000,000 ns above it.
  if (bytes[0] === 0x2d && nanos > 0) return { seconds: seconds - 1, nanos: 1_000_000_000 - nanos };
  return { seconds, nanos };
}
