/** What a Worker is to a pool, on this thread: messages are cloned and come later, as between real threads. */
export class InProcessWorker<Job, Message> {
  onmessage: ((event: { data: Message }) => void) | null = null;
  readonly onerror = null;
  readonly onmessageerror = null;
  readonly #run: (job: Job, post: (message: Message, transfer?: ArrayBuffer[]) => void) => unknown;
  #ended = false;

  constructor(run: (job: Job, post: (message: Message, transfer?: ArrayBuffer[]) => void) => unknown) {
    this.#run = run;
  }

  postMessage(job: Job, transfer: ArrayBuffer[]): void {
    const received = structuredClone(job, { transfer });
    setTimeout(() => {
      if (this.#ended) return;
      this.#run(received, (message, given = []) => {
        const data = structuredClone(message, { transfer: given });
        setTimeout(() => !this.#ended && this.onmessage?.({ data }));
      });
    });
  }

  terminate(): void {
    this.#ended = true;
  }
}
