/** The layers of one image: each distinct one is indexed once, the largest first, and merged as soon as all are. */
import { isAbort } from '../base/abort.ts';
import { Problem } from '../base/problem.ts';
import type { ImageLayer } from '../image/image.ts';
import { FileTree } from '../image/file-tree.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import type { Access } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import type { LayerPool, MergePool } from '../worker/pool.ts';
import type { CheckJob, LayerMessage } from '../worker/protocol.ts';
import { LayerState } from './layer-state.svelte.ts';

/**
 * Bytes of compressed layers that are held in memory until they are checked: of one, and of all layers of an image
 * together. What is larger is read in one pass, which keeps nothing.
 */
const KEEP_LAYER = 256 * 1024 * 1024;
const KEEP_TOTAL = 384 * 1024 * 1024;

export interface Workers {
  readonly layers: LayerPool;
  readonly merge: MergePool;
}

export interface LayerLoading {
  /** Resolves when every layer is indexed and merged; the checks may go on. */
  readonly tree: Promise<FileTree>;
  /** Resolves when every blob digest and every diff ID has been found right. */
  readonly verified: Promise<void>;
}

/** `states[i]` belongs to layer `i`. Both promises reject with the first thing that goes wrong, and all else stops. */
export function loadLayers(
  origin: Origin,
  access: Access,
  states: readonly LayerState[],
  workers: Workers,
  signal: AbortSignal,
): LayerLoading {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const distinct = [...groupByContent(states).values()];
  const indexes = new Map<LayerState, LayerIndex>();

  let room = KEEP_TOTAL;

  /** Runs the jobs of one distinct layer; `onIndexed` as soon as it is usable. */
  const load = async (same: readonly LayerState[], onIndexed: () => void): Promise<void> => {
    const { descriptor, diffId } = same[0]!.layer;
    const keepUpTo = Math.min(room, KEEP_LAYER);
    if (descriptor.size <= keepUpTo) room -= descriptor.size;
    let check: CheckJob | null = null;
    const listen = (message: LayerMessage) => {
      if (message.type === 'progress') {
        const now = performance.now();
        for (const state of same) state.advance(message.progress, now);
      } else if (message.type === 'indexed') {
        const { index, kept } = message;
        for (const state of same) {
          indexes.set(state, index);
          state.indexed(index);
        }
        if (kept !== null) check = { kind: 'check', kept, compression: index.compression, diffId };
        onIndexed();
      }
    };
    try {
      const job = { kind: 'layer', origin, access, descriptor, diffId, keepUpTo } as const;
      let last = await workers.layers.run(job, either, listen);
      // Behind all layers that are still to be indexed: the tree comes first.
      if (check !== null) last = await workers.layers.run(check, either, listen);
      if (last.type !== 'done' || last.checked === null) throw new Error('bug: a layer was not checked');
      for (const state of same) state.verified(last.checked.seekPoints);
    } catch (error) {
      if (error instanceof Problem) for (const state of same) state.failed(error.failure);
      // With no reason of ours: the other layers did not fail, they were not wanted any more.
      stop.abort();
      throw error;
    }
  };

  const jobs = distinct
    .toSorted((a, b) => size(b[0]!.layer) - size(a[0]!.layer))
    .map((same) => {
      let done!: Promise<void>;
      const indexed = new Promise<void>((resolve, reject) => {
        done = load(same, resolve);
        done.catch(reject);
      });
      return { indexed, done };
    });

  const verified = Promise.all(jobs.map(({ done }) => done)).then(() => {});
  const tree = Promise.all(jobs.map(({ indexed }) => indexed))
    .then(() =>
      workers.merge.run(
        { kind: 'merge', layers: states.map((state) => indexes.get(state)!) },
        either,
        () => {},
      ),
    )
    .then(
      (message) => {
        if (message.type !== 'done') throw new Error('bug: a merge ended without a tree');
        return new FileTree(message.tree, message.layers);
      },
      async (error: unknown) => {
        // A layer's diff ID was found wrong while the merge ran: that, not the end of the merge, is what happened.
        if (isAbort(error)) await verified;
        throw error;
      },
    );
  // Both may reject; whoever awaits the one must not make the other an unhandled rejection.
  tree.catch(() => {});
  verified.catch(() => {});
  return { tree, verified };
}

/** A layer may stand in an image twice (the empty one often does): one job serves all its places. */
function groupByContent(states: readonly LayerState[]): Map<string, LayerState[]> {
  const groups = new Map<string, LayerState[]>();
  for (const state of states) {
    const key = `${state.layer.descriptor.digest} ${state.layer.diffId ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [state]);
    else group.push(state);
  }
  return groups;
}

const size = (layer: ImageLayer) => layer.descriptor.size;
