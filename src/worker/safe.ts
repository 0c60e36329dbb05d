/**
 * Sign-ins that the tabs of this browser share, in the memory of one thread: what the thread does. It tells each tab of all
 * of them, and forgets them when the last tab is gone for good.
 */
import { delay } from '../base/abort.ts';
import type { SafeMessage, SafeNews, SharedSignIn } from './protocol.ts';

/** Held by the thread while it has something: a tab need not start one to learn that there is nothing. */
export const FULL = 'stratascope:sign-ins';
/** Held, shared, by each tab that is connected: who gets it alone knows that there is none. */
export const TABS = 'stratascope:sign-ins:tabs';
/** A tab that is loaded again is back within this time. Milliseconds. */
const RELOAD_MS = 10_000;

export class Safe {
  readonly #locks: LockManager;
  readonly #end: () => void;
  readonly #reload: number;
  readonly #ports = new Set<MessagePort>();
  readonly #signIns = new Map<string, SharedSignIn>();
  #empty: (() => void) | null = null;

  /** `end` ends the thread. `reload` is for tests. */
  constructor(locks: LockManager, end: () => void, reload = RELOAD_MS) {
    this.#locks = locks;
    this.#end = end;
    this.#reload = reload;
  }

  connect(port: MessagePort): void {
    this.#ports.add(port);
    port.onmessage = ({ data }: MessageEvent<SafeMessage>) => this.#take(data, port);
  }

  #take(message: SafeMessage, port: MessagePort): void {
    if (message.type === 'keep') this.#signIns.set(message.signIn.registry, message.signIn);
    if (message.type === 'forget') this.#signIns.delete(message.registry);
    this.#mark();
    const news: SafeNews = { signIns: [...this.#signIns.values()] };
    for (const it of message.type === 'hello' ? [port] : this.#ports) it.postMessage(news);
  }

  #mark(): void {
    if (this.#signIns.size === 0) {
      this.#empty?.();
      this.#empty = null;
    } else if (this.#empty === null) {
      const emptied = new Promise<void>((resolve) => (this.#empty = resolve));
      void this.#locks.request(FULL, () => emptied);
      void this.#watch();
    }
  }

  async #watch(): Promise<void> {
    const { signal } = new AbortController();
    while (this.#signIns.size > 0) {
      await this.#locks.request(TABS, () => {});
      // No tab is there: the only one is being loaded again, or has been closed.
      await delay(this.#reload, signal);
      const isGone = await this.#locks.request(TABS, { ifAvailable: true }, (lock) => lock !== null);
      if (!isGone) continue;
      this.#signIns.clear();
      this.#mark();
      this.#end();
    }
  }
}
