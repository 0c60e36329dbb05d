/** What can be listed where something that was asked for is not there, or a registry was named and nothing in it. */
import { DOCKER_HUB, familiarName, isDomain } from '../formats/reference.ts';
import { NOWHERE, printAddress } from './address.ts';
import type { Phase } from './phase.ts';

export interface Near {
  readonly list: 'tags' | 'catalog';
  /** The repository, or the registry. */
  readonly of: string;
  /** The address of the list. */
  readonly href: string;
}

/** Null where there is no such list. */
export function nearOf({ failure, origin }: Extract<Phase, { name: 'failed' }>): Near | null {
  if (failure.code === 'bad-reference') {
    const host = hostAlone(failure.input);
    return host === null ? null : catalog(host);
  }
  if (failure.code !== 'not-found' || origin?.kind !== 'registry') return null;
  switch (failure.what) {
    case 'tag':
    case 'manifest':
      return origin.repository === '' ? null : tags(familiarName(origin));
    case 'repository':
      // Docker Hub lists none.
      return origin.registry === DOCKER_HUB ? null : catalog(origin.registry);
    default:
      return null;
  }
}

/** `registry.example.org/`, also as an address of the web: a registry, and nothing in it. Null for all else. */
export function hostAlone(text: string): string | null {
  const host = text
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/(?:\/v2)?\/$/, '');
  // Without the slash, `localhost:5000` is an image of Docker Hub and its tag.
  return host !== text.trim() && /[.:]|^localhost$/.test(host) && isDomain(host) ? host : null;
}

const tags = (repository: string): Near => ({
  list: 'tags',
  of: repository,
  href: printAddress({ ...NOWHERE, target: { kind: 'tags', repository } }),
});

const catalog = (registry: string): Near => ({
  list: 'catalog',
  of: registry,
  href: printAddress({ ...NOWHERE, target: { kind: 'catalog', registry } }),
});
