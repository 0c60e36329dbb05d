/** Names that a registry lists, as its pages come: the tags of a repository, or its repositories. */
import { isAbort } from '../base/abort.ts';
import { compareText } from '../base/compare-text.ts';
import type { Failure } from '../base/problem.ts';
import { failureOf } from './failure-of.ts';

/** A page of the registry's is sorted in at most so often, so that a thousand tags do not jump on the screen. Milliseconds. */
const SETTLE_MS = 100;

/** Reactive. */
export class NameList {
  readonly #keyOf: (name: string) => string;
  #keyed: (readonly [key: string, name: string])[] = [];
  #names: readonly string[] = $state.raw([]);
  #isWhole = $state(false);
  #failure: Failure | null = $state.raw(null);

  /** `keyOf`: by whose code units names are put in order. */
  constructor(keyOf: (name: string) => string) {
    this.#keyOf = keyOf;
  }

  /** Those that have come, in order. */
  get names(): readonly string[] {
    return this.#names;
  }
  /** There are no more. */
  get isWhole(): boolean {
    return this.#isWhole;
  }
  /** Why there are no more, where that is not because all are here. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /**
   * Takes the first page, and all others as they come. Rejects where the first one fails; later failures are in `failure`.
   */
  async read(pages: AsyncGenerator<readonly string[]>, signal: AbortSignal): Promise<void> {
    const first = await pages.next();
    signal.throwIfAborted();
    this.#add(first.done ? [] : first.value);
    if (first.done) this.#isWhole = true;
    else void this.#readOn(pages, signal);
  }

  async #readOn(pages: AsyncGenerator<readonly string[]>, signal: AbortSignal): Promise<void> {
    let waiting: string[] = [];
    let last = performance.now();
    try {
      for await (const page of pages) {
        if (signal.aborted) return;
        waiting.push(...page);
        if (performance.now() - last < SETTLE_MS) continue;
        this.#add(waiting);
        waiting = [];
        last = performance.now();
      }
      this.#add(waiting);
      this.#isWhole = true;
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.#add(waiting);
      this.#failure = failureOf(error, '');
    }
  }

  #add(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) this.#keyed.push([this.#keyOf(name), name]);
    // Two runs in order are merged, not sorted.
    this.#keyed.sort(([a], [b]) => compareText(a, b));
    this.#names = this.#keyed.map(([, name]) => name);
  }
}
