/** The token services that registries name: the gateway leads to no others. */
import { parseChallenges } from '../src/sources/registry/challenge.ts';
import { Fault, type Upstream } from './upstream.ts';

/** Registries that are remembered, and token services of one. A person opens a handful. */
const MAX_REGISTRIES = 256;
const MAX_REALMS = 16;

export class Realms {
  readonly #upstream: Upstream;
  readonly #realms = new Map<string, Set<string>>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** As its challenge named it. */
  add(registry: string, realm: string): void {
    if (!URL.canParse(realm)) return;
    const known = this.#realms.get(registry) ?? new Set();
    if (known.size >= MAX_REALMS) known.clear();
    known.add(new URL(realm).href);
    // Whoever was asked last is forgotten last.
    this.#realms.delete(registry);
    this.#realms.set(registry, known);
    const [oldest] = this.#realms.keys();
    if (this.#realms.size > MAX_REGISTRIES) this.#realms.delete(oldest!);
  }

  /**
   * The URL to ask, of the query that the page has sent. Fails with a Fault where the registry names no such service: it is
   * asked for that where it has not been since this gateway was started.
   */
  async urlOf(registry: string, query: URLSearchParams, signal: AbortSignal): Promise<URL> {
    const realm = query.get('realm') ?? '';
    query.delete('realm');
    if (!URL.canParse(realm)) throw new Fault('unknown-realm', 'not a token service');
    const url = new URL(realm);
    if (!this.#knows(registry, url.href)) await this.#learn(registry, signal);
    if (!this.#knows(registry, url.href))
      throw new Fault('unknown-realm', `${registry} does not name ${url.host} as its token service`);
    for (const [name, value] of query) url.searchParams.append(name, value);
    return url;
  }

  #knows(registry: string, realm: string): boolean {
    return this.#realms.get(registry)?.has(realm) ?? false;
  }

  async #learn(registry: string, signal: AbortSignal): Promise<void> {
    const url = new URL(`${this.#upstream.originOf(registry)}/v2/`);
    const { message, isOwn } = await this.#upstream.ask(registry, url, {
      method: 'GET',
      headers: {},
      authorization: undefined,
      signal,
    });
    message.destroy();
    const challenge = message.headers['www-authenticate'];
    if (!isOwn || challenge === undefined) return;
    for (const { params } of parseChallenges(challenge)) this.add(registry, params.get('realm') ?? '');
  }
}
