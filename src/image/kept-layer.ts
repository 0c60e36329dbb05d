/** What a store keeps of a layer beside its blob: the index, and what was found when it was checked. */
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest } from '../formats/digest.ts';
import type { Store } from '../sources/browser/store.ts';
import { hashBlob } from '../sources/hash-blob.ts';
import type { Content } from '../sources/source.ts';
import { verified } from '../sources/verified.ts';
import type { Indexed } from './indexing.ts';

/** Of the shape of Indexed: what another version has kept is not found. */
export const VERSION = 2;

export interface KeptLayer extends Indexed {
  readonly diffId: Digest;
}

/** All was found right when it was kept; whether its blob still is, `checkKept` tells. */
export interface Recalled {
  readonly kind: 'recalled';
  readonly diffId: Digest;
}

const indexKey = (digest: Digest) => `index ${VERSION} ${digest}`;
const foundKey = (digest: Digest) => `checked ${VERSION} ${digest}`;

/** Null where the blob, its index or its check is not kept, or it was checked with another diff ID. */
export async function recallLayer(
  store: Store,
  { digest, size }: Descriptor,
  diffId: Digest | null,
): Promise<KeptLayer | null> {
  // First what few have, and what no other thread is writing while an image is opened for the first time: to read among
  // what was computed would wait for the index of another layer (165 ms in the middle of an opening: Chromium 156).
  const kept = await store.blob(digest);
  if (kept?.blob.size !== size) return null;
  // Its shape is ours, and the store has made sure that no byte of it has changed.
  const [found, indexed] = (await Promise.all([
    store.derived(foundKey(digest)),
    store.derived(indexKey(digest)),
  ])) as [Digest | null, Indexed | null];
  if (found === null || indexed === null || (diffId !== null && diffId !== found)) return null;
  return { ...indexed, diffId: found };
}

/** `indexed` belongs to the store from now on. Of no use until `keepFound`. */
export async function keepIndex(store: Store, { digest }: Descriptor, indexed: Indexed): Promise<void> {
  await store.keepDerived(indexKey(digest), [digest], indexed);
}

/** When all of the layer has been found right. */
export async function keepFound(store: Store, { digest }: Descriptor, diffId: Digest): Promise<void> {
  await store.keepDerived(foundKey(digest), [digest], diffId);
}

/**
 * Reads the kept blob, once a session. One that was damaged is dropped, and fetched again where that can be done now;
 * false where it cannot.
 */
export async function checkKept(
  content: Content,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<boolean> {
  const blob = await content.blob?.(descriptor);
  if (blob && (await isRight(blob, descriptor, signal))) return true;
  await content.drop?.(descriptor);
  try {
    const stream = await content.open(descriptor, { signal, fleeting: true });
    const reader = verified(stream, descriptor, 'layer').getReader();
    while (!(await reader.read()).done);
    await content.seal?.(descriptor);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function isRight(blob: Blob, { digest }: Descriptor, signal: AbortSignal): Promise<boolean> {
  try {
    return (await hashBlob(blob, algorithmOf(digest), { signal })) === digest;
  } catch {
    signal.throwIfAborted();
    // It cannot be read any more: the storage was cleared.
    return false;
  }
}
