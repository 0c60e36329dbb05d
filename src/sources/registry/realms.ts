/**
 * Token services of registries that do not let a page read `WWW-Authenticate` (it must be exposed by name for that).
 * They are told the user's name and password as if the registry had named them: each is https, and either stands here
 * word for word, as the registry's own documentation gives it, or is on the registry's own host. Nothing that came over
 * the network decides where it leads.
 */
import type { Challenge } from './challenge.ts';

/**
 * Exact domain, or what it ends in after a dot: [suffix, path or URL of the realm, service, scope]. An empty service is
 * the registry's own domain. From what these registries answer; see `WWW-Authenticate` of their `/v2/`.
 */
const REALMS: readonly (readonly [host: string, realm: string, service: string, scope?: string])[] = [
  ['docker.io', 'https://auth.docker.io/token', 'registry.docker.io'],
  ['ghcr.io', '/token', 'ghcr.io'],
  ['quay.io', '/v2/auth', 'quay.io'],
  ['public.ecr.aws', '/token/', 'public.ecr.aws', 'aws'],
  ['registry.gitlab.com', 'https://gitlab.com/jwt/auth', 'container_registry'],
  ['codeberg.org', '/v2/token', 'container_registry'],
  ['gitea.com', '/v2/token', 'container_registry'],
  ['gcr.io', '/v2/token', ''],
  ['.gcr.io', '/v2/token', ''],
  ['.pkg.dev', '/v2/token', ''],
  ['.azurecr.io', '/oauth2/token', ''],
];

/** What the registry's challenge would have said, or null for one that we do not know. */
export function knownChallenge(registry: string): Challenge | null {
  const found = REALMS.find(([host]) => (host.startsWith('.') ? registry.endsWith(host) : registry === host));
  if (found === undefined) return null;
  const [, realm, service, scope] = found;
  const params = new Map([
    ['realm', realm.startsWith('/') ? `https://${registry}${realm}` : realm],
    ['service', service || registry],
  ]);
  if (scope !== undefined) params.set('scope', scope);
  return { scheme: 'bearer', params };
}
