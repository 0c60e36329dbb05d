/** Web Locks, as far as we use them, for engines without: names, shared ones, `ifAvailable`, `query`. */
type Callback<T> = (lock: { name: string } | null) => T | Promise<T>;
interface Held {
  readonly name: string;
  readonly mode: 'shared' | 'exclusive';
  readonly end: () => void;
}
interface Options {
  readonly mode?: 'shared' | 'exclusive';
  readonly ifAvailable?: boolean;
}

export class LockTable {
  #held: Held[] = [];
  #waiting: (() => void)[] = [];

  async request<T>(name: string, options: Options | Callback<T>, work?: Callback<T>): Promise<T> {
    const callback = typeof options === 'function' ? options : work!;
    const { mode = 'exclusive', ifAvailable = false } = typeof options === 'function' ? {} : options;
    const isFree = () =>
      !this.#held.some((it) => it.name === name && (mode === 'exclusive' || it.mode === 'exclusive'));
    if (ifAvailable && !isFree()) return callback(null);
    while (!isFree()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const held = { name, mode, end: () => this.#release(held) };
    this.#held.push(held);
    try {
      return await callback({ name });
    } finally {
      held.end();
    }
  }

  query(): Promise<{ held: { name: string }[] }> {
    return Promise.resolve({ held: this.names().map((name) => ({ name })) });
  }

  names(): string[] {
    return this.#held.map(({ name }) => name);
  }

  /** As when all who hold it are gone. */
  release(name: string): void {
    for (const held of this.#held.filter((it) => it.name === name)) held.end();
  }

  #release(held: Held): void {
    this.#held = this.#held.filter((it) => it !== held);
    for (const go of this.#waiting.splice(0)) go();
  }
}
