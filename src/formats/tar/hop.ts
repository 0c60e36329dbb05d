/** Reads a tar whose bytes are at hand (a Blob's) by its headers alone: the data between them are not read. */
import type { TarParser } from './parser.ts';

/**
 * Bytes of one read. The first after a jump is small, for a header alone may be wanted; where entries stand close, each
 * read is twice the last, up to what makes the cost of asking small beside that of copying.
 */
const FIRST_READ = 64 * 1024;
const LONGEST_READ = 1024 * 1024;

export interface HopOptions {
  readonly signal: AbortSignal;
  /** Hears where reading stands, in bytes. */
  readonly onProgress?: (offset: number) => void;
}

/**
 * Pushes into `parser` all of `blob` but the data that it would have to jump over, and calls `end`. What `parser` says of a
 * tar this way is what it says of one that was pushed whole, but for `onData`. Fails with what the parser fails with;
 * a Blob that cannot be read any more rejects as the browser has it.
 */
export async function hopThrough(
  blob: Blob,
  parser: TarParser,
  { signal, onProgress }: HopOptions,
): Promise<void> {
  let at = 0;
  let length = FIRST_READ;
  while (at < blob.size) {
    signal.throwIfAborted();
    const chunk = new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
    parser.push(chunk);
    at += chunk.length;
    const skipped = Math.min(parser.skippable, blob.size - at);
    parser.skip(skipped);
    at += skipped;
    length = skipped > 0 ? FIRST_READ : Math.min(length * 2, LONGEST_READ);
    onProgress?.(at);
  }
  signal.throwIfAborted();
  parser.end();
}
