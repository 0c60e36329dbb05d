/** What unpacks: the seam that gzip, zstd and plain content share. `unpack.ts` makes one. */
import type { SeekPointOptions, SeekPoints } from './seek-points.ts';

/** Takes what was unpacked. The bytes stand in a buffer that is used again: copy what is to be kept. */
export type OnOutput = (bytes: Uint8Array) => void;

export interface UnpackOptions extends SeekPointOptions {
  /**
   * False: the checksums that the content has of itself are passed over (a sixth of the time): it was all read before. Who reads
   * it for the first time looks at them, as whoever runs the image will.
   */
  readonly checksums?: boolean;
}

/**
 * Push in, push out, all of it synchronous: made for a worker. Memory does not grow with the content. After a throw
 * the unpacker is dead.
 */
export interface Unpacker {
  /**
   * Unpacks `chunk`. How the content is cut does not matter. 64 KiB of gzip become at most 64 MiB, but of zstd up to
   * 2 GiB (an RLE block: 4 bytes for 128 KiB), in pieces. Fails with `malformed`, `unsupported`, `too-large`.
   */
  push(chunk: Uint8Array): void;
  /** The content has ended. Fails with `malformed` where it must not end here. */
  end(): void;
  /** Bytes handed out so far. */
  readonly produced: number;
  /** Bytes after the end of the compressed data that are not padding, and were ignored. See gzip-unpacker.ts. */
  readonly ignored: number;
  /** Where reading may start again, so far; null for content that is not compressed. */
  seekPoints(): SeekPoints | null;
}
