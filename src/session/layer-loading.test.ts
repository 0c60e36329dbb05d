/** What the page does with the layers' answers, whatever they are: the threads here say what the test wants. */
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { NO_ACCESS } from '../sources/access.ts';
import { InProcessWorker } from '../testing/in-process-worker.ts';
import { WorkerPool } from '../worker/pool.ts';
import type { LayerMessage, LayersJob, TreesJob, TreesMessage } from '../worker/protocol.ts';
import { loadLayers } from './layer-loading.ts';
import { Waiting } from './waiting.svelte.ts';
import { LayerState } from './layer-state.svelte.ts';

/** A layer with so many entries and bytes of names, as far as the page looks at it before the merge. */
const indexOf = (count: number, names: number) =>
  ({ count, unpackedSize: 512, pool: { length: names } as Bytes }) as LayerIndex;

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
  it.each([
    ['entries', indexOf(1_500_000, 0), 4_000_000, 4_500_000],
    ['bytes of names', indexOf(1, 400e6), 2 ** 30, 1.2e9],
  ])('stop at the first that makes them too many: %s', async (what, index, most, actual) => {
    let started = 0;
    const layers = new WorkerPool<LayersJob, LayerMessage>(() => {
      const run = (_: LayersJob, post: (message: LayerMessage) => void) => {
        started++;
        post({ type: 'indexed', index });
        post({
          type: 'done',
          outcome: { kind: 'checked', diffId: `sha256:${'0'.repeat(64)}` as Digest, seekPoints: null },
        });
      };
      return new InProcessWorker(run) as unknown as Worker;
    }, 1);
    const trees = new WorkerPool<TreesJob, TreesMessage>(() => {
      throw new Error('there is nothing to merge');
    }, 1);
    const states = Array.from({ length: 50 }, (_, i) => layerOf(i));
    const origin = { kind: 'layout', url: 'http://127.0.0.1/' } as const;
    const loading = loadLayers(
      origin,
      () => NO_ACCESS,
      states,
      { layers, trees },
      new Set(),
      new Waiting(),
      Promise.resolve(),
      new AbortController().signal,
    );
    const limit = { code: 'too-large', what, limit: most, actual } as const;
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
