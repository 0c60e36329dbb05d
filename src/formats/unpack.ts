/** Unpacks a layer as its bytes come, whatever it is compressed with. */
import { unreachable } from '../base/assert.ts';
import type { Compression } from './compression.ts';
import { GzipUnpacker } from './gzip/gzip-unpacker.ts';
import type { SeekPoints } from './seek-points.ts';
import type { OnOutput, Unpacker, UnpackOptions } from './unpacker.ts';
import { ZstdUnpacker } from './zstd/zstd-unpacker.ts';

export function createUnpacker(
  compression: Compression,
  onOutput: OnOutput,
  options: UnpackOptions = {},
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
