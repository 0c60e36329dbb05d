/** What the page does with the layers' answers, whatever they are: the threads here say what the test wants. */
import { describe, expect, it, vi } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { emptyIndex } from '../image/layer-index-builder.ts';
import { merge } from '../image/merge/merge.ts';
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

const ORIGIN = { kind: 'layout', url: 'http://127.0.0.1/' } as const;
const MEANS = {
  trusted: new Set<Digest>(),
  waiting: new Waiting(),
  shown: Promise.resolve(),
  forFile: false,
};

describe('the layers of an image', () => {
  it.each([
    ['and nothing is left to be done', null],
    ['also where the image is left at that moment', 'verified'],
    ['or those that are, where it is left before', 'third check'],
  ])('are written when all of them are right, %s', async (_, isLeft) => {
    const log: string[] = [];
    const left = new AbortController();
    const blob = new Uint8Array(100);
    const diffId = layerOf(0).layer.descriptor.digest;
    const layers = new WorkerPool<LayersJob, LayerMessage>(() => {
      const run = (job: LayersJob, post: (message: LayerMessage) => void) => {
        log.push(job.kind);
        switch (job.kind) {
          case 'layer': {
            post({ type: 'indexed', index: { ...emptyIndex(), compression: 'gzip' }, seekPoints: null });
            const looked = {
              kind: 'looked',
              blob,
              compression: 'gzip',
              unpacked: null,
              unpackedSize: 0,
            } as const;
            return post({ type: 'done', outcome: { ...looked, found: diffId } });
          }
          case 'check':
            if (isLeft === 'third check' && log.filter((kind) => kind === 'check').length === 3)
              return left.abort();
            return post({ type: 'done', diffId, isLost: false, toBeWritten: blob });
          case 'keep':
            expect(job.blob).toEqual(blob);
            return post({ type: 'done', isWriting: true });
          case 'blob':
            throw new Error('there is none');
        }
      };
      return new InProcessWorker(run) as unknown as Worker;
    }, 2);
    const trees = new WorkerPool<TreesJob, TreesMessage>(() => {
      const run = (job: TreesJob, post: (message: TreesMessage) => void) => {
        if (job.kind !== 'merge') return post({ type: 'done', recalled: null });
        post({ type: 'done', tree: merge(job.layers), layers: job.layers, mark: null });
      };
      return new InProcessWorker(run) as unknown as Worker;
    }, 1);
    const states = [layerOf(0), layerOf(1), layerOf(2)];
    const workers = { layers, trees };
    const loading = loadLayers(ORIGIN, () => NO_ACCESS, states, { workers, ...MEANS }, left.signal);
    await loading.verified.then(
      () => log.push('verified'),
      () => log.push('left'),
    );
    if (isLeft === 'verified') left.abort();
    const thrice = (what: string) => [what, what, what];
    const all = [
      ...[...thrice('layer'), ...thrice('check')],
      ...(isLeft === 'third check' ? ['left', 'keep', 'keep'] : ['verified', ...thrice('keep')]),
    ];
    await vi.waitFor(() => expect(log.length).toBeGreaterThanOrEqual(all.length), 20_000);
    expect(log).toEqual(all);
  });

  it.each([
    ['entries', indexOf(1_500_000, 0), 4_000_000, 4_500_000],
    ['bytes of names', indexOf(1, 400e6), 2 ** 30, 1.2e9],
  ])('stop at the first that makes them too many: %s', async (what, index, most, actual) => {
    let started = 0;
    const layers = new WorkerPool<LayersJob, LayerMessage>(() => {
      const run = (_: LayersJob, post: (message: LayerMessage) => void) => {
        started++;
        post({ type: 'indexed', index, seekPoints: null });
        post({
          type: 'done',
          outcome: { kind: 'checked', diffId: `sha256:${'0'.repeat(64)}` as Digest },
        });
      };
      return new InProcessWorker(run) as unknown as Worker;
    }, 1);
    const trees = new WorkerPool<TreesJob, TreesMessage>(() => {
      throw new Error('there is nothing to merge');
    }, 1);
    const states = Array.from({ length: 50 }, (_, i) => layerOf(i));
    const loading = loadLayers(
      ORIGIN,
      () => NO_ACCESS,
      states,
      { workers: { layers, trees }, ...MEANS },
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
