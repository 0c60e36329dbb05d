/** The other side of finding, whatever thread it runs in. */
import { Finder, needsLosses } from '../image/find/find.ts';
import { FindTable, type FindData } from '../image/find/find-table.ts';
import { parseQuery } from '../image/find/query.ts';
import { planSearch } from '../image/find/search-plan.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { lossesOf } from '../image/merge/merge.ts';
import type { FromFinder, ToFinder } from './find-protocol.ts';
import { SlicesReader } from './in-slices.ts';
import type { Post } from './layer-job.ts';
import { buffersOf } from './transfer.ts';

/** After so long it looks whether something else was asked meanwhile. Milliseconds. */
const SLICE_MS = 10;

type Ask = Extract<ToFinder, { readonly type: 'ask' }>;

export class FindJob {
  readonly #post: Post<FromFinder>;
  #reader: SlicesReader | null = new SlicesReader();
  #table: FindTable | null = null;
  #finder: Finder | null = null;
  #wanted: Ask | null = null;
  #running = false;

  constructor(post: Post<FromFinder>) {
    this.#post = post;
  }

  take(message: ToFinder): void {
    switch (message.type) {
      case 'frame':
      case 'slice':
        this.#reader?.take(message);
        return;
      case 'sent':
        this.#table = new FindTable(this.#reader!.value as FindData);
        this.#finder = new Finder(this.#table);
        this.#reader = null;
        this.#post({ type: 'ready' });
        break;
      case 'ask':
        this.#wanted = message;
    }
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#finder === null) return;
    this.#running = true;
    try {
      for (let ask = this.#wanted; ask !== null; ask = this.#wanted) await this.#answer(ask);
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      this.#post({ type: 'crashed', message, stack: stack ?? '' });
    }
    this.#running = false;
  }

  /** They are worked out when they are first asked for: the layers are merged once more. */
  #withLosses(): Finder {
    const { tree, layers, losses } = this.#table!;
    if (losses === null) {
      const found = lossesOf(layers as readonly LayerIndex[]);
      this.#table = new FindTable({ tree, layers }, found);
      this.#finder = new Finder(this.#table);
      this.#post({ type: 'deleted', columns: found.deleted });
    }
    return this.#finder!;
  }

  async #answer(ask: Ask): Promise<void> {
    const query = parseQuery(ask.query);
    const finder = needsLosses(query) ? this.#withLosses() : this.#finder!;
    const finding = finder.find(query, ask.order);
    let until = performance.now() + SLICE_MS;
    for (;;) {
      const { done, value } = finding.next();
      if (done) {
        this.#wanted = null;
        const { ids, bytes } = value;
        const { turn } = ask;
        if (!ask.plan) this.#post({ type: 'found', turn, ids, bytes }, [ids.buffer]);
        else {
          const layers = planSearch(this.#table!, ids);
          this.#post({ type: 'planned', turn, layers }, buffersOf(layers));
        }
        return;
      }
      if (performance.now() < until) continue;
      await nextTask();
      if (this.#wanted !== ask) return;
      until = performance.now() + SLICE_MS;
    }
  }
}

/** Lets what waits for this thread in; a timer would wait for four milliseconds. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
