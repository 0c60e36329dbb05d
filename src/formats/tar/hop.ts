/** Reads a tar whose bytes are at hand (a Blob's) by its headers: data between them are not read where they are large. */
import { bytesAt } from '../../base/blob-bytes.ts';
import { release } from '../../base/release.ts';
import type { TarParser } from './parser.ts';

/**
 * Bytes of a read. A read costs as much as the bytes that a browser reads meanwhile, about half a megabyte: after a jump
 * little is read, as there may be another one soon; where there is none, more and more.
 */
const FIRST_READ = 256 * 1024;
const LARGEST_READ = 4 * 1024 * 1024;

export interface HopOptions {
  readonly signal: AbortSignal;
  /** Hears where reading stands, in bytes. */
  readonly onProgress?: (offset: number) => void;
}

/**
 * Pushes into `parser` all of `blob` but what it may skip, and calls `end`. What `parser` says of a tar this way is what
 * it says of one that was pushed whole, but for `onData`. Fails with what the parser fails with; a Blob that cannot be
 * read any more rejects as the browser has it.
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
    const bytes = await bytesAt(blob, at, at + length);
    parser.push(bytes);
    at += bytes.length;
    release(bytes);
    const skipped = Math.min(parser.skippable, blob.size - at);
    parser.skip(skipped);
    at += skipped;
    length = skipped > FIRST_READ ? FIRST_READ : Math.min(length * 2, LARGEST_READ);
    onProgress?.(at);
  }
  signal.throwIfAborted();
  parser.end();
}
