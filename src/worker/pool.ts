/**
 * The page's side of the workers: a queue, a bounded number of threads started on demand, idle ones stopped to give
 * their memory back. Abort terminates the thread at once, whatever it is computing.
 */
import { Problem } from '../base/problem.ts';
import type {
  ArchiveJob,
  ArchiveMessage,
  Ending,
  ExportJob,
  ExportMessage,
  FilesJob,
  FilesMessage,
  LayerMessage,
  LayersJob,
  StatementJob,
  StatementMessage,
  TreesJob,
  TreesMessage,
} from './protocol.ts';
import { buffersOf } from './transfer.ts';

/** A worker that has nothing to do for so long gives its memory back. Milliseconds. */
const IDLE_MS = 10_000;
/** One that was started ahead waits for a person, who is about to say what to open. Milliseconds. */
const WARM_MS = 30_000;
/** One that reads files is small, and a person reads for minutes before the next click. */
const FILE_IDLE_MS = 10 * 60_000;

/** A bug of ours in a worker, with the stack of the other side. */
export class WorkerCrash extends Error {
  override readonly name = 'WorkerCrash';
  readonly remoteStack: string;

  constructor(message: string, remoteStack: string) {
    super(message);
    this.remoteStack = remoteStack;
  }
}

interface Task<Job, Message> {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly onMessage: (message: Message) => void;
  readonly resolve: (last: Message) => void;
  readonly reject: (reason: unknown) => void;
}

interface Idle {
  readonly worker: Worker;
  timer: ReturnType<typeof setTimeout>;
  readonly stop: () => void;
}

export class WorkerPool<Job, Message extends { readonly type: string } | Ending> {
  /** Threads at work at the same time, at most. */
  readonly size: number;
  readonly #create: () => Worker;
  readonly #transfer: (job: Job) => ArrayBuffer[];
  readonly #idleMs: number;
  readonly #queue: Task<Job, Message>[] = [];
  readonly #idle: Idle[] = [];
  #busy = 0;

  /**
   * `size`: threads at work at the same time, at least 1. `transfer`: the buffers that a job gives away. `idleMs`: how long a
   * thread waits for its next job.
   */
  constructor(
    create: () => Worker,
    size: number,
    transfer: (job: Job) => ArrayBuffer[] = () => [],
    idleMs = IDLE_MS,
  ) {
    this.#create = create;
    this.size = size;
    this.#transfer = transfer;
    this.#idleMs = idleMs;
  }

  /** Starts a thread ahead of its first job, which hides the time that loading its code takes. */
  warm(count: number): void {
    while (this.#idle.length + this.#busy < Math.min(count, this.size)) {
      this.#idleWith(this.#create(), Math.max(WARM_MS, this.#idleMs));
    }
  }

  /** Stops the threads that have nothing to do. True where others are at work, or a job waits. */
  rest(): boolean {
    for (const { stop } of [...this.#idle]) stop();
    return this.#busy > 0;
  }

  /**
   * Runs one job when a thread is free. Resolves with its `done` message, which `onMessage` does not get; rejects with
   * a Problem (`failed`), a WorkerCrash (`crashed`) or the signal's reason.
   */
  run(job: Job, signal: AbortSignal, onMessage: (message: Message) => void): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const task = { job, signal, onMessage, resolve, reject };
      this.#queue.push(task);
      signal.addEventListener('abort', () => this.#dequeue(task), { once: true });
      this.#next();
    });
  }

