import type { Access, Credentials } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import { reachOf, type Route } from '../sources/registry/reach.ts';

/** What the user signed in with, for each registry: in memory only, gone with the page. */
export class Keyring {
  readonly #credentials = new Map<string, Credentials>();

  set(registry: string, credentials: Credentials): void {
    this.#credentials.set(registry, credentials);
  }

  /** Of whoever answers on that route: a mirror is told nothing that was given for the registry. */
  accessFor(origin: Origin, route: Route): Access {
    const registry = origin.kind === 'registry' ? reachOf(origin.registry, route).host : '';
    return { registry, credentials: this.#credentials.get(registry) ?? null, tokens: [], route };
  }
}
