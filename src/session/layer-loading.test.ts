/** What the page does with the layers' answers, whatever they are: the threads here say what the test wants. */
import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { NO_ACCESS } from '../sources/access.ts';
import { InProcessWorker } from '../testing/in-process-worker.ts';
import { WorkerPool } from '../worker/pool.ts';
import type { LayerMessage, LayersJob, MergeJob, MergeMessage } from '../worker/protocol.ts';
import { loadLayers } from './layer-loading.ts';
import { Waiting } from './waiting.svelte.ts';
import { LayerState } from './layer-state.svelte.ts';

/** A layer with so many entries, as far as the page looks at it before the merge. */
const indexOf = (count: number) => ({ count, unpackedSize: 512 }) as LayerIndex;

const layerOf = (i: number) =>
  new LayerState({
    descriptor: {
      mediaType: '',
      digest: `sha256:${String(i).padStart(64, '0')}` as Digest,
      size: 100 - i,
    },
    diffId: null,
    step: null,
  });

describe('the layers of an image', () => {
  it('stop at the first that makes them too many, while the others are still to come', async () => {
    let started = 0;
    const layers = new WorkerPool<LayersJob, LayerMessage>(() => {
      const run = (_: LayersJob, post: (message: LayerMessage) => void) => {
        started++;
        post({ type: 'indexed', index: indexOf(1_500_000) });
        post({
          type: 'done',
          outcome: { kind: 'checked', diffId: `sha256:${'0'.repeat(64)}` as Digest, seekPoints: null },
        });
      };
      return new InProcessWorker(run) as unknown as Worker;
    }, 1);
    const merge = new WorkerPool<MergeJob, MergeMessage>(() => {
      throw new Error('there is nothing to merge');
    }, 1);
    const states = Array.from({ length: 50 }, (_, i) => layerOf(i));
    const origin = { kind: 'layout', url: 'http://127.0.0.1/' } as const;
    const loading = loadLayers(
      origin,
      () => NO_ACCESS,
      states,
      { layers, merge },
      new Set(),
      new Waiting(),
      Promise.resolve(),
      new AbortController().signal,
    );
    const limit = { code: 'too-large', what: 'entries', limit: 4_000_000, actual: 4_500_000 } as const;
    await expect(loading.tree).rejects.toEqual(new Problem(limit));
    await expect(loading.verified).rejects.toEqual(new Problem(limit));
    expect(started).toBe(3);
    expect(states.map(({ state }) => state).slice(0, 4)).toEqual([
      'verified',
      'verified',
      'failed',
      'waiting',
    ]);
    expect(states[2]!.failure).toEqual(limit);
  });
});
