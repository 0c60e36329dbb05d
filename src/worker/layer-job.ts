/** The other side of a layer job, whatever thread it runs in. */
import { unreachable } from '../base/assert.ts';
import { checkLayer, findSeekPoints, indexLayer } from '../image/index-layer.ts';
import { openSource } from '../sources/open-source.ts';
import { endingOf } from './ending.ts';
import type { CheckJob, LayerJob, LayerMessage, LayersDone, LayersJob } from './protocol.ts';
import { throttled } from './throttled.ts';
import { buffersOf } from './transfer.ts';

export type Post<Message> = (message: Message, transfer?: ArrayBuffer[]) => void;

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runLayerJob(job: LayersJob, post: Post<LayerMessage>): Promise<void> {
  try {
    const done = await run(job, post);
    post({ type: 'done', ...done }, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
}

async function run(job: LayersJob, post: Post<LayerMessage>): Promise<LayersDone> {
  switch (job.kind) {
    case 'layer':
      return { outcome: await index(job, post) };
    case 'check':
      return check(job);
    case 'seek':
      return { seekPoints: findSeekPoints(job.blob) };
    default:
      return unreachable(job);
  }
}

// The page aborts by terminating the thread.
const { signal } = new AbortController();

function index({ origin, access, descriptor, diffId, keep }: LayerJob, post: Post<LayerMessage>) {
  return indexLayer(openSource(origin, access), descriptor, diffId, {
    signal,
    keep,
    onProgress: throttled((progress) => post({ type: 'progress', progress })),
    onIndexed: (index) => post({ type: 'indexed', index }, buffersOf(index)),
  });
}

async function check({ origin, access, descriptor, diffId, outcome }: CheckJob) {
  const actual = await checkLayer(openSource(origin, access), descriptor, diffId, outcome, signal);
  return { diffId: actual, blob: outcome.kind === 'looked' ? outcome.blob : null };
}
