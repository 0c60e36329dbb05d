/** A tab's side of the sign-ins that the tabs of this browser share (`safe.ts`): in memory, and written nowhere. */
import { webLocks } from '../base/locks.ts';
import { delay } from '../base/abort.ts';
import type { SafeMessage, SafeNews, SharedSignIn } from './protocol.ts';
import { FULL, TABS } from './safe.ts';

/** Milliseconds. A thread that does not answer is no reason for a person to wait. */
const ANSWER_LIMIT = 2000;

export type OnShared = (signIns: readonly SharedSignIn[]) => void;

export interface Keeper {
  /** An only tab that is loaded again still finds them; else they live while another tab does. */
  readonly outlivesReload: boolean;
  /** Told of all that is kept, at each change, whichever tab made it. */
  listen(onShared: OnShared): void;
  /** What is kept already has been told. Costs a few milliseconds where nothing is. Never rejects. */
  recall(): Promise<void>;
  keep(signIn: SharedSignIn): void;
  forget(registry: string): void;
}

/** Null where this browser has no such thread, or does not let us watch for the last tab to go. */
export function openKeeper(): Keeper | null {
  const locks = webLocks();
  if (typeof SharedWorker === 'undefined' || locks === undefined) return null;
  return new TabKeeper(locks);
}

class TabKeeper implements Keeper {
  readonly #locks: LockManager;
  #port: MessagePort | null = null;
  #onShared: OnShared = () => {};
  #onFirst: () => void = () => {};

  constructor(locks: LockManager) {
    this.#locks = locks;
  }

  get outlivesReload(): boolean {
    return knowsExtendedLifetime();
  }

  listen(onShared: OnShared): void {
    this.#onShared = onShared;
  }

  async recall(): Promise<void> {
    if (this.#port !== null) return;
    try {
      const { held = [] } = await this.#locks.query();
      if (!held.some(({ name }) => name === FULL)) return;
      const first = new Promise<void>((resolve) => (this.#onFirst = resolve));
      this.#connect();
      await Promise.race([first, delay(ANSWER_LIMIT, new AbortController().signal)]);
    } catch {
      // A browser that refuses both is one that keeps nothing.
    }
  }

  keep(signIn: SharedSignIn): void {
    this.#post({ type: 'keep', signIn });
  }

  forget(registry: string): void {
    if (this.#port !== null) this.#post({ type: 'forget', registry });
  }

  #post(message: SafeMessage): void {
    this.#connect().postMessage(message);
  }

  #connect(): MessagePort {
    if (this.#port !== null) return this.#port;
    // For as long as this tab lives.
    void this.#locks.request(TABS, { mode: 'shared' }, () => new Promise(() => {}));
    const { port } = new SharedWorker(new URL('./safe.worker.ts', import.meta.url), {
      type: 'module',
      name: 'sign-ins',
      // Of HTML's SharedWorkerOptions; this TypeScript does not know it yet.
      extendedLifetime: true,
    } as WorkerOptions);
    port.onmessage = ({ data }: MessageEvent<SafeNews>) => {
      this.#onShared(data.signIns);
      this.#onFirst();
    };
    this.#port = port;
    const hello: SafeMessage = { type: 'hello' };
    port.postMessage(hello);
    return port;
  }
}

/** Whether a shared thread may outlive the moment in which no tab is there (Chromium has it, others do not yet). */
function knowsExtendedLifetime(): boolean {
  let isRead = false;
  try {
    // No thread comes of it: the options are read, and then there is no such address.
    new SharedWorker('http://[', {
      get extendedLifetime() {
        isRead = true;
        return true;
      },
    } as WorkerOptions);
  } catch {
    // As it has to.
  }
  return isRead;
}
