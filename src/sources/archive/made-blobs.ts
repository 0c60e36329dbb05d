import { utf8, type Bytes } from '../../base/bytes.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { digestOf } from '../../formats/hash.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../formats/media-type.ts';

/** The blobs of an archive that does not hold its own documents, or not all of them, as they are made. */
export class MadeBlobs {
  readonly #blobs = new Map<Digest, Blob>();

  get blobs(): ReadonlyMap<Digest, Blob> {
    return this.#blobs;
  }

  /** Content whose digest is claimed. Of two that claim the same the first counts; whoever reads it checks it. */
  claim(mediaType: string, digest: Digest, size: number, blob: Blob | null): Descriptor {
    if (blob !== null && !this.#blobs.has(digest)) this.#blobs.set(digest, blob);
    return { mediaType, digest, size };
  }

  async document(mediaType: string, bytes: Bytes): Promise<Descriptor> {
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
