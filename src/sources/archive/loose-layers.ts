/**
 * A tar of images that ends before anything that says which layers belong together: tools write layers first. What is
 * whole is shown all the same, and that it is a guess is said.
 */
import { Problem } from '../../base/problem.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../../formats/compression.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST } from '../../formats/media-type.ts';
import { hashBlob } from '../hash-blob.ts';
import type { ArchiveFiles } from './archive-files.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive } from './archive.ts';
import { blobDigest } from './claimed-digest.ts';
import { compressionOf, LAYER_TYPES } from './docker-images.ts';
import { nameImages, type FoundImage } from './image-names.ts';
import { jsonBytes, MadeBlobs } from './made-blobs.ts';

/** As many layers as an image may have, see open-image.ts. */
const MAX_LAYERS = 1024;

interface Loose {
  readonly descriptor: Descriptor;
  /** Null for what is compressed: nothing says what it unpacks to. */
  readonly diffId: Digest | null;
  readonly isWhole: boolean;
}

/**
 * Layers called by their diff IDs (skopeo, podman and buildah) are written from the lowest to the topmost: they are one
 * image, as far as it goes. Of all others the order is not known: each is an image of its own. Null where no layer is whole.
 */
export async function readLooseLayers(files: ArchiveFiles, options: ArchiveOptions): Promise<Archive | null> {
  const reader = new LooseReader(files, options);
  const stack: Loose[] = [];
  const heap: Loose[] = [];
  for (const path of files.paths) {
    if (stack.length + heap.length >= MAX_LAYERS) break;
    const diffId = /^([0-9a-f]{64})\.tar$/.exec(path)?.[1];
    if (diffId !== undefined) stack.push(await reader.named(path, `sha256:${diffId}` as Digest));
    else if (/^[0-9a-f]{64}\/layer\.tar$/.test(path) || blobDigest(path) !== null) {
      const layer = await reader.unnamed(path);
      if (layer !== null) heap.push(layer);
    }
  }
  const isStack = stack.some(({ isWhole }) => isWhole);
  const images = isStack ? [stack] : heap.map((layer) => [layer]);
  if (images.length === 0) return null;
  const found: FoundImage[] = [];
  for (const layers of images) found.push({ root: await reader.image(layers), names: [] });
  return {
    form: 'docker-archive',
    made: 'manifest-and-config',
    images: nameImages(found),
    blobs: reader.made.blobs,
    remarks: [...files.remarks, { kind: 'loose-layers', isStack }],
  };
}

class LooseReader {
  readonly #files: ArchiveFiles;
  readonly #options: ArchiveOptions;
  readonly made = new MadeBlobs();

  constructor(files: ArchiveFiles, options: ArchiveOptions) {
    this.#files = files;
    this.#options = options;
  }

  async named(path: string, diffId: Digest): Promise<Loose> {
    this.#options.signal.throwIfAborted();
    const { size = 0, blob = null } = this.#files.find(path) ?? {};
    const compression = blob === null ? 'none' : await compressionOf(blob);
    if (blob !== null && compression !== 'none') return this.#hashed(blob, LAYER_TYPES[compression]);
    const descriptor = this.made.claim(DOCKER_LAYER, diffId, size, blob);
    return { descriptor, diffId, isWhole: blob !== null };
  }

  /** Null for what is not whole, or no layer by its first bytes. */
  async unnamed(path: string): Promise<Loose | null> {
    this.#options.signal.throwIfAborted();
    const blob = this.#files.find(path)?.blob ?? null;
    const compression = blob && (await layerCompression(blob));
    if (blob === null || compression === null) return null;
    const claimed = blobDigest(path);
    if (claimed === null) return this.#hashed(blob, LAYER_TYPES[compression]);
    const descriptor = this.made.claim(LAYER_TYPES[compression], claimed, blob.size, blob);
    return { descriptor, diffId: compression === 'none' ? claimed : null, isWhole: true };
  }

  async image(layers: readonly Loose[]): Promise<Descriptor> {
    const diffIds = layers.map(({ diffId }) => diffId);
    const rootfs = diffIds.includes(null) ? undefined : { type: 'layers', diff_ids: diffIds };
    const config = await this.made.document(DOCKER_CONFIG, jsonBytes({ rootfs }));
    return this.made.manifest(
      DOCKER_MANIFEST,
      config,
      layers.map(({ descriptor }) => descriptor),
    );
  }

  async #hashed(blob: Blob, mediaType: string): Promise<Loose> {
    const { signal, onProgress } = this.#options;
    const digest = await hashBlob(blob, 'sha256', {
      signal,
      onProgress: (done) => onProgress({ step: 'hashing', done, total: blob.size }),
    });
    const descriptor = this.made.claim(mediaType, digest, blob.size, blob);
    return { descriptor, diffId: mediaType === DOCKER_LAYER ? digest : null, isWhole: true };
  }
}

/** Null for what is no layer: a manifest, a config. */
async function layerCompression(blob: Blob): Promise<Compression | null> {
  try {
    return sniff(new Uint8Array(await blob.slice(0, SNIFF_LENGTH).arrayBuffer()));
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
