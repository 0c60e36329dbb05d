/** What a person is waiting for besides bytes: a registry that is busy, in trouble, or silent. */
import { lastWait, type Wait } from '../sources/http/patience.ts';

export class Waiting {
  readonly #waits = new Set<{ wait: Wait | null }>();
  #last: Wait | null = $state.raw(null);

  /** Of all that is waited for, what ends last; null where nothing is. */
  get last(): Wait | null {
    return this.#last;
  }

  /** Does `work`, which says what it is waiting for, until it has ended. */
  async during<T>(work: (hear: (wait: Wait | null) => void) => Promise<T>): Promise<T> {
    const one: { wait: Wait | null } = { wait: null };
    this.#waits.add(one);
    try {
      return await work((wait) => {
        one.wait = wait;
        this.#tell();
      });
    } finally {
      this.#waits.delete(one);
      if (one.wait !== null) this.#tell();
    }
  }

  #tell(): void {
    this.#last = lastWait([...this.#waits].flatMap(({ wait }) => (wait === null ? [] : [wait])));
  }
}
