import { fail } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import type { ArchiveImage } from './archive.ts';

/** Images of one archive. A person chooses among them in a list. */
export const MAX_IMAGES = 1000;

/** Tags of all images of one archive, those that several share counted for each. */
export const MAX_TAGS = 250_000;

/** One image as the archive names it. */
export interface FoundImage {
  readonly root: Descriptor;
  readonly names: readonly string[];
}

/** Fails with `too-large` past MAX_IMAGES: whoever has to read something of each asks first. */
export function checkCount(actual: number): void {
  if (actual > MAX_IMAGES) fail({ code: 'too-large', what: 'images', limit: MAX_IMAGES, actual });
}

/** The images in their order, each once, and each with a name of its own. Fails with `too-large` past MAX_IMAGES and MAX_TAGS. */
export function nameImages(found: readonly FoundImage[]): readonly ArchiveImage[] {
  const byDigest = new Map<Digest, { readonly root: Descriptor; readonly names: Set<string> }>();
  const tags = found.reduce((sum, { names }) => sum + names.length, 0);
  if (tags > MAX_TAGS) fail({ code: 'too-large', what: 'tags', limit: MAX_TAGS, actual: tags });
  for (const { root, names } of found) {
    const image = byDigest.get(root.digest) ?? { root, names: new Set<string>() };
    byDigest.set(root.digest, image);
    for (const name of names) if (name !== '') image.names.add(name);
  }
  checkCount(byDigest.size);
  const taken = new Set<string>();
  return Array.from(byDigest.values(), ({ root, names }) => {
    const name = [...names].find((one) => !taken.has(one)) ?? root.digest;
    taken.add(name);
    return { name, names: [...names], root };
  });
}
