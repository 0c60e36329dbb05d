/**
 * Reads a stream of the browser's, into one buffer of ours again and again where each piece may be fleeting: fresh memory for each
 * takes twice as long.
 */

/** Bytes that are asked for at once; what comes may be less. */
const READ = 1024 * 1024;

/**
 * Readers in use. Chromium 156 collects a reader with its own buffer in the middle of a read where nothing but the read
 * itself leads to it: whoever waits for that waits for ever (one in thousands of reads; none where something holds it).
 */
const inUse = new Set<PieceReader>();

export class PieceReader {
  readonly #own: ReadableStreamBYOBReader | null;
  readonly #plain: ReadableStreamDefaultReader<Uint8Array> | null;
  #buffer: ArrayBuffer;

  /**
   * `fleeting`: a piece is good until the next is asked for. Where the browser has no reader for that, or none for this stream,
   * each piece has memory of its own all the same.
   */
  constructor(stream: ReadableStream<Uint8Array>, fleeting: boolean) {
    this.#own = fleeting ? ownReader(stream) : null;
    this.#plain = this.#own === null ? stream.getReader() : null;
    this.#buffer = new ArrayBuffer(this.#own === null ? 0 : READ);
    inUse.add(this);
  }

  /** Null at the end. Rejects as the browser has it. */
  async read(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await (this.#own?.read(new Uint8Array(this.#buffer)) ?? this.#plain!.read());
      if (done || value === undefined) {
        inUse.delete(this);
        return null;
      }
      if (this.#own !== null) this.#buffer = value.buffer as ArrayBuffer;
      return value;
    } catch (error) {
      inUse.delete(this);
      throw error;
    }
  }

  /** Nobody reads on. */
  async cancel(): Promise<void> {
    inUse.delete(this);
    await (this.#own ?? this.#plain!).cancel();
  }
}

function ownReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}
