/** A file that is being made for a person: on their disk as it comes, where the browser lets a page do that, else in Blobs. */
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';

/** File System Access (WICG): where to on the disk, and null for Blobs. It may cross to a thread. */
export type Destination = FileSystemFileHandle | null;

/** Bytes that are gathered before they go anywhere: each write crosses to another process. */
const BLOCK = 4 * 1024 * 1024;

export class NewFile {
  readonly #disk: FileSystemWritableFileStream | null;
  readonly #blobs: Blob[] = [];
  #block = new Uint8Array(BLOCK);
  #filled = 0;
  /** Blocks that are to be written. */
  #waiting: Bytes[] = [];
  /** Bytes so far. */
  length = 0;

  private constructor(disk: FileSystemWritableFileStream | null) {
    this.#disk = disk;
  }

  static async begin(to: Destination): Promise<NewFile> {
    return new NewFile(to === null ? null : await to.createWritable());
  }

  /** More is held than should be: `flush` before the next `push`. */
  get isFull(): boolean {
    return this.#waiting.length > 0;
  }

  /** Copies the bytes. */
  push(bytes: Uint8Array): void {
    this.length += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + BLOCK - this.#filled);
      this.#block.set(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end), this.#filled);
      this.#filled += end - at;
      at = end;
      if (this.#filled < BLOCK) return;
      this.#waiting.push(this.#block);
      this.#block = new Uint8Array(BLOCK);
      this.#filled = 0;
    }
  }

  /** Fails with `quota` where the disk is full. */
  async flush(): Promise<void> {
    for (const block of this.#waiting.splice(0)) {
      if (this.#disk === null) this.#blobs.push(new Blob([block]));
      else await inRoom(this.#disk.write(block));
    }
  }

  /** All of it is there now: on the disk (null), or in the Blob. */
  async end(): Promise<Blob | null> {
    this.#waiting.push(this.#block.subarray(0, this.#filled));
    await this.flush();
    if (this.#disk !== null) await inRoom(this.#disk.close());
    // No type: what is in an image must never be opened by the browser on this page's behalf.
    return this.#disk === null ? new Blob(this.#blobs, { type: 'application/octet-stream' }) : null;
  }

  /** There is to be no such file. Never rejects. */
  async abandon(): Promise<void> {
    await this.#disk?.abort().catch(() => {});
  }
}

async function inRoom(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') fail({ code: 'quota' });
    throw error;
  }
}
