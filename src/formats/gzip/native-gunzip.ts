/**
 * The browser's own inflate, which is one and a half times faster than pako. It takes one gzip member only, and fails at a
 * second one or at trailing bytes (Compression Streams, "gzip": anything after the end is an error); it makes no seek
 * points and does not say what is wrong. So it is for a first look, and pako has the last word.
 */

import type { Bytes } from '../../base/bytes.ts';

/** The browser's inflate would not go on: more than one member, trailing bytes, or damage. It does not say which. */
export class NativeRefusal extends Error {
  override readonly name = 'NativeRefusal';
}

/** Bytes of one write: each costs a turn of two streams, so they are large where they can be. */
const MIN_PIECE = 4 * 1024;
const MAX_PIECE = 256 * 1024;
/** Bytes that one write should unpack to. */
const OUTPUT_OF_PIECE = 2 * 1024 * 1024;

export class NativeGunzip {
  static get available(): boolean {
    return typeof DecompressionStream === 'function';
  }

  readonly #writer: WritableStreamDefaultWriter<BufferSource>;
  readonly #reading: Promise<void>;
  /** What `onOutput` threw. */
  #thrown: { readonly error: unknown } | null = null;
  produced = 0;
  #pushed = 0;

  /** `onOutput` owns what it gets, and may `release` it. What it throws is a bug (or memory that is not there): `push` and `end` throw it. */
  constructor(onOutput: (bytes: Bytes) => void) {
    const { readable, writable } = new DecompressionStream('gzip');
    this.#writer = writable.getWriter();
    this.#reading = this.#read(readable.getReader(), onOutput);
    // Both sides of the stream tell of the same refusal; `push` and `end` are where it is heard.
    this.#reading.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  /** Resolves when there is room for more. Fails with NativeRefusal, then and ever after. */
  async push(chunk: Bytes): Promise<void> {
    try {
      for (let at = 0; at < chunk.length;) {
        await this.#writer.ready;
        const end = Math.min(chunk.length, at + this.#pieceLength());
        // Not awaited: `ready` is the back-pressure, and a write is done only when all that it gave has been read.
        this.#writer.write(chunk.subarray(at, end)).catch(() => {});
        this.#pushed += end - at;
        at = end;
      }
    } catch (error) {
      this.#refuse('write', error);
    }
  }

  /** All that one write unpacks to is in memory at once, so it is small where much comes of little. */
  #pieceLength(): number {
    const ratio = (this.produced + 1) / (this.#pushed + 1);
    return Math.max(MIN_PIECE, Math.min(MAX_PIECE, Math.floor(OUTPUT_OF_PIECE / ratio)));
  }

  /** The content has ended. Resolves when all output has been given. Fails with NativeRefusal. */
  async end(): Promise<void> {
    try {
      await this.#writer.close();
      await this.#reading;
    } catch (error) {
      this.#refuse('close', error);
    }
  }

  /** Lets go of it; nothing more is given. */
  stop(): void {
    this.#writer.abort().catch(() => {});
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    onOutput: (bytes: Bytes) => void,
  ): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.produced += value.length;
      try {
        onOutput(value as Bytes);
      } catch (error) {
        this.#thrown = { error };
        // Nobody reads on: a writer that waits for room would wait for ever.
        await reader.cancel(error);
        throw error;
      }
    }
  }

  #refuse(at: string, cause: unknown): never {
    if (this.#thrown !== null) throw this.#thrown.error;
    throw new NativeRefusal(at, { cause });
  }
}
