/** The bytes of a layer's blob as they come, held to the size that its descriptor says. */
import { concat, type Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';

/** Bytes of a piece at most. 64 KiB of gzip are at most 64 MiB, so progress is told even of a bomb. */
const PIECE = 64 * 1024;

/** Views of `bytes`, one after the other. */
export function* piecesOf(bytes: Bytes): Generator<Bytes> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

export class BlobReader {
  /** Reads as far as is needed to tell the compression. Fails with `unsupported`, `size-mismatch`, or as the stream does. */
  static async start(stream: ReadableStream<Uint8Array>, descriptor: Descriptor): Promise<BlobReader> {
    const blob = new BlobReader(stream, descriptor);
    try {
      await blob.#readHead();
    } catch (error) {
      blob.cancel(error);
      throw error;
    }
    return blob;
  }

  /** By looking at the first bytes. */
  compression: Compression = 'none';
  /** Bytes given by `pieces` so far. */
  received = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #descriptor: Descriptor;
  #head: Bytes = new Uint8Array();
  #read = 0;

  private constructor(stream: ReadableStream<Uint8Array>, descriptor: Descriptor) {
    this.#reader = stream.getReader();
    this.#descriptor = descriptor;
  }

  /** All bytes, in pieces of at most 64 KiB that the caller may keep. Fails with `size-mismatch`, or as the stream does. */
  async *pieces(): AsyncGenerator<Bytes> {
    for (let chunk: Bytes | null = this.#head; chunk !== null; chunk = await this.#next()) {
      for (const piece of piecesOf(chunk)) {
        this.received += piece.length;
        yield piece;
      }
    }
    if (this.#read !== this.#descriptor.size) this.#failSize();
  }

  /** Lets go of what was not read. */
  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {});
  }

  async #readHead(): Promise<void> {
    const chunks: Bytes[] = [];
    while (this.#read < SNIFF_LENGTH) {
      const chunk = await this.#next();
      if (chunk === null) break;
      chunks.push(chunk);
    }
    this.#head = concat(chunks);
    this.compression = sniff(this.#head.subarray(0, SNIFF_LENGTH));
  }

  async #next(): Promise<Bytes | null> {
    const { done, value } = await this.#reader.read();
    if (done) return null;
    this.#read += value.length;
    if (this.#read > this.#descriptor.size) this.#failSize();
    return value as Bytes;
  }

  #failSize(): never {
    const { digest, size } = this.#descriptor;
    fail({ code: 'size-mismatch', subject: 'layer', digest, expected: size, actual: this.#read });
  }
}
