/** What is read of a file before its layer has been found right: read once more when that is so, and held against it. */
import type { Digest } from '../formats/digest.ts';
import { digestOf } from '../formats/hash.ts';
import type { FilePart } from './file-reading.ts';

/** Stretches, and bytes of them, that are worth it; of more the view begins anew. */
const MOST = 256;
const MOST_BYTES = 64 * 1024 * 1024;

export type Read = (start: number, end: number, signal: AbortSignal) => Promise<FilePart>;

interface Unchecked {
  readonly start: number;
  readonly end: number;
  readonly digest: Promise<Digest>;
}

/** `same`: all that was shown is right. `other`: it is not, or was too much. `unknown`: the layer is not where it can be read. */
export type Confirmation = 'same' | 'other' | 'unknown';

export class UncheckedReads {
  readonly #read: Read;
  readonly #unchecked: Unchecked[] = [];
  #bytes = 0;

  /** `read` gives any stretch of the file. */
  constructor(read: Read) {
    this.#read = read;
  }

  /** As the given one. */
  async read(start: number, end: number, signal: AbortSignal): Promise<FilePart> {
    const part = await this.#read(start, end, signal);
    if (part.verified || part.atHand) return part;
    this.#bytes += part.bytes.length;
    // Copied at once: whoever gets the bytes may give them away.
    if (this.#unchecked.length <= MOST) {
      const digest = digestOf(part.bytes.slice(), 'sha256');
      this.#unchecked.push({ start, end, digest });
    }
    return part;
  }

  /** To be asked when the layer has been found right. Rejects as reading does. */
  async confirm(signal: AbortSignal): Promise<Confirmation> {
    if (this.#unchecked.length > MOST || this.#bytes > MOST_BYTES) return 'other';
    for (const { start, end, digest } of this.#unchecked) {
      const { bytes, verified } = await this.#read(start, end, signal);
      if (!verified) return 'unknown';
      if ((await digestOf(bytes, 'sha256')) !== (await digest)) return 'other';
    }
    return 'same';
  }
}
