/**
 * How a registry is reached: by itself, by a mirror that lets pages read it, or by the gateway of this machine. It is how,
 * never what: names, digests and what is kept of an image are the registry's own, whoever answers for it.
 */
import { unreachable } from '../../base/assert.ts';
import { apiOrigin, isLoopback } from './api-host.ts';

/**
 * Plain data. `base`: an absolute http(s) URL without user, query, fragment and final slash.
 *
 *     mirror   <base>/v2/<repository>/…                     speaks for one registry, to anybody
 *     gateway  <base>/<registry>/v2/<repository>/…          speaks for all of them, to the page that it serves
 *              <base>/<registry>/token?realm=<url>&…
 */
export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'mirror'; readonly base: string }
  | { readonly kind: 'gateway'; readonly base: string };

export const DIRECT: Route = { kind: 'direct' };

/** What a route makes of one registry. */
export interface Reach {
  /** Domain of who answers: the registry's, or its mirror's. Whose credentials are used, and asked for. */
  readonly host: string;
  /** Origin of that one's API, by which what it names as its token service is judged. */
  readonly api: string;
  /** What `/v2/…` is asked behind. An answer of another address is somebody else's. */
  readonly base: string;
  /** How a token service of it is asked. */
  token(realm: URL): URL;
}

/** Fails with `bad-reference` for a domain that no URL can have. */
export function reachOf(registry: string, route: Route = DIRECT): Reach {
  const own = apiOrigin(registry);
  const token = (realm: URL) => new URL(realm);
  switch (route.kind) {
    case 'direct':
      return { host: registry, api: own, base: own, token };
    case 'mirror': {
      const { host, origin } = new URL(route.base);
      return { host, api: origin, base: route.base, token };
    }
    case 'gateway': {
      const base = `${route.base}/${registry}`;
      const byGateway = (realm: URL) => {
        const url = new URL(`${base}/token`);
        url.searchParams.set('realm', realm.href);
        return url;
      };
      return { host: registry, api: own, base, token: byGateway };
    }
    default:
      return unreachable(route);
  }
}

/**
 * The base URL that a person or a deployer wrote, as a Route has it; null for what cannot be one. As with registries:
 * https, or http on this machine.
 */
export function baseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v2$/, '');
}
