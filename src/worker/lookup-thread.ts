/** The page's side of the thread that answers questions about an image: it is given a copy of the columns when it is first asked. */
import type { Bytes } from '../base/bytes.ts';
import { findDataOf, type Owners } from '../image/find/find-table.ts';
import type { Found, FoundOrder } from '../image/find/find.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { DeletedColumns } from '../image/merge/losses.ts';
import type { PathChange } from '../image/merge/path-history.ts';
import type { PlannedLayer } from '../image/files-plan.ts';
import type { TreeColumns } from '../image/tree-columns.ts';
import {
  keepOwners,
  laneOf,
  type After,
  type Answer,
  type FromLookup,
  type Lane,
  type Question,
  type ToLookup,
} from './lookup-protocol.ts';
import { slicesOf } from './in-slices.ts';
import { WorkerCrash } from './pool.ts';

/** Of anything but a regular expression, all are done in a small part of that. Milliseconds. */
export const FIND_LIMIT_MS = 5000;
/** Milliseconds of copying in one go: the page stays free. */
const COPY_MS = 8;
/** Nothing was asked for so long: the copy of the columns goes. Milliseconds. */
const IDLE_MS = 60_000;

interface Asked {
  readonly turn: number;
  readonly question: Question;
  /** Null: it is not wanted any more. */
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (reason: unknown) => void;
}

/** An expression that would have run for minutes, or for ever. */
export class FindTimeout extends Error {
  override readonly name = 'FindTimeout';
}

export class LookupThread {
  readonly #create: () => Worker;
  readonly #tree: FileTree;
  readonly #limit: number;
  #worker: Worker | null = null;
  #ready = false;
  #turn = 0;
  readonly #asked = new Map<Lane, Asked>();
  #deleted: { readonly after: After; readonly columns: DeletedColumns } | null = null;
  readonly #owners = new Map<After, Owners>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** `tree`: of all layers. */
  constructor(tree: FileTree, create = createWorker, limit = FIND_LIMIT_MS) {
    this.#tree = tree;
    this.#create = create;
    this.#limit = limit;
  }

  /** What layers up to `after` took away; known from the first answer on that has some of it. */
  deleted(after: After): DeletedColumns | null {
    return this.#deleted?.after === after ? this.#deleted.columns : null;
  }

  /** Starts it ahead of the first question, which then does not wait for the columns. */
  warm(): void {
    if (this.#worker === null) this.#start();
    this.#rest();
  }

  /**
   * Of all of these: null where something else of its kind was asked before there was an answer, or where it was ended.
   * Rejects with a FindTimeout where it takes too long, and with a WorkerCrash.
   */
  async find(query: string, order: FoundOrder, after: After = null): Promise<Found | null> {
    const answer = await this.#ask({ kind: 'find', query, order, after });
    return answer?.kind === 'find' ? answer : null;
  }

  /** Where the bytes are of the files that the query finds. */
  async plan(query: string, after: After = null): Promise<readonly PlannedLayer[] | null> {
    const answer = await this.#ask({ kind: 'plan', query, after });
    return answer?.kind === 'plan' ? answer.layers : null;
  }

  /** The filesystem as it was after a layer, from 0. */
  async stage(after: number): Promise<TreeColumns | null> {
    const answer = await this.#ask({ kind: 'stage', after });
    return answer?.kind === 'stage' ? answer.tree : null;
  }

  /** What each layer made of a path, the lowest first. */
  async history(path: Bytes): Promise<readonly PathChange[] | null> {
    const answer = await this.#ask({ kind: 'history', path });
    return answer?.kind === 'history' ? answer.changes : null;
  }

  /** To be given before the first question that asks whose files are. */
  own(after: After, owners: Owners): void {
    keepOwners(this.#owners, after, owners);
    this.#send({ type: 'owners', after, owners });
  }

  #ask(question: Question): Promise<Answer | null> {
    const lane = laneOf(question);
    this.#asked.get(lane)?.resolve(null);
    return new Promise((resolve, reject) => {
      const asked = { turn: ++this.#turn, question, resolve, reject };
      this.#asked.set(lane, asked);
      this.warm();
      this.#put(asked);
      if (this.#ready) this.#watch();
    });
  }

  /** Gives its memory back; the next question starts another. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#terminate();
    for (const { resolve } of this.#asked.values()) resolve(null);
    this.#asked.clear();
  }

  #terminate(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), IDLE_MS);
  }

  #start(): void {
    const worker = this.#create();
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromLookup>) => this.#heard(data);
    worker.onerror = (event) => this.#fail(new WorkerCrash(event.message || 'the worker stopped', ''));
    for (const [after, owners] of this.#owners) this.#send({ type: 'owners', after, owners });
    void this.#give(worker);
  }

  async #give(worker: Worker): Promise<void> {
    let until = performance.now() + COPY_MS;
    for (const slice of slicesOf(findDataOf(this.#tree.columns, this.#tree.layers))) {
      if (performance.now() >= until) {
        await new Promise((resolve) => setTimeout(resolve));
        until = performance.now() + COPY_MS;
      }
      if (this.#worker !== worker) return;
      this.#send(slice, slice.type === 'slice' ? [slice.values.buffer] : []);
    }
    this.#send({ type: 'sent' });
  }

  #put({ turn, question }: Asked): void {
    this.#send({ type: 'ask', turn, question });
  }

  #send(message: ToLookup, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #heard(message: FromLookup): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#watch();
        return;
      case 'answer': {
        const { turn, answer } = message;
        const asked = [...this.#asked].find(([, asked]) => asked.turn === turn);
        if (asked === undefined) return;
        this.#asked.delete(asked[0]);
        this.#watch();
        asked[1].resolve(answer);
        return;
      }
      case 'deleted':
        this.#deleted = message;
        // Working it out was no expression that runs away.
        this.#watch();
        return;
      case 'crashed':
        this.#fail(new WorkerCrash(message.message, message.stack));
    }
  }

  /** Only an expression of a person's can run away. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#asked.has('find')) this.#timer = setTimeout(() => this.#giveUp(), this.#limit);
  }

  /** What else was asked is asked again of another thread. */
  #giveUp(): void {
    const asked = this.#asked.get('find');
    this.#asked.delete('find');
    this.#terminate();
    if (this.#asked.size > 0) {
      this.#start();
      for (const other of this.#asked.values()) this.#put(other);
    }
    asked?.reject(new FindTimeout());
  }

  #fail(reason: Error): void {
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    this.stop();
    for (const { reject } of asked) reject(reason);
  }
}

function createWorker(): Worker {
  return new Worker(new URL('./lookup.worker.ts', import.meta.url), { type: 'module' });
}
