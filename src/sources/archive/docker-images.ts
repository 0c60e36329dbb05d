/** What `docker save` writes, and those who write the same: podman, skopeo, kaniko, Bazel. It has no manifest: we make it. */
import { fail, Problem } from '../../base/problem.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../../formats/compression.ts';
import { CONFIG_LIMIT, parseConfig } from '../../formats/config.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { MAX_LAYERS } from '../../formats/manifest.ts';
import { DOCKER_CONFIG, DOCKER_LAYER, DOCKER_LAYER_GZIP, DOCKER_MANIFEST } from '../../formats/media-type.ts';
import { readFile, type ArchiveFiles, type ContentPlace } from './archive-files.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive } from './archive.ts';
import { blobDigest, claimedHex } from './claimed-digest.ts';
import type { DockerItem } from './docker-manifest.ts';
import { entryPath } from './entry-path.ts';
import { hashBlob } from '../hash-blob.ts';
import { checkCount, nameImages, type FoundImage } from './image-names.ts';
import { MadeBlobs } from './made-blobs.ts';

/** What moby's and containerd's importers call it; the registry never had it. */
const DOCKER_LAYER_ZSTD = 'application/vnd.docker.image.rootfs.diff.tar.zstd';

export const LAYER_TYPES: Readonly<Record<Compression, string>> = {
  none: DOCKER_LAYER,
  gzip: DOCKER_LAYER_GZIP,
  zstd: DOCKER_LAYER_ZSTD,
};

/**
 * The images that `items` name. A layer that is a plain tar is known by its diff ID, and nothing of it is read; one that is
 * compressed is hashed, for the archive claims no digest of it. Fails with `not-found` for a file that is named and not
 * there, `digest-mismatch` for a config that is not what its name claims, `malformed`, `too-large`.
 */
export async function readDockerImages(
  files: ArchiveFiles,
  items: readonly DockerItem[],
  options: ArchiveOptions,
): Promise<Archive> {
  const reader = new DockerReader(files, options);
  const distinct = distinctItems(items);
  checkCount(distinct.length);
  const found: FoundImage[] = [];
  for (const item of distinct) found.push({ root: await reader.image(item), names: item.tags });
  return {
    form: 'docker-archive',
    made: 'manifest',
    images: nameImages(found),
    blobs: reader.made.blobs,
    remarks: files.remarks,
  };
}

/** Those that name the same files are one image, with the tags of all. */
function distinctItems(items: readonly DockerItem[]): readonly DockerItem[] {
  const byFiles = new Map<string, DockerItem & { readonly tags: string[] }>();
  for (const item of items) {
    const key = JSON.stringify([item.config, item.layers]);
    const known = byFiles.get(key);
    if (known === undefined) byFiles.set(key, { ...item, tags: [...item.tags] });
    else for (const tag of item.tags) known.tags.push(tag);
  }
  return [...byFiles.values()];
}

/** How the content is compressed; what cannot be told is left to whoever reads it. */
export async function compressionOf(blob: Blob): Promise<Compression> {
  try {
    return sniff(new Uint8Array(await blob.slice(0, SNIFF_LENGTH).arrayBuffer()));
  } catch (error) {
    if (error instanceof Problem) return 'none';
    throw error;
  }
}

interface ReadConfig {
  readonly descriptor: Descriptor;
  readonly diffIds: readonly Digest[] | null;
}

class DockerReader {
  readonly #files: ArchiveFiles;
  readonly #options: ArchiveOptions;
  readonly made = new MadeBlobs();
  /** What several images share is read once. By place. */
  readonly #configs = new Map<ContentPlace, ReadConfig>();
  readonly #compressions = new Map<ContentPlace, Compression>();
  readonly #hashed = new Map<ContentPlace, Descriptor>();

  constructor(files: ArchiveFiles, options: ArchiveOptions) {
    this.#files = files;
    this.#options = options;
  }

  async image({ config, layers }: DockerItem): Promise<Descriptor> {
    // Before anything is asked of each.
    const { length: actual } = layers;
    if (actual > MAX_LAYERS) fail({ code: 'too-large', what: 'layers', limit: MAX_LAYERS, actual });
    const { descriptor, diffIds } = await this.#config(config);
    if (diffIds !== null && diffIds.length !== layers.length) {
      const reason = `${diffIds.length} diff IDs for ${layers.length} layers`;
      fail({ code: 'malformed', format: 'config', reason, pointer: '/rootfs/diff_ids' });
    }
    const described: Descriptor[] = [];
    for (const [i, layer] of layers.entries()) {
      this.#options.signal.throwIfAborted();
      described.push(await this.#layer(this.#path(layer), diffIds?.[i] ?? null));
    }
    return this.made.manifest(DOCKER_MANIFEST, descriptor, described);
  }

  async #config(name: string): Promise<ReadConfig> {
    const path = this.#path(name);
    const place = this.#files.find(path)?.place ?? path;
    const config = this.#configs.get(place) ?? (await this.#readConfig(path));
    this.#configs.set(place, config);
    const { digest } = config.descriptor;
    const claimed = claimedHex(name);
    if (claimed !== null && digest !== `sha256:${claimed}`) {
      fail({ code: 'digest-mismatch', subject: 'config', expected: `sha256:${claimed}`, actual: digest });
    }
    return config;
  }

  async #readConfig(path: string): Promise<ReadConfig> {
    const bytes = await readFile(this.#files, path, CONFIG_LIMIT);
    const descriptor = await this.made.document(DOCKER_CONFIG, bytes);
    return { descriptor, diffIds: parseConfig(bytes).diffIds };
  }

  #path(name: string): string {
    return entryPath(name) ?? fail({ code: 'not-found', what: 'blob', name });
  }

  async #layer(path: string, diffId: Digest | null): Promise<Descriptor> {
    const file = this.#files.find(path) ?? fail({ code: 'not-found', what: 'blob', name: path });
    const { size, blob, place } = file;
    const claimed = blobDigest(path);
    if (blob === null) {
      // The archive ends in it: the others can be read, and of this one it is told that it is not there.
      const digest = claimed ?? diffId ?? fail({ code: 'not-found', what: 'blob', name: path });
      return { mediaType: DOCKER_LAYER, digest, size };
    }
    const compression = this.#compressions.get(place) ?? (await compressionOf(blob));
    this.#compressions.set(place, compression);
    const mediaType = LAYER_TYPES[compression];
    if (compression === 'none' && diffId !== null) return this.made.claim(mediaType, diffId, size, blob);
    if (claimed !== null) return this.made.claim(mediaType, claimed, size, blob);
    const known = this.#hashed.get(place);
    if (known !== undefined) return known;
    const { signal, onProgress } = this.#options;
    const digest = await hashBlob(blob, 'sha256', {
      signal,
      onProgress: (done) => onProgress({ step: 'hashing', done, total: size }),
    });
    const descriptor = this.made.claim(mediaType, digest, size, blob);
    this.#hashed.set(place, descriptor);
    return descriptor;
  }
}
