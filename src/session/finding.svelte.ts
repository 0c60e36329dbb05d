/** What is found in an open image, or in what it was after a layer, as it is asked for. */
import { isAbort } from '../base/abort.ts';
import { Problem, type Failure } from '../base/problem.ts';
import type { FileTree } from '../image/file-tree.ts';
import { needsOwners, type Found, type FoundOrder } from '../image/find/find.ts';
import { DeletedEntries } from '../image/find/deleted-entries.ts';
import { parseQuery, type ContentsPattern } from '../image/find/query.ts';
import { ownershipOf } from '../image/installed/ownership.ts';
import { FindTimeout, type LookupThread } from '../worker/lookup-thread.ts';
import { searchPool, type SearchPool } from '../worker/search-pool.ts';
import { inSlices } from './download.ts';
import type { OpenFiles } from './file-reading.ts';
import type { FoundPackages } from './packages.svelte.ts';
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
  readonly #packages: () => Promise<FoundPackages>;
  #owned: Promise<void> | null = null;
  #failure: Failure | null = $state.raw(null);
  #pool: SearchPool | null = null;
  #found: FoundEntries | null = $state.raw(null);
  #order: FoundOrder = $state('path');
  #query = '';
  /** The last question's answer, or its giving up. */
  #asking: Promise<void> = Promise.resolve();
  #waiting = $state(false);
  #tookTooLong = $state(false);

  /** `after`: the layer after which `tree` is. `packages`: what is installed, where somebody asks for that. */
  constructor(
    tree: FileTree,
    after: number | null,
    lookup: Promise<LookupThread>,
    packages: () => Promise<FoundPackages>,
  ) {
    this.#tree = tree;
    this.#after = after;
    this.#lookup = lookup;
    this.#packages = packages;
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

  /** Why it could not be found out whose files are, where that was asked. */
  get failure(): Failure | null {
    return this.#failure;
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
    this.#failure = null;
    const order = this.#order;
    const since = performance.now();
    try {
      await this.#own(query);
      if (query !== this.#query) return;
      const found = await (await this.#reach()).find(query, order, this.#after);
      if (found === null || query !== this.#query) return;
      this.#found = { ...found, query, order, since };
    } catch (error) {
      // The image was closed, or something else is asked.
      if (isAbort(error) || (error instanceof Problem && query !== this.#query)) return;
      if (error instanceof FindTimeout) this.#tookTooLong = true;
      else if (error instanceof Problem) this.#failure = error.failure;
      else throw error;
    }
    this.#waiting = false;
  }

  /** Looks into the files that `query` finds; null where something else was asked meanwhile. */
  async lookInto(query: string, pattern: ContentsPattern, open: OpenFiles): Promise<Searching | null> {
    // One question at a time: that of what there is comes first.
    await this.#asking;
    const plans = await (await this.#reach()).plan(query, this.#after);
    this.#pool ??= searchPool();
    return plans && new Searching(open, plans, (id) => this.#pathOf(id), pattern, this.#pool);
  }

  /** Where the query asks whose files are, the thread is told before that. */
  async #own(query: string): Promise<void> {
    if (!needsOwners(parseQuery(query))) return;
    this.#owned ??= this.#tellOwners();
    try {
      await this.#owned;
    } catch (error) {
      this.#owned = null;
      throw error;
    }
  }

  async #tellOwners(): Promise<void> {
    const found = await this.#packages();
    const { installed } = found;
    const isWhole = this.#tree === found.tree;
    // Of the image's packages, also in what it was before all of them were there.
    const { owner } = isWhole
      ? found.ownership
      : await inSlices(ownershipOf(this.#tree, installed), new AbortController().signal);
    (await this.#reach()).own(this.#after, { owner, names: installed.packages.map(({ name }) => name) });
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
