/** Reads a tar whose bytes are at hand (a Blob's) by its headers: large data between them are not read. */
import { bytesOf } from '../../base/blob-bytes.ts';
import type { TarParser } from './parser.ts';

/**
 * Bytes of data that are worth a jump: to begin reading elsewhere costs some milliseconds, in which a browser reads
 * about as much from front to back.
 */
const WORTH_A_JUMP = 2 * 1024 * 1024;

export interface HopOptions {
  readonly signal: AbortSignal;
  /** Hears where reading stands, in bytes. */
  readonly onProgress?: (offset: number) => void;
}

/**
 * Pushes into `parser` all of `blob` but large data, which it jumps over, and calls `end`. What `parser` says of a
 * tar this way is what it says of one that was pushed whole, but for `onData`. Fails with what the parser fails with;
 * a Blob that cannot be read any more rejects as the browser has it.
 */
export async function hopThrough(
  blob: Blob,
  parser: TarParser,
  { signal, onProgress }: HopOptions,
): Promise<void> {
  let at = 0;
  while (at < blob.size) {
    for await (const bytes of bytesOf(blob.slice(at))) {
      signal.throwIfAborted();
      parser.push(bytes);
      at += bytes.length;
      onProgress?.(at);
      if (parser.skippable >= WORTH_A_JUMP) break;
    }
    const skipped = Math.min(parser.skippable, blob.size - at);
    parser.skip(skipped);
    at += skipped;
    onProgress?.(at);
  }
  signal.throwIfAborted();
  parser.end();
}
