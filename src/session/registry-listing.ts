/** Listing what a registry has, rather than opening something of it. */
import { NO_STORE } from '../sources/open-place.ts';
import type { Access } from '../sources/access.ts';
import { cached } from '../sources/cached.ts';
import type { Origin } from '../sources/origin.ts';
import { RegistrySource } from '../sources/registry/registry-source.ts';
import { NameList } from './name-list.svelte.ts';
import type { Phase } from './phase.ts';
import { TagList } from './tag-list.svelte.ts';

/** Resolves when the first page is there. Rejects as the registry fails. */
export async function listNames(
  kind: 'tags' | 'catalog',
  asked: string,
  origin: Origin,
  access: Access,
  opening: typeof NO_STORE,
  signal: AbortSignal,
): Promise<Phase> {
  if (origin.kind !== 'registry') throw new Error('bug: only registries list');
  const registry = new RegistrySource(origin, access);
  if (kind === 'catalog') {
    const list = new NameList((name) => name);
    await list.read(registry.repositories(signal), signal);
    return { name: 'catalog', asked, origin, list };
  }
  const store = await opening;
  const content = store === null ? registry : cached(registry, store, origin);
  const tags = new TagList(origin, { registry, content }, signal);
  await tags.open();
  return { name: 'tags', asked, origin, tags };
}
