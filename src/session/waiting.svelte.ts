/** What a person is waiting for besides bytes: a registry that is busy, in trouble, or silent. */
import { lastWait, type Wait } from '../sources/http/patience.ts';
import type { WorkerPool } from '../worker/pool.ts';
import type { Waiting as WaitMessage } from '../worker/protocol.ts';

/** What a job says besides what it waits for. */
export type Said<Message> = Exclude<Message, WaitMessage>;

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

  /** Runs a job that says what it waits for; `listen` gets all else that it says. Ends as `run` of the pool. */
  run<Job, Message extends { readonly type: string }>(
    pool: WorkerPool<Job, Message>,
    job: Job,
    signal: AbortSignal,
    listen: (message: Said<Message>) => void = () => {},
  ): Promise<Message> {
    return this.during((hear) =>
      pool.run(job, signal, (message) =>
        isWait(message) ? hear(message.wait) : listen(message as Said<Message>),
      ),
    );
  }

  #tell(): void {
    this.#last = lastWait([...this.#waits].flatMap(({ wait }) => (wait === null ? [] : [wait])));
  }
}

const isWait = (message: { readonly type: string }): message is WaitMessage => message.type === 'waiting';
