/** Content is put down as it comes, so that a later tab, or this one after a crash, goes on from there. */
import type { Descriptor } from '../formats/descriptor.ts';
import type { Store } from './browser/store.ts';

/** Bytes of a part: 8 MiB take 60 ms to write, of which the thread sees 5 (Chromium 156). */
export const PART = 8 * 1024 * 1024;
/** Milliseconds after which a smaller part is put down: what a killed tab may lose of a slow download. */
const PATIENCE = 1000;
/** The same two, where the reader holds all of it: writing then costs the opening more than a killed tab would lose. */
const RELAXED_PART = 64 * 1024 * 1024;
const RELAXED_PATIENCE = 2000;
/** Such a part has this share of what is there at least: a slow download must not become thousands of parts. */
const SHARE = 1 / 16;

/**
 * Puts down one content, from where its part ends. Of what it is given it keeps at most one part that is being gathered
 * and one that is being written. Where a write is refused it gives up: reading goes on.
 */
export class PuttingDown {
  readonly #store: Store;
  readonly #what: Descriptor;
  /** Bytes that were handed to the store, or were there. */
  #at: number;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #since = performance.now();
  #writing: Promise<void> = Promise.resolve();
  #hasGivenUp = false;
  #isRelaxed = false;

  constructor(store: Store, what: Descriptor, at: number) {
    this.#store = store;
    this.#what = what;
    this.#at = at;
  }

  /** The reader holds all of it, and hands it to the store itself. Only what comes slowly is put down. */
  relax(): void {
    this.#isRelaxed = true;
  }

  /** The stream has ended well. */
  async end(): Promise<void> {
    if (!this.#isRelaxed) await this.flush();
  }

  /** Waits for the part before, where that is still being written. `bytes` must stay as they are until then. */
  async add(bytes: Uint8Array): Promise<void> {
    // More than there should be: it is wrong, and whoever reads it will say so.
    if (this.#at + this.#length + bytes.length > this.#what.size) this.giveUp();
    if (this.#hasGivenUp) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    const [most, patience] = this.#isRelaxed ? [RELAXED_PART, RELAXED_PATIENCE] : [PART, PATIENCE];
    const isLate = performance.now() - this.#since >= patience && this.#length >= this.#at * SHARE;
    if (this.#length >= most || isLate) await this.flush();
  }

  /** Begins to write what is left, once the part before is written. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#hasGivenUp || this.#length === 0) return;
    const blob = new Blob(this.#pieces as BlobPart[]);
    // Somebody has transferred a piece away.
    if (blob.size !== this.#length) return this.giveUp();
    const at = this.#at;
    this.#at += this.#length;
    this.#pieces = [];
    this.#length = 0;
    this.#since = performance.now();
    this.#writing = this.#store.extend(this.#what.digest, at, blob).then((done) => {
      if (!done) this.giveUp();
    });
  }

  giveUp(): void {
    this.#hasGivenUp = true;
    this.#pieces = [];
    this.#length = 0;
  }

  /** Once all that was added is written, or refused. */
  async settle(): Promise<void> {
    await this.flush();
    await this.#writing;
  }

  /** True where all of the content stands in the store now, as it was handed on; after the last write. */
  async isWhole(): Promise<boolean> {
    await this.settle();
    return !this.#hasGivenUp && this.#at === this.#what.size;
  }
}
