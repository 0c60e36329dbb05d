/** The way to content, of the page and of its threads: the place, and what this browser keeps of it. */
import type { Access } from './access.ts';
import type { Store } from './browser/store.ts';
import { cached } from './cached.ts';
import type { OnWait } from './http/patience.ts';
import { openSource } from './open-source.ts';
import type { Origin } from './origin.ts';
import type { Place } from './place.ts';

/** For those who keep nothing. */
export const NO_STORE: Promise<Store | null> = Promise.resolve(null);

/** A local file is where it is, unless a person wants it kept. */
export function isToBeKept(origin: Origin, { archive }: Access): boolean {
  return origin.kind !== 'local' || archive?.isKept === true;
}

/** `store` is null where nothing of `origin` is to be kept. */
export async function openPlace(
  { origin, access }: { readonly origin: Origin; readonly access: Access },
  opening: Promise<Store | null>,
  onWait?: OnWait,
): Promise<{ readonly place: Place; readonly store: Store | null }> {
  const place = openSource(origin, access, onWait);
  const store = isToBeKept(origin, access) ? await opening : null;
  return { place: store === null ? place : cached(place, store, origin), store };
}
