/** Sixteen bytes as a line of a hex dump. */

export const ROW_BYTES = 16;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Digits that every offset of a file of `size` bytes has: at least 8. */
export function offsetDigits(size: number): number {
  return Math.max(8, Math.max(0, size - 1).toString(16).length);
}

/** `7f 45 4c 46 02 01 01 00  00 …`, in two halves; filled up to the full width. */
export function hexText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < ROW_BYTES; i++) {
    if (i > 0) text += i === ROW_BYTES / 2 ? '  ' : ' ';
    text += i < bytes.length ? HEX[bytes[i]!]! : '  ';
  }
  return text;
}

/** What of them is ASCII to be seen; a dot for all else. */
export function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.';
  return text;
}
