/** The other side of a layer job, whatever thread it runs in. */
import { checkLayer, indexLayer, type Checked } from '../image/index-layer.ts';
import { openSource } from '../sources/open-source.ts';
import { endingOf } from './ending.ts';
import type { CheckJob, LayerJob, LayerMessage } from './protocol.ts';
import { buffersOf } from './transfer.ts';

export type Post<Message> = (message: Message, transfer?: ArrayBuffer[]) => void;

/** Runs the job to its end, which is its last message. Never throws. */
export async function runLayerJob(job: LayerJob | CheckJob, post: Post<LayerMessage>): Promise<void> {
  try {
    const checked = job.kind === 'check' ? check(job) : await index(job, post);
    post({ type: 'done', checked }, buffersOf(checked));
  } catch (error) {
    post(endingOf(error));
  }
}

function check({ kept, compression, diffId }: CheckJob): Checked {
  return checkLayer(kept, compression, diffId);
}

function index(job: LayerJob, post: Post<LayerMessage>): Promise<Checked | null> {
  const { origin, access, descriptor, diffId, keepUpTo } = job;
  return indexLayer(openSource(origin, access), descriptor, diffId, {
    // The page aborts by terminating the thread.
    signal: new AbortController().signal,
    keepUpTo,
    onProgress: throttled((progress) => post({ type: 'progress', progress })),
    onIndexed(index, kept) {
      const message = { type: 'indexed', index, kept } as const;
      post(message, buffersOf(message));
    },
  });
}

/** No eye sees more, and each message costs the page a little. Milliseconds. */
const PROGRESS_MS = 100;

function throttled<T>(report: (value: T) => void): (value: T) => void {
  let last = 0;
  return (value) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    report(value);
  };
}
