/** SHA-256 of files of one layer, on one way through it. */
import type { FilesPlan } from '../files-plan.ts';
import { FilesThrough } from '../files-through.ts';
import { Sha256 } from '../../formats/sha256.ts';

/** Bytes of one hash. */
export const HASH = 32;

/** Zeros of a hole are hashed as they would be read, so many at once. */
const ZEROS = new Uint8Array(64 * 1024);

export class FileHashes extends FilesThrough {
  /** Of each file of the plan, in its order: `HASH` bytes. */
  readonly all: Uint8Array<ArrayBuffer>;
  #hash = new Sha256();
  #i = 0;

  constructor(plan: FilesPlan) {
    super(plan);
    this.all = new Uint8Array(plan.ids.length * HASH);
  }

  protected override begin(_: number, i: number): void {
    this.#i = i;
    this.#hash = new Sha256();
  }

  protected override take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  protected override takeHole(length: number): void {
    for (let left = length; left > 0; left -= ZEROS.length) this.#hash.update(ZEROS.subarray(0, left));
  }

  protected override finish(): void {
    this.all.set(this.#hash.digest(), this.#i * HASH);
  }
}