  #dequeue(task: Task<Job, Message>): void {
    const at = this.#queue.indexOf(task);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    task.reject(task.signal.reason);
  }

  #next(): void {
    while (this.#busy < this.size) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      // One abort may end the running job and those in the queue; theirs comes later, so look.
      if (task.signal.aborted) task.reject(task.signal.reason);
      else this.#start(task);
    }
  }

  #start(task: Task<Job, Message>): void {
    const rested = this.#idle.pop();
    if (rested !== undefined) clearTimeout(rested.timer);
    const worker = rested?.worker ?? this.#create();
    this.#busy++;

    const finish = (settle: () => void, keep: boolean) => {
      task.signal.removeEventListener('abort', onAbort);
      worker.onmessage = worker.onerror = worker.onmessageerror = null;
      this.#busy--;
      if (keep) this.#idleWith(worker);
      else worker.terminate();
      settle();
      this.#next();
    };
    const onAbort = () => finish(() => task.reject(task.signal.reason), false);
    const crash = (message: string, stack: string) =>
      finish(() => task.reject(new WorkerCrash(message, stack)), false);

    task.signal.addEventListener('abort', onAbort, { once: true });
    worker.onerror = (event) => crash(event.message || 'the worker could not be loaded', '');
    worker.onmessageerror = () => crash('a message could not be read', '');
    worker.onmessage = ({ data }: MessageEvent<Message | Ending>) => {
      if (data.type === 'done') finish(() => task.resolve(data as Message), true);
      else if (isEnding(data)) {
        if (data.type === 'failed') finish(() => task.reject(new Problem(data.failure)), true);
        else crash(data.message, data.stack);
      } else task.onMessage(data);
    };
    try {
      worker.postMessage(task.job, this.#transfer(task.job));
    } catch (error) {
      // It cannot be cloned: a bug, but one that would leave the job without an end.
      finish(() => task.reject(error), false);
    }
  }

  #idleWith(worker: Worker, idleMs = this.#idleMs): void {
    const stop = () => {
      clearTimeout(idle.timer);
      this.#idle.splice(this.#idle.indexOf(idle), 1);
      worker.terminate();
    };
    const idle: Idle = { worker, timer: setTimeout(stop, idleMs), stop };
    this.#idle.push(idle);
    // Whatever it says now: it has something to write still, which nobody waits for.
    worker.onmessage = () => {
      clearTimeout(idle.timer);
      idle.timer = setTimeout(stop, IDLE_MS);
    };
    // Its code could not be loaded: it would never answer the job that it is given.
    worker.onerror = stop;
  }
}

function isEnding(message: { readonly type: string }): message is Ending {
  return message.type === 'failed' || message.type === 'crashed';
}

/**
 * More threads than cores only cost memory; past four, the network is what one waits for, and each thread may keep a
 * layer's bytes for WebCrypto.
 */
const MAX_LAYER_WORKERS = 4;

export type LayerPool = WorkerPool<LayersJob, LayerMessage>;
export type ArchivePool = WorkerPool<ArchiveJob, ArchiveMessage>;
export type ExportPool = WorkerPool<ExportJob, ExportMessage>;
export type FilePool = WorkerPool<FilesJob, FilesMessage>;
export type StatementPool = WorkerPool<StatementJob, StatementMessage>;
export type TreesPool = WorkerPool<TreesJob, TreesMessage>;

/** Threads for work that keeps a core busy: as many as there are, at least 1, at most `most`. */
export function coresUpTo(most: number): number {
  return Math.max(1, Math.min(most, navigator.hardwareConcurrency));
}

export function layerPool(): LayerPool {
  const create = () => new Worker(new URL('./layer.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<LayersJob, LayerMessage>(create, coresUpTo(MAX_LAYER_WORKERS), givenAway);
}

/** What was kept of a layer is given away; of a layer to be fetched the page keeps all that it says. */
export function givenAway(job: LayersJob): ArrayBuffer[] {
  if (job.kind === 'layer' || job.kind === 'blob') return [];
  return buffersOf(job.kind === 'check' ? job.outcome : job.blob);
}

export function treesPool(): TreesPool {
  const create = () => new Worker(new URL('./trees.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<TreesJob, TreesMessage>(create, 1, buffersOf);
}

export function archivePool(): ArchivePool {
  const create = () => new Worker(new URL('./archive.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<ArchiveJob, ArchiveMessage>(create, 1);
}

/** Two: what is looked at does not wait for what is downloaded. */
export function filePool(): FilePool {
  const create = () => new Worker(new URL('./file.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<FilesJob, FilesMessage>(create, 2, () => [], FILE_IDLE_MS);
}

/** One file at a time is made. Only the plan is given away: what layers are read with, the page needs itself. */
export function exportPool(): ExportPool {
  const create = () => new Worker(new URL('./export.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<ExportJob, ExportMessage>(create, 1, plannedIn);
}

export function plannedIn({ what }: ExportJob): ArrayBuffer[] {
  return what.kind === 'tree' ? buffersOf(what.parts) : [];
}

/** Parsing a large document takes a second: the page does not wait, and two at once would take its memory. */
export function statementPool(): StatementPool {
  const create = () => new Worker(new URL('./statement.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<StatementJob, StatementMessage>(create, 1);
}
