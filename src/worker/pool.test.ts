import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../base/problem.ts';
import type { Ending } from './protocol.ts';
import { WorkerCrash, WorkerPool } from './pool.ts';
import { buffersOf } from './transfer.ts';

type Message = { readonly type: 'progress' | 'done'; readonly text: string } | Ending;

/** What a browser's Worker is to the pool; each thread answers when the test says so, and writes into `log`. */
class Thread {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly #log: string[];
  readonly #number: number;

  constructor(log: string[], number: number) {
    this.#log = log;
    this.#number = number;
    log.push(`${number} starts`);
  }
  postMessage(job: string): void {
    if (job === 'unsendable') throw new DOMException('it cannot be cloned', 'DataCloneError');
    this.#log.push(`${this.#number} gets ${job}`);
  }
  terminate(): void {
    this.#log.push(`${this.#number} ends`);
  }
  says(message: Message): void {
    this.onmessage?.({ data: message });
  }
}

function poolOf(size: number) {
  const log: string[] = [];
  const threads: Thread[] = [];
  const pool = new WorkerPool<string, Message>(() => {
    threads.push(new Thread(log, threads.length));
    return threads.at(-1) as unknown as Worker;
  }, size);
  const run = (job: string, signal = new AbortController().signal) =>
    pool.run(job, signal, (message) => log.push(`page hears ${'text' in message ? message.text : '?'}`));
  return { pool, log, threads, run };
}

const done = (text: string): Message => ({ type: 'done', text });

describe('a pool of workers', () => {
  it('runs as many jobs at once as it has threads, the others in turn, on the same threads', async () => {
    const { log, threads, run } = poolOf(2);
    const jobs = ['a', 'b', 'c'].map((job) => run(job));
    threads[0]!.says({ type: 'progress', text: 'half of a' });
    threads[0]!.says(done('a'));
    threads[1]!.says(done('b'));
    threads[0]!.says(done('c'));
    expect(await Promise.all(jobs)).toEqual([done('a'), done('b'), done('c')]);
    expect(log).toEqual(['0 starts', '0 gets a', '1 starts', '1 gets b', 'page hears half of a', '0 gets c']);
  });

  it('ends the thread at once when its job is aborted, and goes on with the next job on a new one', async () => {
    const { log, threads, run } = poolOf(1);
    const abort = new AbortController();
    const first = run('a', abort.signal);
    const second = run('b');
    abort.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    threads[1]!.says(done('b'));
    await second;
    expect(log).toEqual(['0 starts', '0 gets a', '0 ends', '1 starts', '1 gets b']);
  });

  it('rests: threads without a job end, and it says whether others are at work', async () => {
    const { pool, log, threads, run } = poolOf(2);
    pool.warm(2);
    expect(pool.rest()).toBe(false);
    expect(log).toEqual(['0 starts', '1 starts', '0 ends', '1 ends']);
    const job = run('a');
    expect(pool.rest()).toBe(true);
    threads[2]!.says(done('a'));
    await job;
    expect(pool.rest()).toBe(false);
    expect(log.slice(4)).toEqual(['2 starts', '2 gets a', '2 ends']);
  });

  it('starts no job that the same abort has ended', async () => {
    const { log, run } = poolOf(1);
    const abort = new AbortController();
    const jobs = [run('a', abort.signal), run('b', abort.signal), run('c', abort.signal)];
    abort.abort();
    for (const job of jobs) await expect(job).rejects.toMatchObject({ name: 'AbortError' });
    expect(log).toEqual(['0 starts', '0 gets a', '0 ends']);
  });

  it('forgets a job that is aborted before its turn', async () => {
    const { log, threads, run } = poolOf(1);
    const abort = new AbortController();
    const first = run('a');
    const second = run('b', abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    threads[0]!.says(done('a'));
    await first;
    await expect(run('c', abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(log).toEqual(['0 starts', '0 gets a']);
  });

  it('tells a failure from a crash, and keeps only the thread that failed in good order', async () => {
    const { log, threads, run } = poolOf(1);
    const failing = run('a');
    threads[0]!.says({ type: 'failed', failure: { code: 'quota' } });
    await expect(failing).rejects.toEqual(new Problem({ code: 'quota' }));
    const crashing = run('b');
    threads[0]!.says({ type: 'crashed', message: 'oh', stack: 'there' });
    await expect(crashing).rejects.toBeInstanceOf(WorkerCrash);
    const dying = run('c');
    threads[1]!.onerror?.({ message: '' });
    await expect(dying).rejects.toThrow('could not be loaded');
    expect(log).toEqual(['0 starts', '0 gets a', '0 gets b', '0 ends', '1 starts', '1 gets c', '1 ends']);
  });

  it('gives no job to a thread that died while it was idle', async () => {
    const { pool, log, threads, run } = poolOf(1);
    pool.warm(1);
    threads[0]!.onerror?.({ message: 'gone' });
    const job = run('a');
    threads[1]!.says(done('a'));
    expect(await job).toEqual(done('a'));
    expect(log).toEqual(['0 starts', '0 ends', '1 starts', '1 gets a']);
  });

  it('ends a job that cannot be sent, and goes on with the next', async () => {
    const { log, threads, run } = poolOf(1);
    const first = run('a');
    const unsendable = run('unsendable');
    const last = run('b');
    threads[0]!.says(done('a'));
    await first;
    await expect(unsendable).rejects.toThrow('cannot be cloned');
    threads[1]!.says(done('b'));
    expect(await last).toEqual(done('b'));
    expect(log).toEqual(['0 starts', '0 gets a', '0 ends', '1 starts', '1 gets b']);
  });

  it('stops idle threads after a while, and starts some ahead when asked', () => {
    vi.useFakeTimers();
    try {
      const { pool, log } = poolOf(2);
      pool.warm(5);
      expect(log).toEqual(['0 starts', '1 starts']);
      vi.advanceTimersByTime(60_000);
      expect(log).toEqual(['0 starts', '1 starts', '0 ends', '1 ends']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a thread that has answered', () => {
  it('is not stopped while it says that it has something to write still', () => {
    vi.useFakeTimers();
    try {
      const { pool, log, threads } = poolOf(1);
      pool.warm(1);
      for (let i = 0; i < 10; i++) {
        vi.advanceTimersByTime(6000);
        threads[0]!.says({ type: 'progress', text: 'writing' });
      }
      expect(log).toEqual(['0 starts']);
      vi.advanceTimersByTime(60_000);
      expect(log).toEqual(['0 starts', '0 ends']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a transfer list', () => {
  it('names every buffer once, however deep it lies', () => {
    const shared = new Uint8Array(8);
    const other = new Float64Array(2);
    const value = { a: shared, b: [{ c: shared.subarray(2, 4) }, { d: other }], e: 'text', f: null };
    expect(buffersOf(value)).toEqual([shared.buffer, other.buffer]);
  });
});
