/**
 * A tar that ends before its index: tools write it last. What is whole of it can still be told: a manifest, or a config,
 * names all that belongs to it, and whoever reads the image is told what is not there.
 */
import { Problem } from '../../base/problem.ts';
import { CONFIG_LIMIT, parseConfig } from '../../formats/config.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { digestOf } from '../../formats/hash.ts';
import { MANIFEST_LIMIT, parseManifest, type Index, type Manifest } from '../../formats/manifest.ts';
import type { ArchiveFiles } from './archive-files.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive } from './archive.ts';
import { readDockerImages } from './docker-images.ts';
import type { DockerItem } from './docker-manifest.ts';
import { nameImages } from './image-names.ts';
import { blobsOf } from './layout-images.ts';

/** Blobs that are looked at for a manifest. Those of one image are some tens, the layers not counted. */
const MAX_LOOKS = 1000;

/** Null where too little is left of it to tell any image. */
export async function recoverImages(files: ArchiveFiles, options: ArchiveOptions): Promise<Archive | null> {
  return (await recoverLayout(files, options)) ?? (await recoverDocker(files, options));
}

/** The manifests and indexes among the blobs that no other one names. */
async function recoverLayout(files: ArchiveFiles, { signal }: ArchiveOptions): Promise<Archive | null> {
  const blobs = blobsOf(files);
  const roots = new Map<Digest, Descriptor>();
  const named = new Set<Digest>();
  let looks = 0;
  for (const [digest, blob] of blobs) {
    signal.throwIfAborted();
    if (blob.size > MANIFEST_LIMIT || !(await isObject(blob))) continue;
    if (++looks > MAX_LOOKS) break;
    const document = await manifestOf(blob);
    if (document === null) continue;
    roots.set(digest, { mediaType: document.mediaType, digest, size: blob.size });
    if (document.kind === 'index') for (const one of document.manifests) named.add(one.digest);
  }
  const images = nameImages(
    [...roots.values()].flatMap((root) => (named.has(root.digest) ? [] : { root, names: [] })),
  );
  if (images.length === 0) return null;
  return { form: 'oci-layout', made: 'nothing', images, blobs, remarks: files.remarks };
}

/** skopeo, podman and buildah call a layer `<its diff ID>.tar`, and a config `<its digest>.json`. */
async function recoverDocker(files: ArchiveFiles, options: ArchiveOptions): Promise<Archive | null> {
  const items: DockerItem[] = [];
  let looks = 0;
  for (const path of files.paths) {
    const hex = /^([0-9a-f]{64})\.json$/.exec(path)?.[1];
    const blob = hex === undefined ? null : files.find(path)?.blob;
    if (!blob || blob.size > CONFIG_LIMIT) continue;
    if (++looks > MAX_LOOKS) break;
    options.signal.throwIfAborted();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const diffIds = diffIdsOf(bytes);
    if (diffIds === null || (await digestOf(bytes, 'sha256')) !== `sha256:${hex}`) continue;
    const layers = diffIds.map((diffId) => `${diffId.slice(diffId.indexOf(':') + 1)}.tar`);
    if (layers.every((layer) => files.find(layer) !== null)) items.push({ config: path, layers, tags: [] });
  }
  return items.length === 0 ? null : readDockerImages(files, items, options);
}

async function isObject(blob: Blob): Promise<boolean> {
  const [first] = new Uint8Array(await blob.slice(0, 1).arrayBuffer());
  return first === 0x7b;
}

async function manifestOf(blob: Blob): Promise<Manifest | Index | null> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return orNull(() => parseManifest(bytes));
}

function diffIdsOf(bytes: Uint8Array): readonly Digest[] | null {
  return orNull(() => parseConfig(bytes).diffIds);
}

/** For what may as well be something else. */
function orNull<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
