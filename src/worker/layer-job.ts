/** The other side of a layer job, whatever thread it runs in. */
import { indexLayer } from '../image/index-layer.ts';
import { openSource } from '../sources/open-source.ts';
import { endingOf } from './ending.ts';
import type { LayerJob, LayerMessage } from './protocol.ts';
import { buffersOf } from './transfer.ts';

export type Post<Message> = (message: Message, transfer?: ArrayBuffer[]) => void;

/** Runs the job to its end, which is its last message. Never throws. */
export async function runLayerJob(job: LayerJob, post: Post<LayerMessage>): Promise<void> {
  try {
    const diffId = await indexLayer(openSource(job.origin, job.access), job.descriptor, job.diffId, {
      // The page aborts by terminating the thread.
      signal: new AbortController().signal,
      onProgress: throttled((progress) => post({ type: 'progress', progress })),
      onIndexed: (index) => post({ type: 'indexed', index }, buffersOf(index)),
    });
    post({ type: 'done', diffId });
  } catch (error) {
    post(endingOf(error));
  }
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
