/** The app without a network, and its next version: a service worker keeps the files; when to change them is asked. */
import { CALM_MS, whenCalm } from './calm.ts';
import type { Session } from './session.svelte.ts';

/** What of `navigator.serviceWorker` is used here. */
export type ServiceWorkers = Pick<
  ServiceWorkerContainer,
  'register' | 'controller' | 'addEventListener' | 'removeEventListener'
>;

/** A page that stays open for days asks this often whether there is a new version. Milliseconds. */
const ASK_AGAIN_MS = 6 * 60 * 60 * 1000;

/**
 * `none`: this is the newest that is known. `waiting`: a new one is here and begins when a person says so. `taken`: it has
 * begun because another tab said so; this page still runs the old one, whose files are gone.
 */
export type NextVersion = 'none' | 'waiting' | 'taken';

/** An image that takes longer to open does not keep the app from being there offline. Milliseconds. */
const PATIENCE_MS = 30_000;

/** What is open and checked is left to itself after so long: to put down the files takes seconds. Milliseconds. */
const USED_MS = 1_000;

/** When what the page opens is open and checked, or failed; or when it is asked for nothing; and nobody is doing anything. */
export async function whenUsable(session: Session): Promise<void> {
  await new Promise<void>((resolve) => {
    // Safari has no requestIdleCallback.
    let calm: ReturnType<typeof setTimeout> | undefined;
    const done = () => {
      clearTimeout(timer);
      clearTimeout(calm);
      stop();
      resolve();
    };
    const timer = setTimeout(() => done(), PATIENCE_MS);
    const stop = $effect.root(() => {
      $effect(() => {
        const { name } = session.phase;
        clearTimeout(calm);
        if (name === 'opening' || (name === 'open' && session.verified === 'pending')) return;
        // Who looks at a start page is about to open something.
        calm = setTimeout(done, name === 'empty' ? CALM_MS : USED_MS);
      });
    });
  });
  await whenCalm(new AbortController().signal);
}

export class AppVersion {
  readonly #reload: () => void;
  #registration: ServiceWorkerRegistration | null = null;
  #asked = false;
  #next: NextVersion = $state('none');

  /** `reload`: loads the page anew. */
  constructor(reload: () => void) {
    this.#reload = reload;
  }

  get next(): NextVersion {
    return this.#next;
  }

  /**
   * Call it when the page has nothing better to do. A browser that refuses (private windows of some, plain http) goes on
   * without: then the app needs the network to start, and nothing else changes.
   */
  async watch(workers: ServiceWorkers, url: string): Promise<void> {
    // The first worker that takes over a page replaces nothing.
    let hadController = workers.controller !== null;
    workers.addEventListener('controllerchange', () => {
      if (hadController) this.#tookOver();
      hadController = true;
    });
    let registration: ServiceWorkerRegistration;
    try {
      registration = await workers.register(url);
    } catch {
      return;
    }
    this.#registration = registration;
    const look = () => {
      if (registration.waiting !== null && workers.controller !== null) this.#next = 'waiting';
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
    // It may be on its way already.
    registration.installing?.addEventListener('statechange', look);
    setInterval(() => {
      // Without a network there is nothing to be had.
      registration.update().catch(() => {});
    }, ASK_AGAIN_MS);
  }

  /** Lets the new version begin, and loads the page with it. */
  take(): void {
    const waiting = this.#registration?.waiting ?? null;
    if (waiting === null) {
      this.#reload();
      return;
    }
    this.#asked = true;
    // Workbox's name for it.
    waiting.postMessage({ type: 'SKIP_WAITING' });
  }

  #tookOver(): void {
    if (this.#asked) this.#reload();
    else this.#next = 'taken';
  }
}
