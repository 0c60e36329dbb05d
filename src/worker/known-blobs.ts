/** Layers that a thread has read from: the store is not asked for each file again. */
import type { Digest } from '../formats/digest.ts';

/** A handle holds no bytes; an image that is looked at has few layers that matter. */
const MOST = 32;

/**
 * Only of layers that were found right since the page was loaded: what is kept of those is not replaced any more. One that cannot
 * be read, because the site's data was cleared, is to be forgotten.
 */
export class KnownBlobs {
  readonly #blobs = new Map<Digest, Blob>();

  get(layer: Digest): Blob | null {
    return this.#blobs.get(layer) ?? null;
  }

  set(layer: Digest, blob: Blob): void {
    if (this.#blobs.size >= MOST) this.#blobs.clear();
    this.#blobs.set(layer, blob);
  }

  forget(layer: Digest): void {
    this.#blobs.delete(layer);
  }
}
