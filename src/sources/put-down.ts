/** Content is put down as it comes, so that a later tab, or this one after a crash, goes on from there. */
import type { Descriptor } from '../formats/descriptor.ts';
import type { Store } from './browser/store.ts';

/** Bytes of a part: 8 MiB take 60 ms to write, of which the thread sees 5 (Chromium 156). */
export const PART = 8 * 1024 * 1024;
/** Milliseconds after which a smaller part is put down: what a killed tab may lose of a slow download. */
const PATIENCE = 1000;
/** The same, where the reader holds all of it: writing then costs the opening more than a killed tab would lose. */
const HELD_PATIENCE = 2000;
/** The same where it comes fast: what is lost is soon fetched again. Bytes in a millisecond. */
const FAST_PATIENCE = 10_000;
const FAST = 8000;
/** Such a part has this share of what is there at least: a slow download must not become thousands of parts. */
const SHARE = 1 / 16;

/**
 * Puts down one content, from where its part ends. Of what it is given it keeps at most one part that is being gathered
 * and one that is being written. Where a write is refused it gives up: reading goes on.
 */
export class PuttingDown {
  readonly #store: Store;
  readonly #what: Descriptor;
  /** Bytes of the content that were handed to the store, or were there. */
  #at: number;
  /** Bytes of it that have come, or were there. */
  #seen: number;
  /** Those between the two; null where the reader has them. */
  #pieces: Uint8Array[] | null = [];
  /** All of the content, as the reader has it; at a new piece, and at the end, all that came before is there. */
  #held: Uint8Array | null = null;
  /** Bytes of it that are there for sure. */
  #sure: number;
  #since = performance.now();
  #writing: Promise<void> = Promise.resolve();
  #hasGivenUp = false;
  readonly #fleeting: boolean;

  /** `fleeting`: what is added is good until the next is. */
  constructor(store: Store, what: Descriptor, at: number, fleeting = false) {
    this.#fleeting = fleeting;
    this.#store = store;
    this.#what = what;
    this.#at = this.#seen = this.#sure = at;
  }

  /**
   * The reader gathers all of it in `held`, from its first byte, and hands it to the store itself. Only what comes slowly
   * is put down, out of that.
   */
  hold(held: Uint8Array): void {
    this.#held = held;
    this.#pieces = null;
  }

  /** The stream has ended: well, or broken, or its reader wants no more. What is not in the store then is put there. */
  async end(how: 'whole' | 'broken' | 'cancelled'): Promise<void> {
    if (this.#held !== null && how === 'whole') return;
    // Who broke off in the middle of a piece may not have all of it.
    if (how !== 'cancelled') this.#sure = this.#seen;
    await this.flush();
    if (how !== 'whole') await this.#writing;
  }

  /** Waits for the part before, where that is still being written. `bytes` must stay as they are until then, unless they are fleeting. */
  async add(bytes: Uint8Array): Promise<void> {
    // More than there should be: it is wrong, and whoever reads it will say so.
    if (this.#seen + bytes.length > this.#what.size) this.giveUp();
    if (this.#hasGivenUp) return;
    // Who asks for more has done with what came before.
    this.#sure = this.#seen;
    this.#seen += bytes.length;
    this.#pieces?.push(this.#fleeting ? bytes.slice() : bytes);
    const length = this.#ready - this.#at;
    const waited = performance.now() - this.#since;
    const isLate = waited >= this.#patience(length / waited) && length >= this.#at * SHARE;
    if (isLate || (this.#held === null && length >= PART)) await this.flush();
  }

  /** `rate`: bytes in a millisecond. */
  #patience(rate: number): number {
    if (this.#held === null) return PATIENCE;
    return rate > FAST ? FAST_PATIENCE : HELD_PATIENCE;
  }

  /** Bytes of the content that can be written. */
  get #ready(): number {
    return this.#held === null ? this.#seen : this.#sure;
  }

  /** Begins to write what there is, once the part before is written. */
  async flush(): Promise<void> {
    await this.#writing;
    const [at, end] = [this.#at, this.#ready];
    if (this.#hasGivenUp || end === at) return;
    const blob = new Blob((this.#pieces ?? [this.#held!.subarray(at, end)]) as BlobPart[]);
    // Somebody has transferred the bytes away.
    if (blob.size !== end - at) return this.giveUp();
    this.#at = end;
    if (this.#pieces !== null) this.#pieces = [];
    this.#since = performance.now();
    this.#writing = this.#store.extend(this.#what.digest, at, blob).then((done) => {
      if (!done) this.giveUp();
    });
  }

  giveUp(): void {
    this.#hasGivenUp = true;
    this.#pieces = this.#held = null;
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
