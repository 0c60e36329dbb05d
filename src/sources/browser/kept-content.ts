import type { Digest } from '../../formats/digest.ts';
import type { KeptImage, Store } from './store.ts';

/**
 * All content of an image, or null where some of it is not here; of a local file that was opened and not kept, nothing is.
 * The blobs are handles: nothing is read.
 */
export async function gather(store: Store, { digests }: KeptImage): Promise<Map<Digest, Blob> | null> {
  if (digests.length === 0) return null;
  const content = new Map<Digest, Blob>();
  for (const digest of digests) {
    const kept = await store.blob(digest);
    if (kept === null) return null;
    content.set(digest, kept.blob);
  }
  return content;
}
