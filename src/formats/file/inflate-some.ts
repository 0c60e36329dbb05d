/** Small deflated things, of which no more is unpacked than is wanted. */
import { concat, type Bytes } from '../../base/bytes.ts';
import { DeflateFault } from '../deflate/fault.ts';
import { Inflate } from '../deflate/inflate.ts';

/** Bytes that are taken at once: they are a MiB at most. */
const PIECE = 1024;

/** At most `most` bytes of what `bytes` unpack to; what came before a fault, where there is one. */
export function inflateSome(bytes: Uint8Array, wrapping: 'zlib' | 'raw', most: number): Bytes {
  const pieces: Uint8Array[] = [];
  const inflate = new Inflate((piece) => pieces.push(piece.slice()));
  const start = wrapping === 'raw' ? 0 : zlibHeaderLength(bytes);
  try {
    for (let at = start; at < bytes.length && !inflate.isDone && inflate.produced < most; at += PIECE) {
      inflate.push(bytes.subarray(at, at + PIECE), 0);
    }
  } catch (error) {
    if (!(error instanceof DeflateFault)) throw error;
  }
  inflate.flush();
  return concat(pieces).subarray(0, most);
}

/** RFC 1950, section 2.2. All of `bytes` where they do not begin with one, or want a dictionary. */
function zlibHeaderLength(bytes: Uint8Array): number {
  const [method = 0, flags = 0] = bytes;
  const isRight = (method & 15) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0;
  return isRight && (flags & 32) === 0 ? 2 : bytes.length;
}
