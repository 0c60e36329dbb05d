/** From the bytes of a tar to a layer's index: the stage that a first look and a whole reading share. */
import { Problem } from '../base/problem.ts';
import type { Compression } from '../formats/compression.ts';
import { hopThrough, type HopOptions } from '../formats/tar/hop.ts';
import { TarParser } from '../formats/tar/parser.ts';
import type { LayerIndex } from './layer-index.ts';
import { LayerIndexBuilder } from './layer-index-builder.ts';

export class LayerTable {
  readonly #builder = new LayerIndexBuilder();
  readonly #tar = new TarParser((entry) => this.#builder.add(entry), undefined, 'ignored');
  #problem: Problem | null = null;

  get entries(): number {
    return this.#builder.count;
  }

  /** What the input did wrong, if it did. Told when the blob's own digest is known to be right; `too-large` at once. */
  get problem(): Problem | null {
    return this.#problem;
  }

  push(bytes: Uint8Array): void {
    this.attempt(() => this.#tar.push(bytes));
  }

  /** All of a plain tar that is at hand, but for the data between its headers. */
  async hop(blob: Blob, options: HopOptions): Promise<void> {
    try {
      await hopThrough(blob, this.#tar, options);
    } catch (error) {
      this.attempt(() => {
        throw error;
      });
    }
  }

  end(): void {
    this.attempt(() => this.#tar.end());
  }

  /**
   * Runs a step that reads the layer's bytes. A blob that was damaged on its way is to be called that, not what the
   * damage looks like once unpacked: so the first problem is kept, and no step runs after it. But `too-large` is thrown:
   * damage all but never looks like that, and the rest of such a blob may be gigabytes.
   */
  attempt(step: () => void): void {
    if (this.#problem !== null) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#problem = error;
      if (error.failure.code === 'too-large') throw error;
    }
  }

  /** Throws the problem, if there is one. */
  index(compression: Compression, unpackedSize: number): LayerIndex {
    if (this.#problem !== null) throw this.#problem;
    return this.#builder.finish({ compression, unpackedSize });
  }
}
