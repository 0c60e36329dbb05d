/** Which kind of archive it is, by the files that it has. */
import { fail, Problem } from '../../base/problem.ts';
import { filesBelow, readFile, type ArchiveFiles } from './archive-files.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive } from './archive.ts';
import { readDockerImages } from './docker-images.ts';
import { DOCKER_MANIFEST_LIMIT, parseDockerManifest, type DockerItem } from './docker-manifest.ts';
import { readLayout } from './layout-images.ts';
import { isLegacy, readLegacyImages } from './legacy-images.ts';
import { readLooseLayers } from './loose-layers.ts';
import { recoverImages } from './recover-images.ts';

/** The files that stand at the root of an archive of images, and say so. */
const MARKS = ['oci-layout', 'index.json', 'manifest.json', 'repositories'] as const;

/** Folders below which the marks are looked for: a browser gives the paths of a folder with its own name before them. */
const MAX_DEPTH = 2;

/**
 * The images of the archive; null where it has none and does not look as if it should. A layout is preferred to what
 * else stands beside it: it claims a digest of everything. Fails with `not-found` where an index is missing, or a file
 * that one names; with `malformed` for what is damaged or ends too early.
 */
export async function findImages(all: ArchiveFiles, options: ArchiveOptions): Promise<Archive | null> {
  const files = filesBelow(all, imageFolder(all));
  const { truncatedAt } = files;
  const has = (path: string) => (files.find(path)?.blob ?? null) !== null;
  if (has('index.json') && (has('oci-layout') || (truncatedAt !== null && looksLikeImages(files)))) {
    return readLayout(files);
  }
  if (has('manifest.json')) {
    const items = await readItems(files);
    if (items !== null) return readDockerImages(files, items, options);
  }
  if (truncatedAt !== null && looksLikeImages(files)) {
    const recovered = await recoverImages(files, options);
    if (recovered !== null) return recovered;
  }
  if (isLegacy(files) && truncatedAt === null) return readLegacyImages(files, options);
  if (!looksLikeImages(files)) return null;

  if (truncatedAt !== null) {
    const left = (await legacyLeft(files, options)) ?? (await readLooseLayers(files, options));
    return left ?? fail({ code: 'malformed', format: 'tar', reason: 'truncated', offset: truncatedAt });
  }
  const name = has('oci-layout') ? 'index.json' : has('index.json') ? 'oci-layout' : 'manifest.json';
  return fail({ code: 'not-found', what: 'layout', name });
}

/** Of a tar that ends in the middle: its images where none of their layers is gone. */
async function legacyLeft(files: ArchiveFiles, options: ArchiveOptions): Promise<Archive | null> {
  if (!isLegacy(files)) return null;
  try {
    return await readLegacyImages(files, options);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** Where the archive's own root is: the nearest folder that has a mark, if it is the only one so near. */
function imageFolder(files: ArchiveFiles): string {
  if (MARKS.some((mark) => files.find(mark) !== null)) return '';
  const folders = new Set<string>();
  let depth = MAX_DEPTH;
  for (const path of files.paths) {
    const slash = path.lastIndexOf('/');
    if (slash < 0 || !(MARKS as readonly string[]).includes(path.slice(slash + 1))) continue;
    const folder = path.slice(0, slash);
    const deep = folder.split('/').length;
    if (deep > depth) continue;
    if (deep < depth) folders.clear();
    depth = deep;
    folders.add(folder);
  }
  const [folder = ''] = folders;
  if (folders.size !== 1) return '';
  const below = filesBelow(files, folder);
  // A file system may have images somewhere in it, and is none for that; a person's folder may have other files too.
  if (!files.isFolder && Array.from(files.paths).length > Array.from(below.paths).length) return '';
  return looksLikeImages(below) ? folder : '';
}

/** Null for a manifest.json that is something else's: of a web page, for one. */
async function readItems(files: ArchiveFiles): Promise<readonly DockerItem[] | null> {
  const bytes = await readFile(files, 'manifest.json', DOCKER_MANIFEST_LIMIT);
  try {
    return parseDockerManifest(bytes);
  } catch (error) {
    if (error instanceof Problem && hasOtherFiles(files)) return null;
    throw error;
  }
}

/** Files of an archive of images that are no marks: blobs, layers, configs. */
const PART =
  /^(?:blobs\/sha(?:256|384|512)\/[^/]+|(?:sha256:)?[0-9a-f]{64}(?:\.json|\.tar(?:\.gz)?|\/layer\.tar|\/json|\/VERSION)?)$/;

/** Of a file system. */
const SYSTEM = /^(?:bin|etc|lib|sbin|usr|var)\//;

function looksLikeImages(files: ArchiveFiles): boolean {
  let parts = false;
  for (const path of files.paths) {
    if (SYSTEM.test(path)) return false;
    parts ||= PART.test(path);
  }
  return parts;
}

function hasOtherFiles(files: ArchiveFiles): boolean {
  let others = false;
  for (const path of files.paths) {
    if (PART.test(path)) return false;
    others ||= !(MARKS as readonly string[]).includes(path);
  }
  return others;
}
