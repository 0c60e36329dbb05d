/** The other side of a layer job, whatever thread it runs in. */
import { delay } from '../base/abort.ts';
import { unreachable } from '../base/assert.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { checkBlob } from '../image/check-blob.ts';
import { checkLayer, indexLayer, type Outcome } from '../image/index-layer.ts';
import type { Indexed, LayerCounts } from '../image/indexing.ts';
import { checkKept, keepFound, keepIndex, recallLayer, type Recalled } from '../image/kept-layer.ts';
import type { Store } from '../sources/browser/store.ts';
import type { Content } from '../sources/source.ts';
import { copyColumns } from './copy-columns.ts';
import { endingOf } from './ending.ts';
import { alone, free, isAwaited } from './layer-turns.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import type { CheckJob, LayerJob, LayerMessage, LayersDone, LayersJob } from './protocol.ts';
import type { Post } from './post.ts';
import { tellWaits } from './tell-waits.ts';
import { throttled } from './throttled.ts';
import { buffersOf } from './transfer.ts';

/**
 * Runs the job to its end, which is its last message. Rejects only where that cannot be posted. `opening`: what this
 * thread has of the browser's store.
 */
export async function runLayerJob(
  job: LayersJob,
  post: Post<LayerMessage>,
  opening = NO_STORE,
): Promise<void> {
  try {
    const done = await run(job, post, opening);
    post({ type: 'done', ...done }, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
}

async function run(
  job: LayersJob,
  post: Post<LayerMessage>,
  opening: Promise<Store | null>,
): Promise<LayersDone> {
  const { place: content, store } = await openPlace(job, opening, tellWaits(post));
  switch (job.kind) {
    case 'layer':
      return { outcome: await index(job, content, store, post) };
    case 'check':
      return check(job, content, store, post);
    case 'keep': {
      void keep(job.descriptor, job.blob, content, post);
      return { isWriting: true };
    }
    case 'blob': {
      const onProgress = throttled((progress: LayerCounts) => post({ type: 'progress', progress }));
      await checkBlob(content, job.descriptor, signal, (received) =>
        onProgress({ received, unpacked: 0, entries: 0 }),
      );
      return { right: job.descriptor.digest };
    }
    default:
      return unreachable(job);
  }
}

/** Bytes that are written in some ten milliseconds: who leaves at the moment that all is verified finds them again. */
const WRITTEN_AT_ONCE = 4 * 1024 * 1024;

/** Milliseconds. A disk that does not answer is no reason for a person to wait: it may write on. */
const WRITE_LIMIT = 1000;

async function waitBriefly(writing: Promise<void> | undefined): Promise<void> {
  await Promise.race([writing, delay(WRITE_LIMIT, signal)]);
}

/** Milliseconds between two words that something is being written: within those after which an idle thread is stopped. */
const WRITING = 3000;
/** So often at most: a disk that never answers shall not keep a thread for ever. */
const MOST_WORDS = 100;

/** Says that this thread has something to do still, until `writing` is over. */
async function whileWriting(writing: Promise<void> | undefined, post: Post<LayerMessage>): Promise<void> {
  let words = 0;
  const timer = setInterval(() => {
    if (++words > MOST_WORDS) clearInterval(timer);
    else post({ type: 'writing' });
  }, WRITING);
  try {
    await writing;
  } finally {
    clearInterval(timer);
  }
}

/** `blob` is copied at once. Whoever waits for the layer's turn is told when it is written. */
function keep(
  descriptor: Descriptor,
  blob: Bytes,
  content: Content,
  post: Post<LayerMessage>,
): Promise<void> | undefined {
  const writing = content.keep?.(descriptor, blob);
  void whileWriting(writing, post).then(() => free(descriptor.digest));
  return writing;
}

// The page aborts by terminating the thread.
const { signal } = new AbortController();

async function index(
  { descriptor, diffId, keep }: LayerJob,
  content: Content,
  store: Store | null,
  post: Post<LayerMessage>,
): Promise<Outcome | Recalled> {
  const tell = ({ index, seekPoints }: Indexed) => {
    const indexed = { index, seekPoints };
    post({ type: 'indexed', ...indexed }, buffersOf(indexed));
  };
  const read = () =>
    indexLayer(content, descriptor, diffId, {
      signal,
      keep,
      onProgress: throttled((progress) => post({ type: 'progress', progress })),
      onIndexed: (indexed) => {
        if (store !== null) void keepIndex(store, descriptor, copyOf(indexed));
        tell(indexed);
      },
    });
  if (store === null) return read();
  const recall = async (): Promise<Recalled | null> => {
    const kept = await recallLayer(store, descriptor, diffId);
    if (kept === null) return null;
    tell(kept);
    return { kind: 'recalled', diffId: kept.diffId };
  };
  const recalled = await recall();
  if (recalled !== null) return recalled;
  const outcome = await alone(descriptor.digest, async (hadToWait) => {
    const outcome = (hadToWait ? await recall() : null) ?? (await read());
    const isHeld = outcome.kind === 'looked' && !(await isAwaited(descriptor.digest));
    // Else it is kept when it is checked, which is not in the way of the tree.
    if (outcome.kind === 'looked' && !isHeld) await waitBriefly(content.keep?.(descriptor, outcome.blob));
    return { value: outcome, isHeld };
  });
  if (outcome.kind === 'checked') await waitBriefly(keepFound(store, descriptor, outcome.diffId));
  return outcome;
}

const copyOf = ({ index, seekPoints }: Indexed): Indexed => ({
  index: copyColumns(index),
  seekPoints: seekPoints && copyColumns(seekPoints),
});

async function check(
  { descriptor, diffId, outcome }: CheckJob,
  content: Content,
  store: Store | null,
  post: Post<LayerMessage>,
): Promise<LayersDone> {
  if (outcome.kind === 'recalled') {
    const isLost = !(await checkKept(content, descriptor, signal));
    return { diffId: outcome.diffId, toBeWritten: null, isLost };
  }
  const found = await checkLayer(content, descriptor, diffId, outcome, signal);
  const blob = outcome.kind === 'looked' ? outcome.blob : null;
  // To write a large one takes as long as to hash it, which others wait for.
  const isToBeWritten = blob !== null && descriptor.size > WRITTEN_AT_ONCE && content.keep !== undefined;
  if (blob !== null && !isToBeWritten) {
    await waitBriefly(keep(descriptor, blob, content, post));
  }
  if (store !== null) await waitBriefly(keepFound(store, descriptor, found));
  return { diffId: found, toBeWritten: isToBeWritten ? blob : null, isLost: false };
}
