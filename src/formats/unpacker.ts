/** Unpacks a layer as its bytes come, whatever it is compressed with. */
import { unreachable } from '../base/assert.ts';
import type { Compression } from './compression.ts';
import { GzipUnpacker } from './gzip.ts';
import type { SeekPoints, SeekPointOptions } from './seek-points.ts';
import { ZstdUnpacker } from './zstd.ts';

/** Takes what was unpacked. The bytes stand in a buffer that is used again: copy what is to be kept. */
export type OnOutput = (bytes: Uint8Array) => void;

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
  /** Bytes after the end of the compressed data that are not padding, and were ignored. See gzip.ts. */
  readonly ignored: number;
  /** Where reading may start again, so far; null for content that is not compressed. */
  seekPoints(): SeekPoints | null;
}

export type UnpackerOptions = SeekPointOptions;

export function createUnpacker(
  compression: Compression,
  onOutput: OnOutput,
  options: UnpackerOptions = {},
): Unpacker {
  switch (compression) {
    case 'none':
      return new PlainUnpacker(onOutput);
    case 'gzip':
      return new GzipUnpacker(onOutput, options);
    case 'zstd':
      return new ZstdUnpacker(onOutput, options);
    default:
      return unreachable(compression);
  }
}

/**
 * Goes on from seek point `point`: push what stands from byte `points.input[point]` of the blob on, and byte
 * `points.output[point]` of the unpacked content is the first to come out. Stop pushing when you have enough; call
 * `end` only at the content's end. It makes no seek points, and cannot check the checksum of the first gzip member.
 */
export function resumeUnpacker(
  compression: 'gzip' | 'zstd',
  points: SeekPoints,
  point: number,
  onOutput: OnOutput,
): Unpacker {
  // A zstd frame depends on nothing before it (no dictionaries here): to resume is to start.
  return compression === 'gzip' ? GzipUnpacker.resume(points, point, onOutput) : new ZstdUnpacker(onOutput);
}

class PlainUnpacker implements Unpacker {
  readonly #onOutput: OnOutput;
  produced = 0;
  readonly ignored = 0;

  constructor(onOutput: OnOutput) {
    this.#onOutput = onOutput;
  }

  push(chunk: Uint8Array): void {
    this.produced += chunk.length;
    if (chunk.length > 0) this.#onOutput(chunk);
  }

  end(): void {}

  seekPoints(): null {
    return null;
  }
}
