/** Small deflated things, of which no more is unpacked than is wanted. */
import { Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako';
import { concat, type Bytes } from '../../base/bytes.ts';

const OUTPUT = 64 * 1024;

/** At most `most` bytes of what `bytes` unpack to; what came before a fault, where there is one. */
export function inflateSome(bytes: Uint8Array, wrapping: 'zlib' | 'raw', most: number): Bytes {
  const z = new ZStream();
  if (zlibInflateInit2(z, wrapping === 'raw' ? -15 : 15) !== Z_OK) throw new Error('bug: inflateInit2');
  z.input = bytes;
  z.next_in = 0;
  z.avail_in = bytes.length;
  const pieces: Uint8Array[] = [];
  for (let left = most; left > 0;) {
    z.output = new Uint8Array(Math.min(OUTPUT, left));
    z.next_out = 0;
    z.avail_out = z.output.length;
    const status = zlibInflate(z, Z_NO_FLUSH);
    pieces.push(z.output.subarray(0, z.next_out));
    left -= z.next_out;
    if (status === Z_STREAM_END || status !== Z_OK || z.avail_out > 0) break;
  }
  return concat(pieces);
}
