import { streamOf } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import type { OpenOptions, Source } from './source.ts';

/** An image whose blobs are in memory already. Of what it does not have it says `not-found`. */
export class MemorySource implements Source {
  readonly #root: Descriptor;
  readonly #blobs: ReadonlyMap<Digest, Uint8Array>;

  /** `root`: the manifest or index. */
  constructor(root: Descriptor, blobs: ReadonlyMap<Digest, Uint8Array>) {
    this.#root = root;
    this.#blobs = blobs;
  }

  resolve(signal: AbortSignal): Promise<Descriptor> {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      resolve(this.#root);
    });
  }

  open({ digest }: Descriptor, { signal, range }: OpenOptions): Promise<ReadableStream<Uint8Array>> {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      const bytes = this.#blobs.get(digest) ?? fail({ code: 'not-found', what: 'blob', name: digest });
      resolve(streamOf(range === undefined ? bytes : bytes.subarray(range.start, range.end)));
    });
  }
}
