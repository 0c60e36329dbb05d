/** The browser's address bar, as the session writes to it. */
import type { Navigator } from './session.svelte.ts';

/**
 * Steps in place are written when no other has come for so long: browsers refuse a page that writes its address too often
 * (Safari throws at the 100th time in 30 s, Chromium drops what is over 200 in 10 s), and a held arrow key does.
 * Milliseconds.
 */
const SETTLE_MS = 300;

export class AddressBar implements Navigator {
  readonly base: string;
  readonly #window: Pick<Window, 'location' | 'history'>;
  #waiting: { readonly url: string; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(window: Pick<Window, 'location' | 'history'>, base: string) {
    this.#window = window;
    this.base = base;
  }

  /** What stands there. A step in place that was not written yet is given up: whoever reads has gone elsewhere. */
  read(): string {
    this.#forget();
    return this.#window.location.hash;
  }

  write(address: string, how: 'push' | 'replace'): void {
    const url = address === '' ? this.#window.location.pathname : address;
    if (how === 'replace') {
      this.#forget();
      this.#waiting = { url, timer: setTimeout(() => this.#settle(), SETTLE_MS) };
      return;
    }
    this.#settle();
    this.#window.history.pushState(null, '', url);
  }

  #settle(): void {
    if (this.#waiting === null) return;
    this.#window.history.replaceState(null, '', this.#waiting.url);
    this.#forget();
  }

  #forget(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting.timer);
    this.#waiting = null;
  }
}
