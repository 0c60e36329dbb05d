/** zstd (RFC 8878). */
import { Decompress } from 'fzstd';
import { fail } from '../base/problem.ts';
import { SeekPointLog, type SeekPointOptions, type SeekPoints } from './seek-points.ts';
import type { OnOutput, Unpacker } from './unpacker.ts';

export class ZstdUnpacker implements Unpacker {
  readonly #decoder: Decompress;
  readonly #log: SeekPointLog;
  produced = 0;
  readonly ignored = 0;

  constructor(onOutput: OnOutput, options: SeekPointOptions = {}) {
    this.#log = new SeekPointLog(options);
    this.#log.add({ input: 0, output: 0, bits: 0, hold: 0, window: null });
    this.#decoder = new Decompress((bytes) => {
      this.produced += bytes.length;
      if (bytes.length > 0) onOutput(bytes);
    });
  }

  push(chunk: Uint8Array): void {
    this.#push(chunk, false);
  }

  end(): void {
    this.#push(new Uint8Array(0), true);
  }

  seekPoints(): SeekPoints {
    return this.#log.points();
  }

  #push(chunk: Uint8Array, final: boolean): void {
    try {
      this.#decoder.push(chunk, final);
    } catch (cause) {
      fail(
        { code: 'malformed', format: 'zstd', reason: cause instanceof Error ? cause.message : 'damaged' },
        { cause },
      );
    }
  }
}
