/** An OCI image layout (image-spec v1.1, image-layout.md), as a folder or a tar. */
import { fail, Problem } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { digestOf } from '../../formats/hash.ts';
import { MANIFEST_LIMIT, parseManifest } from '../../formats/manifest.ts';
import { OCI_INDEX } from '../../formats/media-type.ts';
import { OCI_LAYOUT_LIMIT, parseOciLayout } from '../../formats/oci-layout.ts';
import { platformText } from '../../formats/platform.ts';
import { readFile, type ArchiveFiles } from './archive-files.ts';
import type { Archive } from './archive.ts';
import { blobDigest } from './claimed-digest.ts';
import { checkCount, nameImages, type FoundImage } from './image-names.ts';
import { tagsByConfig } from './repo-tags.ts';

/** image-spec v1.1, annotations.md: a tag, or a whole reference, as the tool likes. */
const REF_NAME = 'org.opencontainers.image.ref.name';
/** containerd's, and so Docker's: the whole reference. Beside it REF_NAME is the tag alone. */
const IMAGE_NAME = 'io.containerd.image.name';

/** Blobs that are held on to, each a handle of the browser: more than any layout of images has. */
const MAX_BLOBS = 65_536;

/** Fails with `malformed`, `too-large`, `not-found` for what the layout must have, `unsupported` for an empty one. */
export async function readLayout(files: ArchiveFiles): Promise<Archive> {
  // It stands last in many a tar, and is gone first.
  if (files.truncatedAt === null || files.find('oci-layout')?.blob) {
    parseOciLayout(await readFile(files, 'oci-layout', OCI_LAYOUT_LIMIT));
  }
  const bytes = await readFile(files, 'index.json', MANIFEST_LIMIT);
  const index = parseManifest(bytes, OCI_INDEX);
  if (index.kind !== 'index') {
    return fail({ code: 'malformed', format: 'index', reason: 'index.json is no index' });
  }
  const blobs = blobsOf(files);
  const entries = index.manifests.filter((entry) => !isAttestation(entry));
  if (entries.length === 0) fail({ code: 'unsupported', what: 'artifact', name: 'empty index' });

  let found: FoundImage[];
  if (areOneImage(entries)) {
    // index.json is no blob, and has a digest only because we give it one.
    const digest = await digestOf(bytes, 'sha256');
    blobs.set(digest, new Blob([bytes]));
    const root = { mediaType: index.mediaType, digest, size: bytes.length };
    found = [{ root, names: namesOf(entries[0]!) }];
  } else found = entries.map((entry) => ({ root: entry, names: namesOf(entry) }));

  const images = nameImages(await withTags(found, files));
  return { form: 'oci-layout', made: 'nothing', images, blobs, remarks: files.remarks };
}

/** All that stands where a blob has to stand, by the digest that its path claims. */
export function blobsOf(files: ArchiveFiles): Map<Digest, Blob> {
  const blobs = new Map<Digest, Blob>();
  for (const path of files.paths) {
    const digest = blobDigest(path);
    if (digest === null) continue;
    const blob = files.find(path)?.blob ?? null;
    if (blob !== null && blobs.set(digest, blob).size > MAX_BLOBS) {
      fail({ code: 'too-large', what: 'blobs', limit: MAX_BLOBS });
    }
  }
  return blobs;
}

/** buildkit marks them twice: by annotation, and by a platform that no machine has. */
function isAttestation({ annotations, platform }: Descriptor): boolean {
  return (
    annotations?.get('vnd.docker.reference.type') === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

/**
 * image-layout.md, "index.json": one name may stand for several platforms, and so may none at all. Then the entries are
 * an index of one image.
 */
function areOneImage(entries: readonly Descriptor[]): boolean {
  if (entries.length < 2) return false;
  const names = new Set(entries.map((entry) => namesOf(entry).join('\n')));
  const platforms = new Set(entries.map(({ platform }) => platform && platformText(platform)));
  return names.size === 1 && platforms.size === entries.length && !platforms.has(undefined);
}

function namesOf({ annotations }: Descriptor): readonly string[] {
  const name = annotations?.get(IMAGE_NAME) || annotations?.get(REF_NAME);
  return name === undefined || name === '' ? [] : [name];
}

/** Docker writes the tags of an image without a name in index.json into manifest.json, which stands beside it. */
async function withTags(found: FoundImage[], files: ArchiveFiles): Promise<FoundImage[]> {
  if (found.every(({ names }) => names.length > 0)) return found;
  const tags = await tagsByConfig(files);
  if (tags.size === 0) return found;
  const only = found.length === 1 && tags.size === 1 ? [...tags.values()][0] : undefined;
  const named: FoundImage[] = [];
  const looked = new Set<Digest>();
  for (const image of found) {
    const { root, names } = image;
    if (names.length > 0 || looked.has(root.digest)) {
      named.push(image);
      continue;
    }
    checkCount(looked.add(root.digest).size);
    named.push({ root, names: only ?? tags.get((await configOf(files, root)) ?? '') ?? [] });
  }
  return named;
}

/** The digest of the config of a single image; null for anything else, whoever opens it will say why. */
async function configOf(files: ArchiveFiles, { digest }: Descriptor): Promise<string | null> {
  const path = `blobs/${digest.replace(':', '/')}`;
  const blob = files.find(path)?.blob;
  if (!blob || blob.size > MANIFEST_LIMIT) return null;
  try {
    const manifest = parseManifest(new Uint8Array(await blob.arrayBuffer()));
    return manifest.kind === 'manifest' ? manifest.config.digest : null;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
