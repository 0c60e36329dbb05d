/** A thread's way to content: the place, and what this browser keeps of it. */
import type { Access } from '../sources/access.ts';
import type { Store } from '../sources/browser/store.ts';
import { cached } from '../sources/cached.ts';
import { openSource } from '../sources/open-source.ts';
import type { Origin } from '../sources/origin.ts';
import type { Place } from '../sources/place.ts';

/** What a thread that keeps nothing hands to its jobs. */
export const NO_STORE: Promise<Store | null> = Promise.resolve(null);

/** `store` is null where nothing of `origin` is to be kept: a local file is where it is. */
export async function openPlace(
  { origin, access }: { readonly origin: Origin; readonly access: Access },
  opening: Promise<Store | null>,
): Promise<{ readonly place: Place; readonly store: Store | null }> {
  const place = openSource(origin, access);
  const store = origin.kind === 'local' ? null : await opening;
  return { place: store === null ? place : cached(place, store, origin), store };
}
