/** From the domain of a reference to where its registry answers. */
import { fail } from '../../base/problem.ts';
import { DOCKER_HUB } from '../../formats/reference.ts';

/** distribution/reference, normalize.go: the name is docker.io, the registry is another host. */
const DOCKER_HUB_API = 'registry-1.docker.io';

/**
 * Origin (scheme, host, port; no final slash) of a registry's API. Loopback is spoken to over http, as docker does; all
 * others, `*.localhost` too (where people put a local proxy with a certificate), over https.
 * Fails with `bad-reference` for a host that the grammar allows and that no URL can have (`1.2.3.4.5`, `[1]`).
 */
export function apiOrigin(registry: string): string {
  const host = registry === DOCKER_HUB ? DOCKER_HUB_API : registry;
  const url = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : null;
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return fail({ code: 'bad-reference', input: registry, at: 0, fault: 'bad-domain' });
  }
  // Parsed anew: the port that is https's own has been dropped from `url`.
  return isLoopback(url) ? new URL(`http://${host}`).origin : url.origin;
}

/** True for 127.0.0.0/8, ::1 and localhost: traffic that leaves no machine. */
export function isLoopback({ hostname }: URL): boolean {
  // The URL parser has brought all spellings to one (127.1, 0:0:0:0:0:0:0:1, LOCALHOST).
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
