import { fail } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import { NO_ACCESS, type Access } from '../access.ts';
import type { LocalOrigin } from '../origin.ts';
import type { Place } from '../place.ts';
import { referralsAmong } from '../referrals-among.ts';
import type { Referrals } from '../referrals.ts';
import type { OpenOptions } from '../source.ts';
import { streamOf } from './gone-file.ts';
import type { Archive } from './archive.ts';

/** One image of an archive: slices of a file, wherever it lies. */
export class ArchiveSource implements Place {
  readonly #origin: LocalOrigin;
  readonly #archive: Archive;

  constructor(origin: LocalOrigin, archive: Archive) {
    this.#origin = origin;
    this.#archive = archive;
  }

  /** Of the archive only what another thread is to read. */
  access(what: Descriptor): Access {
    const blob = this.#archive.blobs.get(what.digest);
    const blobs = new Map(blob === undefined ? [] : [[what.digest, blob]]);
    return { ...NO_ACCESS, archive: { ...this.#archive, images: [], remarks: [], blobs } };
  }

  /** The named image, else the only one. Fails with `not-found` where there is none such, or none alone. */
  async resolve(signal: AbortSignal): Promise<Descriptor> {
    await Promise.resolve();
    signal.throwIfAborted();
    const { name = '' } = this.#origin;
    const { images } = this.#archive;
    const found =
      name === '' && images.length === 1 ? images[0] : images.find((image) => image.name === name);
    if (found !== undefined) return found.root;
    return fail({ code: 'not-found', what: 'image', name, offered: images.map((image) => image.name) });
  }

  async referrals(what: Descriptor, signal: AbortSignal): Promise<Referrals> {
    const listed = this.#archive.images.map(({ root, names }) => ({ descriptor: root, names }));
    return { found: await referralsAmong(listed, this, what, signal), hasApi: null };
  }

  async open(
    what: Descriptor,
    { signal, range, fleeting }: OpenOptions,
  ): Promise<ReadableStream<Uint8Array>> {
    await Promise.resolve();
    signal.throwIfAborted();
    const blob = this.blob(what) ?? fail({ code: 'not-found', what: 'blob', name: what.digest });
    const part = range === undefined ? blob : blob.slice(range.start, range.end);
    return streamOf(part, this.#origin.file, fleeting);
  }

  lacks({ digest, data }: Descriptor): boolean {
    return data === undefined && !this.#archive.blobs.has(digest);
  }

  blob(what: Descriptor): Blob | null {
    return this.#archive.blobs.get(what.digest) ?? null;
  }
}
