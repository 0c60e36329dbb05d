/** The bytes of one layer's tar from front to back, each part of the layer read once: for those who want much of it. */
import { fail } from '../base/problem.ts';
import type { Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import type { Content } from '../sources/source.ts';
import { verified } from '../sources/verified.ts';
import { tarBytes } from './contents.ts';
import type { Stretch } from './file-place.ts';

/** A stretch of the tar, and what reading it begins with, as `pointsAround` gives it. */
export interface LayerStretch extends Stretch {
  readonly points: SeekPoints | null;
}

export interface LayerToRead {
  readonly descriptor: Descriptor;
  readonly compression: Compression;
  /** Ascending, apart. All that is asked for is within one of them. */
  readonly stretches: readonly LayerStretch[];
}

export class LayerBytes {
  readonly #layer: LayerToRead;
  readonly #signal: AbortSignal;
  readonly #content: Content;
  /** All of the blob is read, and found right at its end. */
  readonly #checks: boolean;
  #next = 0;
  #to = 0;
  #at = 0;
  #pieces: AsyncGenerator<Uint8Array<ArrayBuffer>> | null = null;
  #rest = new Uint8Array(0);

  /** `isRight`: what `content` gives has been found right, and no more of it is read than is wanted. */
  constructor(content: Content, layer: LayerToRead, isRight: boolean, signal: AbortSignal) {
    this.#signal = signal;
    this.#checks = !isRight;
    this.#layer = isRight ? layer : { ...layer, stretches: [{ from: 0, to: Infinity, points: null }] };
    this.#content = isRight ? content : checking(content);
  }

  /** Bytes of the tar, at least 1, at most `to - from`: views that are good until the next call. Calls ascend. */
  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#pieces === null || from >= this.#to) await this.#open();
    for (;;) {
      const skipped = Math.min(from - this.#at, this.#rest.length);
      this.#at += skipped;
      this.#rest = this.#rest.subarray(skipped);
      if (this.#rest.length > 0) break;
      await this.#more();
    }
    const taken = this.#rest.subarray(0, to - from);
    this.#at += taken.length;
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** All bytes of the tar, in pieces of at most `length`, as `read` gives them; then it is at its end. */
  async *all(length: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    await this.#open();
    for (;;) {
      const { done, value } = await this.#pieces!.next();
      if (done) return this.#settle();
      for (let at = 0; at < value.length; at += length) yield value.subarray(at, at + length);
    }
  }

  /** No more is wanted. Fails with `digest-mismatch` or `size-mismatch` where the layer was not known to be right and is not. */
  async end(): Promise<void> {
    if (!this.#checks) return this.stop();
    if (this.#pieces === null) await this.#open();
    while (!(await this.#pieces!.next()).done);
    await this.#settle();
  }

  async stop(): Promise<void> {
    await this.#pieces?.return(undefined);
  }

  async #open(): Promise<void> {
    await this.stop();
    const stretch = this.#layer.stretches[this.#next++];
    if (stretch === undefined) throw new Error('bug: bytes that were not announced');
    const { descriptor, compression } = this.#layer;
    this.#at = stretch.from;
    this.#to = stretch.to;
    this.#rest = new Uint8Array(0);
    this.#pieces = tarBytes(this.#content, descriptor, compression, stretch.points, stretch, this.#signal);
  }

  async #settle(): Promise<void> {
    if (this.#checks) await this.#content.seal?.(this.#layer.descriptor);
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#pieces!.next();
    if (done) fail({ code: 'malformed', format: 'tar', reason: 'unexpected end in a file' });
    this.#rest = value;
  }
}

/** The same content, opened whole, and found right at its end or not. */
function checking(content: Content): Content {
  return {
    open: async (what, { signal }) => verified(await content.open(what, { signal }), what, 'layer'),
    seal: async (what) => content.seal?.(what),
  };
}
