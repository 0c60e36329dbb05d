import type { Access, Credentials } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';

/** What the user signed in with, for each registry: in memory only, gone with the page. */
export class Keyring {
  readonly #credentials = new Map<string, Credentials>();

  set(registry: string, credentials: Credentials): void {
    this.#credentials.set(registry, credentials);
  }

  accessFor(origin: Origin): Access {
    const registry = origin.kind === 'registry' ? origin.registry : '';
    return { registry, credentials: this.#credentials.get(registry) ?? null, tokens: [] };
  }
}
