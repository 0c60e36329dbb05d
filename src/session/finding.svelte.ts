/** What is found in an open image, or in what it was after a layer, as it is asked for. */
import type { FileTree } from '../image/file-tree.ts';
import type { Found, FoundOrder } from '../image/find/find.ts';
import { DeletedEntries } from '../image/find/deleted-entries.ts';
import type { TextPattern } from '../image/find/query.ts';
import { FindTimeout, type LookupThread } from '../worker/lookup-thread.ts';
import { searchPool } from '../worker/search-pool.ts';
import type { OpenFiles } from './file-reading.ts';
import { Searching } from './searching.svelte.ts';

export interface FoundEntries extends Found {
  readonly query: string;
  readonly order: FoundOrder;
  /** When it was asked, in milliseconds of the page's clock. */
  readonly since: number;
}

/** One for a tree that is looked at. */
export class Finding {
  readonly #tree: FileTree;
  readonly #after: number | null;
  readonly #lookup: Promise<LookupThread>;
  /** Null until its code has come. */
  #thread: LookupThread | null = null;
  #deleted: DeletedEntries | null = null;
  readonly #pool = searchPool();
  #found: FoundEntries | null = $state.raw(null);
  #order: FoundOrder = $state('path');
  #query = '';
  /** The last question's answer, or its giving up. */
  #asking: Promise<void> = Promise.resolve();
  #waiting = $state(false);
  #tookTooLong = $state(false);

  /** `after`: the layer after which `tree` is. */
  constructor(tree: FileTree, after: number | null, lookup: Promise<LookupThread>) {
    this.#tree = tree;
    this.#after = after;
    this.#lookup = lookup;
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

  /** What stands behind rows past those of the tree; null where none was found yet. */
  get deleted(): DeletedEntries | null {
    const columns = this.#thread?.deleted(this.#after) ?? null;
    if (columns !== null) this.#deleted ??= new DeletedEntries(this.#tree, columns);
    return this.#deleted;
  }

  /** Whoever is about to ask waits less. */
  async warm(): Promise<void> {
    (await this.#reach()).warm();
  }

  /** What was asked before is not wanted any more. */
  ask(query: string): Promise<void> {
    return (this.#asking = this.#ask(query));
  }

  /** Nothing is asked any more: what was found is not the answer to the next question, not even for a moment. */
  forget(): void {
    this.#query = '';
    this.#waiting = false;
    this.#found = null;
  }

  async #ask(query: string): Promise<void> {
    this.#query = query;
    this.#waiting = true;
    this.#tookTooLong = false;
    const order = this.#order;
    const since = performance.now();
    try {
      const found = await (await this.#reach()).find(query, order, this.#after);
      if (found === null || query !== this.#query) return;
      this.#found = { ...found, query, order, since };
    } catch (error) {
      if (!(error instanceof FindTimeout)) throw error;
      this.#tookTooLong = true;
    }
    this.#waiting = false;
  }

  /** Looks into the files that `query` finds; null where something else was asked meanwhile. */
  async lookInto(query: string, pattern: TextPattern, open: OpenFiles): Promise<Searching | null> {
    // One question at a time: that of what there is comes first.
    await this.#asking;
    const plans = await (await this.#reach()).plan(query, this.#after);
    return plans && new Searching(open, plans, (id) => this.#pathOf(id), pattern, this.#pool);
  }

  #pathOf(id: number): string {
    return id < this.#tree.count ? this.#tree.path(id) : this.deleted!.path(id);
  }

  sort(order: FoundOrder): void {
    if (order === this.#order) return;
    this.#order = order;
    void this.ask(this.#query);
  }

  async #reach(): Promise<LookupThread> {
    return (this.#thread ??= await this.#lookup);
  }
}
