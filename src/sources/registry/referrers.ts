/** What a registry knows to be about a manifest (distribution-spec v1.1, "Listing Referrers"). */
import { Problem } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import { algorithmOf, hexOf, type Digest } from '../../formats/digest.ts';
import { MANIFEST_LIMIT, parseManifest } from '../../formats/manifest.ts';
import { OCI_INDEX } from '../../formats/media-type.ts';
import { readBody, drop } from '../http/body.ts';
import { nextLink } from './tags.ts';

/** Pages. A manifest with so many referrers is somebody's joke. */
const MAX_PAGES = 16;

/** distribution-spec v1.1, "Referrers Tag Schema": algorithm of 32 characters at most, encoded of 64. */
export function referrersTag(digest: Digest): string {
  const clean = (text: string, most: number) => text.slice(0, most).replaceAll(/[^A-Za-z0-9_.-]/g, '-');
  return `${clean(algorithmOf(digest), 32)}-${clean(hexOf(digest), 64)}`;
}

/**
 * The referrers that the API at `url` lists, or null where the registry has no such API: it answers 404 (a MUST for those
 * that have it to answer 200) or, as distribution's unrouted paths do, a 404 that no page may read.
 */
export async function listReferrers(
  url: string,
  send: (url: string) => Promise<Response>,
  signal: AbortSignal,
): Promise<readonly Descriptor[] | null> {
  const found: Descriptor[] = [];
  for (let page = 0, at: string | null = url; at !== null && page < MAX_PAGES; page++) {
    let response: Response;
    try {
      response = await send(at);
    } catch (error) {
      if (error instanceof Problem && error.failure.code === 'unreachable') return page === 0 ? null : found;
      throw error;
    }
    if (!response.ok) {
      await drop(response);
      return page === 0 ? null : found;
    }
    const index = parseManifest(await readBody(response, 'referrers', MANIFEST_LIMIT, signal), OCI_INDEX);
    if (index.kind !== 'index') return page === 0 ? null : found;
    found.push(...index.manifests);
    at = nextLink(response.headers.get('Link'), at, url);
  }
  return found;
}
