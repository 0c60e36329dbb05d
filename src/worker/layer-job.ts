/** The other side of a layer job, whatever thread it runs in. */
import { findSeekPoints, indexLayer, type Checked } from '../image/index-layer.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import { openSource } from '../sources/open-source.ts';
import { endingOf } from './ending.ts';
import type { LayerJob, LayerMessage, SeekJob } from './protocol.ts';
import { buffersOf } from './transfer.ts';

export type Post<Message> = (message: Message, transfer?: ArrayBuffer[]) => void;

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runLayerJob(job: LayerJob | SeekJob, post: Post<LayerMessage>): Promise<void> {
  try {
    const done = job.kind === 'seek' ? seek(job) : await index(job, post);
    post({ type: 'done', ...done }, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
}

function seek({ kept }: SeekJob): { seekPoints: SeekPoints | null } {
  return { seekPoints: findSeekPoints(kept) };
}

async function index(job: LayerJob, post: Post<LayerMessage>): Promise<{ checked: Checked }> {
  const { origin, access, descriptor, diffId, keep } = job;
  const checked = await indexLayer(openSource(origin, access), descriptor, diffId, {
    // The page aborts by terminating the thread.
    signal: new AbortController().signal,
    keep,
    onProgress: throttled((progress) => post({ type: 'progress', progress })),
    onIndexed: (index) => post({ type: 'indexed', index }, buffersOf(index)),
  });
  return { checked };
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
