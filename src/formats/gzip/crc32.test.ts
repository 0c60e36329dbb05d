import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import { crc32 } from './crc32.ts';

/** RFC 1952, section 8, bit by bit. */
function slowCrc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc;
}

describe('crc32', () => {
  it('of the digits is the check value that everyone has', () => {
    expect(crc32(0, utf8('123456789')) >>> 0).toBe(0xcbf43926);
    expect(crc32(0, new Uint8Array(0))).toBe(0);
  });

  it('equals the slow one, wherever it is cut and whatever stands around', () => {
    const random = new Random(1);
    for (let length = 0; length < 200; length++) {
      const around = random.bytes(length + 20);
      const start = random.below(20);
      const middle = start + random.below(length + 1);
      const inside = around.subarray(start, start + length);
      const expected = slowCrc32(inside);
      expect(crc32(0, around, start, start + length)).toBe(expected);
      expect(crc32(crc32(0, around, start, middle), around, middle, start + length)).toBe(expected);
      expect(crc32(0, inside)).toBe(expected);
    }
  });
});
