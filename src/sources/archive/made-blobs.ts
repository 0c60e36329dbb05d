import { utf8, type Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { digestOf } from '../../formats/hash.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../formats/media-type.ts';

/** Bytes of documents, all together: a thousand images with a hundred times the usual. */
const MAX_MADE = 256 * 1024 * 1024;

/** The blobs of an archive that does not hold its own documents, or not all of them, as they are made. */
export class MadeBlobs {
  readonly #blobs = new Map<Digest, Blob>();
  #made = 0;

  get blobs(): ReadonlyMap<Digest, Blob> {
    return this.#blobs;
  }

  /** Content whose digest is claimed. Of two that claim the same the first counts; whoever reads it checks it. */
  claim(mediaType: string, digest: Digest, size: number, blob: Blob | null): Descriptor {
    if (blob !== null && !this.#blobs.has(digest)) this.#blobs.set(digest, blob);
    return { mediaType, digest, size };
  }

  /** Fails with `too-large` where they become too many. */
  async document(mediaType: string, bytes: Bytes): Promise<Descriptor> {
    this.#made += bytes.length;
    if (this.#made > MAX_MADE) fail({ code: 'too-large', what: 'documents of images', limit: MAX_MADE });
    return this.claim(mediaType, await digestOf(bytes, 'sha256'), bytes.length, new Blob([bytes]));
  }

  /** `layers`: the lowest first. */
  manifest(
    mediaType: typeof OCI_MANIFEST | typeof DOCKER_MANIFEST,
    config: Descriptor,
    layers: readonly Descriptor[],
  ): Promise<Descriptor> {
    return this.document(mediaType, jsonBytes({ schemaVersion: 2, mediaType, config, layers }));
  }
}

export function jsonBytes(value: unknown): Bytes {
  return utf8(JSON.stringify(value));
}
