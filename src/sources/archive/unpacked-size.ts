/** What a compressed file says of the size that it unpacks to: enough to tell whether there is room. */
import { Problem } from '../../base/problem.ts';
import { FRAME_MAGIC, frameHeaderLength, readFrameHeader } from '../../formats/zstd/frame.ts';

/** Bytes: a lower bound, as good as can be had at once. A claim of the file, but at least its own size. */
export async function unpackedSize(file: Blob, compression: 'gzip' | 'zstd'): Promise<number> {
  const claimed = compression === 'gzip' ? await gzipSize(file) : await zstdSize(file);
  return Math.max(claimed, file.size);
}

/** RFC 1952, section 2.3.1: ISIZE, the last four bytes, modulo 2^32; that of the last member only. */
async function gzipSize(file: Blob): Promise<number> {
  if (file.size < 18) return 0;
  const bytes = await file.slice(file.size - 4).arrayBuffer();
  const claimed = new DataView(bytes).getUint32(0, true);
  // Deflate makes at most 1032 bytes of one: what claims more is no gzip's end.
  return claimed <= file.size * 1032 ? claimed : 0;
}

/** RFC 8878, section 3.1.1.1.4: the content size of the first frame, where it is the file's only one. */
async function zstdSize(file: Blob): Promise<number> {
  const bytes = new Uint8Array(await file.slice(0, 4 + 14).arrayBuffer());
  if (bytes.length < 18 || new DataView(bytes.buffer).getUint32(0, true) !== FRAME_MAGIC) return 0;
  if (4 + frameHeaderLength(bytes[4]!) > bytes.length) return 0;
  try {
    return readFrameHeader(bytes, 4).contentSize ?? 0;
  } catch (error) {
    // Whoever unpacks it will say so.
    if (error instanceof Problem) return 0;
    throw error;
  }
}
