/** A picture of strata, drawn by arithmetic and written as PNG (W3C, "Portable Network Graphics", third edition). */
import { crc32 } from 'node:zlib';
import { deflate } from 'pako';

/** Top to bottom, as a cliff shows them. */
const COLOURS = [0xd9c7a3, 0xc2a878, 0xa67c52, 0x8c5a3c, 0x6f4330, 0x54382e, 0x3f3a3f, 0x2c2f3a];

/** 8-bit RGB, without a time or a text chunk, so that it is the same each time. */
export function pictureOfStrata(width: number, height: number): Uint8Array {
  const raw = new Uint8Array(height * (1 + width * 3));
  let at = 0;
  for (let y = 0; y < height; y++) {
    raw[at++] = 0;
    for (let x = 0; x < width; x++) {
      const wave = triangle(x * 3, 97) * 0.6 + triangle(x * 2 + 40, 61) * 0.3 + triangle(x + y, 23) * 0.1;
      const depth = y / height + wave * 0.06;
      const bed = Math.min(COLOURS.length - 1, Math.floor(depth * COLOURS.length * 0.94));
      const fault = depth * COLOURS.length * 0.94 - bed < 0.06 ? 0.82 : 1;
      const colour = COLOURS[bed]!;
      for (const shift of [16, 8, 0]) raw[at++] = Math.round(((colour >> shift) & 0xff) * fault);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflate(raw, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** 0 to 1 and back; no sine, whose last bit may differ from machine to machine. */
function triangle(x: number, period: number): number {
  const phase = (x % period) / period;
  return phase < 0.5 ? phase * 2 : 2 - phase * 2;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
