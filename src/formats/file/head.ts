/** Looking at the first bytes of a file. What is past them is not there: 0, or no match. */

export function has(head: Uint8Array, at: number, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => head[at + i] === byte);
}

/** `text` stands at `at`, a byte for each of its code units. */
export function ascii(head: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (head[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

export function u16(head: Uint8Array, at: number, littleEndian: boolean): number {
  const [a = 0, b = 0] = head.subarray(at, at + 2);
  return littleEndian ? a + b * 256 : a * 256 + b;
}

export function u32(head: Uint8Array, at: number, littleEndian: boolean): number {
  const [first, second] = [u16(head, at, littleEndian), u16(head, at + 2, littleEndian)];
  return littleEndian ? first + second * 65_536 : first * 65_536 + second;
}
