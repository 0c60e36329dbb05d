/** How a registry is reached, in words that go on from its name. */
import { unreachable } from '../../base/assert.ts';
import type { Route } from '../../sources/registry/reach.ts';

/** `through …`; empty where nobody stands between. */
export function routeWords(route: Route): string {
  switch (route.kind) {
    case 'direct':
      return '';
    case 'mirror':
      return `through its mirror ${new URL(route.base).host}`;
    case 'gateway':
      return 'through the gateway of this machine';
    default:
      return unreachable(route);
  }
}
