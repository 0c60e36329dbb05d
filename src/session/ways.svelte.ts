/** How registries are reached from here: by a person's own mirrors, by the deployer's, by the gateway of this machine. */
import { isLoopback } from '../sources/registry/api-host.ts';
import type { Origin } from '../sources/origin.ts';
import { baseUrl, DIRECT, type Route } from '../sources/registry/reach.ts';
import type { ConfigFault } from './deployment.ts';
import { ITSELF, MIRRORS_KEY, PLAIN_DEPLOYMENT, type Deployment, type Shelf } from './plain-deployment.ts';

/** A page does not wait longer for its config.json. Milliseconds. */
const CONFIG_MS = 4000;
/** The gateway is on this machine; the name that it looks up may not be. Milliseconds. */
const GATEWAY_MS = 5000;

const CONFIG_KEY = 'stratascope.config';
/** UTF-16 code units. What is longer is not read either. */
const KEPT_LIMIT = 64 * 1024;

export interface Surroundings {
  /** URL of the page; config.json is beside it. */
  readonly base: string;
  /** What the page that was served says of a gateway: its URL, relative to `base`. */
  readonly gateway: string | null;
  readonly shelf: Shelf | null;
}

export class Ways {
  /** Resolves when the deployer's settings are known, or are not to be had. Never rejects. */
  readonly ready: Promise<void>;
  readonly #base: string;
  readonly #shelf: Shelf | null;
  /** Absolute, without a final slash. */
  readonly gateway: string | null;
  readonly #led = new Set<string>();
  #isRead = false;
  #readOwn: ((shelf: Shelf | null) => ReadonlyMap<string, string>) | null = null;
  #deployment: Deployment = $state.raw(PLAIN_DEPLOYMENT);
  #faults: readonly ConfigFault[] = $state.raw([]);
  #own: ReadonlyMap<string, string> = $state.raw(new Map());

  constructor({ base, gateway, shelf }: Surroundings) {
    this.#base = base;
    this.#shelf = shelf;
    this.gateway = gateway === null ? null : gatewayUrl(gateway, base);
    this.ready = this.#load().finally(() => (this.#isRead = true));
  }

  get deployment(): Deployment {
    return this.#deployment;
  }
  /** What is wrong in config.json. */
  get faults(): readonly ConfigFault[] {
    return this.#faults;
  }
  /** A person's own mirrors, by registry: base URLs, or `direct`. */
  get own(): ReadonlyMap<string, string> {
    return this.#own;
  }

  /** The base URL is one that `baseUrl` takes. `direct`: none, where the deployer has one. Null: as the deployer says. */
  setMirror(registry: string, mirror: string | null): void {
    // Else what is kept would be lost, or come back over this.
    if (!this.#isRead) {
      void this.ready.then(() => this.setMirror(registry, mirror));
      return;
    }
    // Another tab may have set some.
    const own = new Map(this.#readOwn?.(this.#shelf) ?? this.#own);
    if (mirror === null) own.delete(registry);
    else own.set(registry, mirror === ITSELF ? ITSELF : (baseUrl(mirror) ?? ITSELF));
    this.#own = own;
    try {
      this.#shelf?.setItem(MIRRORS_KEY, JSON.stringify(Object.fromEntries(own)));
    } catch {
      // Full, or forbidden: it counts as long as the page is open.
    }
  }

  async routeTo(origin: Origin, signal: AbortSignal): Promise<Route> {
    if (origin.kind !== 'registry') return DIRECT;
    await this.ready;
    signal.throwIfAborted();
    const { registry } = origin;
    const mirror = this.#own.get(registry) ?? this.#deployment.mirrors.get(registry);
    if (mirror === ITSELF) return DIRECT;
    if (mirror !== undefined) return { kind: 'mirror', base: mirror };
    if (this.gateway !== null && (await this.#leads(this.gateway, registry, signal)))
      return { kind: 'gateway', base: this.gateway };
    return DIRECT;
  }

  /** Asked once a registry: this machine and its network it does not lead to, unless named; those a page may well read. */
  async #leads(gateway: string, registry: string, signal: AbortSignal): Promise<boolean> {
    if (this.#led.has(registry)) return true;
    try {
      const response = await fetch(`${gateway}/${registry}/`, {
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.any([signal, AbortSignal.timeout(GATEWAY_MS)]),
      });
      if (response.status === 204) this.#led.add(registry);
      return response.status === 204;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  async #load(): Promise<void> {
    // Its code comes while the file does.
    const reading = import('./deployment.ts').catch(() => null);
    const [text, code] = [await this.#configText(), await reading];
    // A new version of the page has taken its place, or there is no network: then nothing is set.
    if (code === null) return;
    this.#readOwn = code.readOwnMirrors;
    this.#own = code.readOwnMirrors(this.#shelf);
    if (text === null) return;
    const { deployment, faults } = code.parseDeployment(text);
    this.#deployment = deployment;
    this.#faults = faults;
  }

  /** As it is now; as it was last, where there is no network; null where there is none. */
  async #configText(): Promise<string | null> {
    const shelf = this.#shelf;
    try {
      const response = await fetch(new URL('config.json', this.#base), {
        credentials: 'same-origin',
        cache: 'no-cache',
        signal: AbortSignal.timeout(CONFIG_MS),
      });
      // A host of single-page apps answers every name that it does not have with a page.
      const isPage = /^text\/html\b/i.test(response.headers.get('Content-Type') ?? '');
      if (response.status >= 500) throw new TypeError('no answer');
      const text = response.ok && !isPage ? await response.text() : null;
      if (text === null) shelf?.removeItem(CONFIG_KEY);
      else if (text.length <= KEPT_LIMIT && text !== shelf?.getItem(CONFIG_KEY))
        shelf?.setItem(CONFIG_KEY, text);
      return text;
    } catch {
      try {
        return shelf?.getItem(CONFIG_KEY) ?? null;
      } catch {
        return null;
      }
    }
  }
}

/** A gateway is of this machine, or it is none: what a person types is told to it. */
function gatewayUrl(text: string, base: string): string | null {
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  return url.origin === new URL(base).origin && isLoopback(url) ? url.href.replace(/\/+$/, '') : null;
}
