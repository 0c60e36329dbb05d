import { listAt } from '../../base/list-at.ts';
import { Problem } from '../../base/problem.ts';
import { readFile, type ArchiveFiles } from './archive-files.ts';
import { claimedHex } from './claimed-digest.ts';
import { DOCKER_MANIFEST_LIMIT, parseDockerManifest } from './docker-manifest.ts';

/**
 * The tags that Docker's manifest.json has, by the digest of the config that its image claims; none where there is no
 * such file, or it is of no use: it is not what the image is read by.
 */
export async function tagsByConfig(files: ArchiveFiles): Promise<ReadonlyMap<string, readonly string[]>> {
  const tags = new Map<string, string[]>();
  if (files.find('manifest.json') === null) return tags;
  try {
    const items = parseDockerManifest(await readFile(files, 'manifest.json', DOCKER_MANIFEST_LIMIT));
    for (const item of items) {
      const hex = claimedHex(item.config);
      if (hex === null || item.tags.length === 0) continue;
      const digest = `sha256:${hex}`;
      const known = listAt(tags, digest);
      for (const tag of item.tags) known.push(tag);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  return tags;
}
