/** What a registry must do before a page of another site may read it, as text to copy. */
import { commandLine } from '../../image/commands.ts';
import { printFamiliar, printReference } from '../../formats/reference.ts';
import type { RegistryOrigin } from '../../sources/origin.ts';

/**
 * The block of distribution's config.yml. `page` is the origin of this page. Each value of Allow-Origin becomes a header
 * of its own there, and browsers refuse two: exactly one.
 */
export function corsHeaders(page: string): string {
  return `http:
  headers:
    Access-Control-Allow-Origin: ['${page}']
    Access-Control-Allow-Methods: ['GET', 'HEAD', 'OPTIONS']
    Access-Control-Allow-Headers: ['Authorization', 'Accept', 'Range']
    Access-Control-Expose-Headers: ['Docker-Content-Digest', 'WWW-Authenticate', 'Link', 'Content-Range', 'Retry-After']
    Access-Control-Max-Age: ['86400']`;
}

/** A cache on this machine that asks the registry on the browser's behalf, and lets `page` read it. */
export function mirrorCommand({ registry }: RegistryOrigin, page: string): string {
  const remote = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return `docker run --rm -p 127.0.0.1:5000:5000 \\
  -e REGISTRY_PROXY_REMOTEURL=https://${remote} \\
  -e 'REGISTRY_HTTP_HEADERS_Access-Control-Allow-Origin=["${page}"]' \\
  -e 'REGISTRY_HTTP_HEADERS_Access-Control-Allow-Methods=[GET,HEAD,OPTIONS]' \\
  -e 'REGISTRY_HTTP_HEADERS_Access-Control-Allow-Headers=[Accept,Range,Authorization]' \\
  -e 'REGISTRY_HTTP_HEADERS_Access-Control-Expose-Headers=[Docker-Content-Digest,Link,Content-Range]' \\
  registry:2`;
}

/**
 * What starts this page on a person's own machine, with a gateway to what no page may read. `allowed`: a registry of that
 * machine or its network, which the gateway asks only where it is named.
 */
export function gatewayCommand(origin: RegistryOrigin, allowed?: string): string {
  const allow = allowed === undefined ? [] : ['--allow', allowed];
  return commandLine('npm', 'start', '--', ...allow, printFamiliar(origin));
}

/** What to open then. */
export function mirrorReference(origin: RegistryOrigin): string {
  return printReference({ ...origin, registry: 'localhost:5000' });
}
