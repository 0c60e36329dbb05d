/** What is found in an open image, as it is asked for. */
import type { FileTree } from '../image/file-tree.ts';
import type { Found, FoundOrder } from '../image/find/find.ts';
import { FindThread, FindTimeout } from '../worker/find-thread.ts';

/** Nothing was asked for so long: the copy of the columns goes. Milliseconds. */
const IDLE_MS = 60_000;

export interface FoundEntries extends Found {
  readonly query: string;
  readonly order: FoundOrder;
  /** When it was asked, in milliseconds of the page's clock. */
  readonly since: number;
}

/** One for an image that is open. */
export class Finding {
  readonly #thread: FindThread;
  #found: FoundEntries | null = $state.raw(null);
  #order: FoundOrder = $state('path');
  #query = '';
  #waiting = $state(false);
  #tookTooLong = $state(false);
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(tree: FileTree) {
    this.#thread = new FindThread(tree);
  }

  /** The last answer, which may be to what was asked before. Null before the first. */
  get found(): FoundEntries | null {
    return this.#found;
  }
  get order(): FoundOrder {
    return this.#order;
  }
  /** An answer is on its way. */
  get waiting(): boolean {
    return this.#waiting;
  }
  /** The last question was given up: a regular expression would not come to an end. */
  get tookTooLong(): boolean {
    return this.#tookTooLong;
  }

  /** Whoever is about to ask waits less. */
  warm(): void {
    this.#thread.warm();
    this.#rest();
  }

  /** What was asked before is not wanted any more. */
  async ask(query: string): Promise<void> {
    this.#query = query;
    this.#waiting = true;
    this.#tookTooLong = false;
    this.#rest();
    const order = this.#order;
    const since = performance.now();
    try {
      const found = await this.#thread.ask(query, order);
      if (found === null) return;
      this.#found = { ...found, query, order, since };
    } catch (error) {
      if (!(error instanceof FindTimeout)) throw error;
      this.#tookTooLong = true;
    }
    this.#waiting = false;
  }

  sort(order: FoundOrder): void {
    if (order === this.#order) return;
    this.#order = order;
    void this.ask(this.#query);
  }

  stop(): void {
    clearTimeout(this.#idle);
    this.#thread.stop();
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#thread.stop(), IDLE_MS);
  }
}
