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

/** Those that name `what` as their subject, and those that cosign's tags tie to it. One that cannot be read is none. */
export async function referralsAmong(
  listed: readonly ListedManifest[],
  content: Content,
  what: Descriptor,
  signal: AbortSignal,
): Promise<readonly Referral[]> {
  const prefix = `${referrersTag(what.digest)}.`;
  const look = async ({ descriptor, names }: ListedManifest): Promise<Referral[]> => {
    if (descriptor.digest === what.digest) return [];
    // A tag, or a whole reference with one.
    const tag = names
      .map((name) => name.slice(name.lastIndexOf(':') + 1))
      .find((it) => it.startsWith(prefix));
    if (tag !== undefined) return [{ descriptor, way: 'cosign-tag', tag }];
    try {
      const options = { signal, limit: MANIFEST_LIMIT, subject: 'manifest' } as const;
      const manifest = parseManifest(await readVerified(content, descriptor, options), descriptor.mediaType);
      return manifest.subject?.digest === what.digest ? [{ descriptor, way: 'subject' }] : [];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  };
  return (await mapInParallel(listed.slice(0, MAX_LOOKS), WIDTH, look)).flat();
}
