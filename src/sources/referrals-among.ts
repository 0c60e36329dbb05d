/** What of a list of manifests (index.json of a layout or archive) is about another one of it. */
import { mapInParallel } from '../base/in-parallel.ts';
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { MANIFEST_LIMIT, parseManifest } from '../formats/manifest.ts';
import type { Referral } from './referrals.ts';
import { referrersTag } from './registry/referrers.ts';
import type { Content } from './source.ts';
import { readVerified } from './verified.ts';

/** Entries that are looked at: a layout that somebody made for one image has a handful. */
const MAX_LOOKS = 64;
const WIDTH = 3;

export interface ListedManifest {
  readonly descriptor: Descriptor;
  /** Its tags, as the list has them. */
  readonly names: readonly string[];
}

/**
 * Those that name `what` as their subject, those that cosign's tags tie to it, and those that the tag lists that stands in
 * for the referrers API (regclient and others copy that into layouts). One that cannot be read is none.
 */
export async function referralsAmong(
  listed: readonly ListedManifest[],
  content: Content,
  what: Descriptor,
  signal: AbortSignal,
): Promise<readonly Referral[]> {
  const standIn = referrersTag(what.digest);
  const look = async ({ descriptor, names }: ListedManifest): Promise<Referral[]> => {
    if (descriptor.digest === what.digest) return [];
    // A tag, or a whole reference with one.
    const tags = names.map((name) => name.slice(name.lastIndexOf(':') + 1));
    const tag = tags.find((it) => it.startsWith(`${standIn}.`));
    if (tag !== undefined) return [{ descriptor, way: 'cosign-tag', tag }];
    try {
      const options = { signal, limit: MANIFEST_LIMIT, subject: 'manifest' } as const;
      const manifest = parseManifest(await readVerified(content, descriptor, options), descriptor.mediaType);
      if (manifest.kind === 'index' && tags.includes(standIn)) {
        return manifest.manifests.map((it) => ({ descriptor: it, way: 'fallback-tag', tag: standIn }));
      }
      return manifest.subject?.digest === what.digest ? [{ descriptor, way: 'subject' }] : [];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  };
  return (await mapInParallel(listed.slice(0, MAX_LOOKS), WIDTH, look)).flat();
}
