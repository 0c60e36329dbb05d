/** The other side of a lookup, whatever thread it runs in. */
import { Finder, looksEverywhere, needsLosses, type FoundOrder } from '../image/find/find.ts';
import { findDataOf, FindTable, type FindData, type Owners } from '../image/find/find-table.ts';
import { parseQuery } from '../image/find/query.ts';
import { planSearch } from '../image/find/search-plan.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { historyOfPath, lossesOf, merge } from '../image/merge/merge.ts';
import type { Post } from './post.ts';
import { SlicesReader } from './in-slices.ts';
import {
  keepOwners,
  laneOf,
  type After,
  type Answer,
  type FromLookup,
  type Lane,
  type ToLookup,
} from './lookup-protocol.ts';
import { buffersOf } from './transfer.ts';

/** After so long it looks whether something else was asked meanwhile. Milliseconds. */
const SLICE_MS = 10;

type Ask = Extract<ToLookup, { readonly type: 'ask' }>;

const NOTHING = { ids: new Uint32Array(0) };

/** What is found in: the filesystem as it was after some layer. */
interface Ground {
  readonly after: After;
  readonly table: FindTable;
  readonly finder: Finder;
}

export class LookupJob {
  readonly #post: Post<FromLookup>;
  #reader: SlicesReader | null = new SlicesReader();
  #whole: FindData | null = null;
  /** What was asked about last. */
  #ground: Ground | null = null;
  /** Whose the files are that the filesystem has after some layer: where somebody has asked for that. */
  readonly #owners = new Map<After, Owners>();
  /** The oldest first. */
  readonly #wanted = new Map<Lane, Ask>();
  #running = false;

  constructor(post: Post<FromLookup>) {
    this.#post = post;
  }

  take(message: ToLookup): void {
    switch (message.type) {
      case 'frame':
      case 'slice':
        this.#reader?.take(message);
        return;
      case 'sent':
        this.#whole = this.#reader!.value as FindData;
        this.#reader = null;
        this.#post({ type: 'ready' });
        // Who warms this thread is about to type.
        if (this.#wanted.size === 0) this.#groundOf(null, false);
        break;
      case 'owners':
        keepOwners(this.#owners, message.after, message.owners);
        break;
      case 'ask':
        this.#wanted.set(laneOf(message.question), message);
    }
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#whole === null) return;
    this.#running = true;
    try {
      for (;;) {
        const [next] = this.#wanted;
        if (next === undefined) break;
        const [lane, ask] = next;
        const answer = await this.#answer(ask, () => this.#wanted.get(lane) === ask);
        if (answer === null) continue;
        this.#wanted.delete(lane);
        this.#post({ type: 'answer', turn: ask.turn, answer }, buffersOf(answer));
      }
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      this.#post({ type: 'crashed', message, stack: stack ?? '' });
    }
    this.#running = false;
  }

  /** Null where it is not wanted any more. */
  async #answer({ question }: Ask, isWanted: () => boolean): Promise<Answer | null> {
    switch (question.kind) {
      case 'find': {
        const found = await this.#find(question, question.order, isWanted);
        return found && { kind: 'find', ids: found.ids, bytes: found.bytes };
      }
      case 'plan': {
        const found = await this.#find(question, 'path', isWanted);
        if (found === null) return null;
        const gone = looksEverywhere(parseQuery(question.query))
          ? await this.#find({ ...question, query: `${question.query} is:deleted` }, 'path', isWanted)
          : NOTHING;
        if (gone === null) return null;
        const ids = new Uint32Array(found.ids.length + gone.ids.length);
        ids.set(found.ids);
        ids.set(gone.ids, found.ids.length);
        return { kind: 'plan', layers: planSearch(this.#ground!.table, ids) };
      }
      case 'stage':
        return { kind: 'stage', tree: merge(this.#layers(question.after)) };
      case 'history':
        return { kind: 'history', changes: historyOfPath(this.#layers(null), question.path) };
    }
  }

  async #find(asked: { query: string; after: After }, order: FoundOrder, isWanted: () => boolean) {
    const query = parseQuery(asked.query);
    const finding = this.#groundOf(asked.after, needsLosses(query)).finder.find(query, order);
    let until = performance.now() + SLICE_MS;
    for (;;) {
      const { done, value } = finding.next();
      if (done) return value;
      if (performance.now() < until) continue;
      await nextTask();
      if (!isWanted()) return null;
      until = performance.now() + SLICE_MS;
    }
  }

  /** Losses are worked out when they are first asked for: the layers are merged once more. */
  #groundOf(after: After, withLosses: boolean): Ground {
    const known = this.#ground;
    const owners = this.#owners.get(after) ?? null;
    const isOf = known !== null && known.after === after && known.table.owners === owners;
    if (isOf && (known.table.losses !== null || !withLosses)) return known;
    const layers = this.#layers(after);
    const data = after === null ? this.#whole! : findDataOf(merge(layers), layers);
    const losses = withLosses ? lossesOf(layers) : null;
    const table = new FindTable(data, losses, owners);
    this.#ground = { after, table, finder: new Finder(table) };
    if (losses !== null) this.#post({ type: 'deleted', after, columns: losses.deleted });
    return this.#ground;
  }

  /** A merge asks for nothing that they have not. */
  #layers(after: After): readonly LayerIndex[] {
    const layers = this.#whole!.layers as readonly LayerIndex[];
    return after === null ? layers : layers.slice(0, after + 1);
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
