/** The page's side of the thread that finds entries: it is given a copy of the columns when it is first asked. */
import { findDataOf } from '../image/find/find-table.ts';
import type { Found, FoundOrder } from '../image/find/find.ts';
import type { FileTree } from '../image/file-tree.ts';
import { DeletedEntries } from '../image/find/deleted-entries.ts';
import type { PlannedLayer } from '../image/find/search-plan.ts';
import type { FromFinder, ToFinder } from './find-protocol.ts';
import { slicesOf } from './in-slices.ts';
import { WorkerCrash } from './pool.ts';

/** Of anything but a regular expression, all are done in a small part of that. Milliseconds. */
export const FIND_LIMIT_MS = 5000;
/** Milliseconds of copying in one go: the page stays free. */
const COPY_MS = 8;

type Question = Extract<ToFinder, { readonly type: 'ask' }>;

interface Asked {
  readonly turn: number;
  /** Null: it is not wanted any more. */
  readonly resolve: (answer: FromFinder | null) => void;
  readonly reject: (reason: unknown) => void;
}

/** An expression that would have run for minutes, or for ever. */
export class FindTimeout extends Error {
  override readonly name = 'FindTimeout';
}

export class FindThread {
  readonly #create: () => Worker;
  readonly #tree: FileTree;
  readonly #limit: number;
  #worker: Worker | null = null;
  #ready = false;
  #turn = 0;
  #asked: Asked | null = null;
  #deleted: DeletedEntries | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tree: FileTree, create = createWorker, limit = FIND_LIMIT_MS) {
    this.#tree = tree;
    this.#create = create;
    this.#limit = limit;
  }

  /** Known from the first answer on that has some of them. */
  get deleted(): DeletedEntries | null {
    return this.#deleted;
  }

  /** Starts it ahead of the first question, which then does not wait for the columns. */
  warm(): void {
    if (this.#worker === null) this.#start();
  }

  /**
   * Null where something else was asked before there was an answer. Rejects with a FindTimeout where it takes too long, and
   * with a WorkerCrash.
   */
  async find(query: string, order: FoundOrder): Promise<Found | null> {
    const answer = await this.#ask({ query, order, plan: false });
    return answer?.type === 'found' ? answer : null;
  }

  /** Where the bytes are of the files that the query finds; in all else as `find`. */
  async plan(query: string): Promise<readonly PlannedLayer[] | null> {
    const answer = await this.#ask({ query, order: 'path', plan: true });
    return answer?.type === 'planned' ? answer.layers : null;
  }

  #ask(question: Pick<Question, 'query' | 'order' | 'plan'>): Promise<FromFinder | null> {
    this.#asked?.resolve(null);
    return new Promise((resolve, reject) => {
      this.#asked = { turn: ++this.#turn, resolve, reject };
      this.warm();
      this.#send({ type: 'ask', turn: this.#turn, ...question });
      if (this.#ready) this.#watch();
    });
  }

  /** Gives its memory back; the next question starts another. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
    this.#asked?.resolve(null);
    this.#asked = null;
  }

  #start(): void {
    const worker = this.#create();
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromFinder>) => this.#heard(data);
    worker.onerror = (event) => this.#fail(new WorkerCrash(event.message || 'the worker stopped', ''));
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

  #send(message: ToFinder, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #heard(message: FromFinder): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        if (this.#asked !== null) this.#watch();
        return;
      case 'found':
      case 'planned': {
        const asked = this.#asked;
        if (asked?.turn !== message.turn) return;
        clearTimeout(this.#timer);
        this.#asked = null;
        asked.resolve(message);
        return;
      }
      case 'deleted':
        this.#deleted = new DeletedEntries(this.#tree, message.columns);
        // Working it out was no expression that runs away.
        if (this.#asked !== null) this.#watch();
        return;
      case 'crashed':
        this.#fail(new WorkerCrash(message.message, message.stack));
    }
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(new FindTimeout()), this.#limit);
  }

  #fail(reason: Error): void {
    const asked = this.#asked;
    this.#asked = null;
    this.stop();
    asked?.reject(reason);
  }
}

function createWorker(): Worker {
  return new Worker(new URL('./find.worker.ts', import.meta.url), { type: 'module' });
}
