/** Images made of bytes, in OCI's form or Docker's, and indexes of them: for the fake registry, and to hold in memory. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { utf8, type Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest, DigestAlgorithm } from '../formats/digest.ts';
import * as type from '../formats/media-type.ts';
import type { Platform } from '../formats/platform.ts';
import { MemorySource } from '../sources/memory.ts';

export type Form = 'oci' | 'docker';

/** A manifest or index, with all that it leads to. */
export interface TestImage {
  readonly root: Descriptor;
  /** By digest: the documents and the layers. */
  readonly blobs: ReadonlyMap<Digest, Bytes>;
}

/** A single image. */
export interface TestManifest extends TestImage {
  readonly config: Descriptor;
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
  readonly diffIds: readonly Digest[];
}

/** A layer that is not plainly a tar to be gzipped here. */
export interface TestLayer {
  /** What it unpacks to. */
  readonly tar: Bytes;
  /** As it is stored; gzip of `tar` where absent. */
  readonly blob?: Bytes;
  readonly mediaType?: string;
  readonly urls?: readonly string[];
}

export interface ImageOptions {
  /** The lowest first. */
  readonly layers: readonly (Bytes | TestLayer)[];
  readonly form?: Form;
  readonly platform?: Platform;
  /** Members to add to the config, or to put over ours. */
  readonly config?: object;
  /** The same for the manifest. `mediaType: undefined` leaves it out. */
  readonly manifest?: object;
}

const NAMES = {
  oci: {
    index: type.OCI_INDEX,
    manifest: type.OCI_MANIFEST,
    config: type.OCI_CONFIG,
    layer: `${type.OCI_LAYER}+gzip`,
  },
  docker: {
    index: type.DOCKER_LIST,
    manifest: type.DOCKER_MANIFEST,
    config: type.DOCKER_CONFIG,
    layer: type.DOCKER_LAYER_GZIP,
  },
} as const;

export const LINUX_AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/** By Node, not by what is tested. */
export function digestOfBytes(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

export function describeBytes(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOfBytes(bytes), size: bytes.length };
}

export function imageOf({ form = 'oci', platform = LINUX_AMD64, ...options }: ImageOptions): TestManifest {
  const names = NAMES[form];
  const blobs = new Map<Digest, Bytes>();
  const put = (mediaType: string, bytes: Bytes) => {
    const descriptor = describeBytes(mediaType, bytes);
    blobs.set(descriptor.digest, bytes);
    return descriptor;
  };
  const layers = options.layers.map((layer) => (layer instanceof Uint8Array ? { tar: layer } : layer));
  const diffIds = layers.map(({ tar }) => digestOfBytes(tar));
  const stored = layers.map(({ tar, blob, mediaType = names.layer, urls }) => ({
    ...put(mediaType, blob ?? new Uint8Array(gzipSync(tar))),
    ...(urls && { urls }),
  }));
  const { os, architecture, variant } = platform;
  const config = put(
    names.config,
    json({
      architecture,
      os,
      variant,
      config: {},
      rootfs: { type: 'layers', diff_ids: diffIds },
      ...options.config,
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: names.manifest,
    config,
    layers: stored,
    ...options.manifest,
  };
  const root = put(names.manifest, json(manifest));
  return { root: { ...root, platform }, blobs, config, layers: stored, diffIds };
}

/** An index of images, or of indexes. `more`: members to add, or to put over ours. */
export function indexOf(images: readonly TestImage[], form: Form = 'oci', more: object = {}): TestImage {
  const mediaType = NAMES[form].index;
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    manifests: images.map(({ root }) => written(root)),
    ...more,
  });
  const root = describeBytes(mediaType, bytes);
  return { root, blobs: new Map([...images.flatMap(({ blobs }) => [...blobs]), [root.digest, bytes]]) };
}

export function inMemory({ root, blobs }: TestImage): MemorySource {
  return new MemorySource(root, blobs);
}

/** The files of an OCI image layout, by their paths. Each image has the name of its key; the empty one has none. */
export function layoutOf(images: Readonly<Record<string, TestImage>>): Map<string, Bytes> {
  const manifests = Object.entries(images).map(([name, { root }]) => ({
    ...written(root),
    ...(name !== '' && { annotations: { 'org.opencontainers.image.ref.name': name } }),
  }));
  const files = new Map([
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ['index.json', json({ schemaVersion: 2, manifests })],
  ]);
  for (const { blobs } of Object.values(images)) {
    for (const [digest, bytes] of blobs) files.set(`blobs/${digest.replace(':', '/')}`, bytes);
  }
  return files;
}

const json = (value: unknown): Bytes => utf8(JSON.stringify(value));

/** As JSON has it: the names of image-spec, and no Map. */
function written({ platform, annotations, data, ...plain }: Descriptor): object {
  const { osVersion, osFeatures, ...names } = platform ?? {};
  return {
    ...plain,
    ...(platform && { platform: { ...names, 'os.version': osVersion, 'os.features': osFeatures } }),
    ...(annotations && { annotations: Object.fromEntries(annotations) }),
    ...(data && { data: Buffer.from(data).toString('base64') }),
  };
}
