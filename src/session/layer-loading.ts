/** The layers of one image: each distinct one is indexed once, the largest first, and merged as soon as all are. */
import { delay, isAbort } from '../base/abort.ts';
import type { Bytes } from '../base/bytes.ts';
import { listAt } from '../base/list-at.ts';
import { Problem, type Failure } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { ImageLayer } from '../image/image.ts';
import type { Outcome } from '../image/index-layer.ts';
import type { Recalled } from '../image/kept-layer.ts';
import { FileTree } from '../image/file-tree.ts';
import { MAX_ENTRIES, MAX_POOL, type LayerIndex } from '../image/layer-index.ts';
import { emptyIndex } from '../image/layer-index-builder.ts';
import type { Access } from '../sources/access.ts';
import { isToBeKept } from '../sources/open-place.ts';
import type { Origin } from '../sources/origin.ts';
import type { LayerPool, TreesPool } from '../worker/pool.ts';
import { HeldLayers } from '../worker/layer-turns.ts';
import type { LayerMessage, LayersJob, TreesJob } from '../worker/protocol.ts';
import type { Cut } from './early-file.ts';
import { LayerState } from './layer-state.svelte.ts';
import type { Said, Waiting } from './waiting.svelte.ts';

/** Bytes of an image's blobs that are held in memory until they are in the store. */
const KEEP_BLOBS = 384 * 1024 * 1024;
/**
 * Bytes of what layers unpack to that are held until they are checked: 64 MiB for each GiB that the browser admits to
 * (Chromium says 8 at most, others nothing). What is not held is unpacked again.
 */
const KEEP_UNPACKED = 64 * 1024 * 1024 * (deviceMemory() ?? 4);
/** What most layers unpack to is less than so many times their size; of one that gives more nothing is held. */
const KEEP_RATIO = 4;
const KEEP_NOTHING = { blob: 0, unpacked: 0 };

/** A frame comes within this time, or the page is not looked at. Milliseconds. */
export const SHOWN_MS = 500;

/** Device Memory API, in GiB. */
function deviceMemory(): number | undefined {
  return (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory;
}

export interface Workers {
  readonly layers: LayerPool;
  readonly trees: TreesPool;
}

export interface LayerLoading {
  /** Resolves when every layer is indexed and merged; the checks may go on. */
  readonly tree: Promise<FileTree>;
  /** Resolves when every layer that is there has been looked at: found right, or lost since it was kept. */
  readonly verified: Promise<void>;
  /** Out of what was kept for the checks, which is there with the tree or soon after it, and until they begin. */
  readonly cut: Cut;
}

export interface LoadingMeans {
  readonly workers: Workers;
  /** Blobs that were found right since the page was loaded: what is kept of those is not read again. Those that are found right are added. */
  readonly trusted: Set<Digest>;
  /** Is told what the jobs wait for. */
  readonly waiting: Waiting;
  /** The tree is on the screen. */
  readonly shown: Promise<void>;
  /** A link leads to a file, which is wanted with the tree. */
  readonly forFile: boolean;
}

/**
 * `states[i]` belongs to layer `i`; one that is `missing` counts as a layer without entries. Both promises reject with the
 * first thing that goes wrong, and all else stops.
 */
export function loadLayers(
  origin: Origin,
  access: (layer: Descriptor) => Access,
  states: readonly LayerState[],
  { workers, trusted, waiting, shown, forFile }: LoadingMeans,
  signal: AbortSignal,
): LayerLoading {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const present = states.filter(({ state }) => state !== 'missing');
  const distinct = [...groupByContent(present).values()];
  const indexes = new Map<LayerState, LayerIndex>();
  /** What is on its way to the store; none rejects. */
  const writing: Promise<void>[] = [];

  const held = new HeldLayers();

  let roomForBlobs = KEEP_BLOBS;
  let roomForUnpacked = KEEP_UNPACKED;
  let entries = 0;
  let names = 0;

  const run = (job: LayersJob, until: AbortSignal, listen?: (message: Said<LayerMessage>) => void) =>
    waiting.run(workers.layers, job, until, listen);

  /** Indexes one distinct layer; `onIndexed` as soon as it is usable. */
  const index = async (same: readonly LayerState[], onIndexed: () => void): Promise<Outcome | Recalled> => {
    const { descriptor, diffId } = same[0]!.layer;
    const room = Math.min(roomForUnpacked, descriptor.size * KEEP_RATIO);
    const keep =
      descriptor.size <= roomForBlobs ? { blob: descriptor.size, unpacked: room, forFile } : KEEP_NOTHING;
    roomForBlobs -= keep.blob;
    roomForUnpacked -= keep.unpacked;
    const tooMany = new AbortController();
    const listen = (message: Said<LayerMessage>) => {
      if (message.type === 'progress') {
        const now = performance.now();
        for (const state of same) state.advance(message.progress, now);
      } else if (message.type === 'indexed') {
        // Here and not in the merge alone: until that, each layer may bring as many as an image may have.
        entries += message.index.count * same.length;
        names += message.index.pool.length;
        const excess =
          excessOf('entries', MAX_ENTRIES, entries) ?? excessOf('bytes of names', MAX_POOL, names);
        if (excess !== null) return tooMany.abort(new Problem(excess));
        for (const state of same) {
          indexes.set(state, message.index);
          state.indexed(message);
        }
        onIndexed();
      }
    };
    const job = { kind: 'layer', origin, access: access(descriptor), descriptor, diffId, keep } as const;
    const done = await run(job, AbortSignal.any([either, tooMany.signal]), listen);
    if (!('outcome' in done)) throw new Error('bug: a layer was not indexed');
    const kept = done.outcome.kind === 'looked' ? done.outcome.unpacked : null;
    roomForUnpacked += keep.unpacked - (kept?.length ?? 0);
    return done.outcome;
  };

  /**
   * Hands a layer that was found right to the store when all is over, or at once where another tab waits for it: on two
   * cores it would be in the way of what this one waits for.
   */
  const write = async (descriptor: Descriptor, blob: Bytes, isWanted: Promise<void>): Promise<void> => {
    await Promise.race([verified.catch(() => {}), isWanted]);
    const job = { kind: 'keep', origin, access: access(descriptor), descriptor, blob } as const;
    // Of use to the next visit: it goes on when the image is left.
    await run(job, new AbortController().signal);
    held.handOver(descriptor.digest);
  };

  /** `isWanted`: another tab waits for it. */
  const check = async (
    same: readonly LayerState[],
    outcome: Outcome | Recalled,
    isWanted: Promise<void>,
  ): Promise<void> => {
    const { descriptor, diffId } = same[0]!.layer;
    const isKnown = outcome.kind === 'recalled' && trusted.has(descriptor.digest);
    if (outcome.kind !== 'checked' && !isKnown) {
      const job = { kind: 'check', origin, access: access(descriptor), descriptor, diffId, outcome } as const;
      const done = await run(job, either);
      if (!('isLost' in done)) throw new Error('bug: a layer was not checked');
      if (done.toBeWritten === null) held.handOver(descriptor.digest);
      else writing.push(write(descriptor, done.toBeWritten, isWanted).catch(() => {}));
      if (done.isLost) return;
    }
    trusted.add(descriptor.digest);
    for (const state of same) state.verified();
  };

  /** With the first thing that goes wrong, all else stops. */
  const orStop = async <T>(same: readonly LayerState[], step: Promise<T>): Promise<T> => {
    try {
      return await step;
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
      let outcome!: Promise<Outcome | Recalled>;
      const indexed = new Promise<void>((resolve, reject) => {
        outcome = orStop(same, index(same, resolve));
        outcome.catch(reject);
      });
      return { same, indexed, outcome };
    });

  const cut: Cut = async (layer, from, to) => {
    const job = jobs.find(({ same }) => same.includes(states[layer]!));
    // At once: then it is given away to be checked, and has no bytes any more.
    const slice = (outcome: Outcome | Recalled) => {
      const bytes = outcome.kind === 'looked' ? outcome.unpacked : null;
      return bytes === null || to > bytes.length ? null : bytes.slice(from, to);
    };
    return job?.outcome.then(slice, () => null) ?? null;
  };

  const [first] = states;
  const isKept = first !== undefined && isToBeKept(origin, access(first.layer.descriptor));
  // What lacks a layer is not what the layers make.
  const isWhole = present.length === states.length;
  const keepFor = isKept && isWhole ? states.map(({ layer }) => layer.descriptor.digest) : null;
  const onTrees = (job: TreesJob) => workers.trees.run(job, either, () => {});
  const recalling = keepFor === null ? null : onTrees({ kind: 'recall', layers: keepFor });
  recalling?.catch(() => {});
  let mark: string | null = null;

  const merged = async (): Promise<FileTree> => {
    await Promise.all(jobs.map(({ indexed }) => indexed));
    const layers = states.map((state) => indexes.get(state) ?? emptyIndex());
    const kept = await recalling;
    if (kept !== null && 'recalled' in kept && kept.recalled !== null)
      return new FileTree(kept.recalled, layers);
    const done = await onTrees({ kind: 'merge', layers, keepFor });
    if (!('tree' in done)) throw new Error('bug: a merge ended without a tree');
    mark = done.mark;
    return new FileTree(done.tree, done.layers);
  };
  const tree = merged().catch(async (error: unknown) => {
    // A layer's diff ID was found wrong while the merge ran: that, not the end of the merge, is what happened.
    if (isAbort(error)) await Promise.all(jobs.map(({ outcome }) => outcome));
    throw error;
  });
  // What is left of the checks begins when the tree is on the screen, which is what one waits for. Unless another tab waits
  // too; and a page in the background paints nothing.
  const drawn = tree.then(() => Promise.race([shown, delay(SHOWN_MS, either)]));
  drawn.catch(() => {});
  const verified = Promise.all(
    jobs.map(async ({ same, outcome }) => {
      const left = await outcome;
      const isWanted = left.kind === 'looked' ? held.hold(same[0]!.layer.descriptor.digest) : drawn;
      if (left.kind !== 'checked') await Promise.race([drawn, isWanted]);
      await orStop(same, check(same, left, isWanted));
    }),
  ).then(() => {});
  // No longer than something may be written still.
  const letGo = () => Promise.all(writing).then(() => held.end());
  verified.then(letGo, letGo);
  const noteRight = async () => {
    await Promise.all([verified, tree]);
    if (keepFor !== null && mark !== null) await onTrees({ kind: 'right', layers: keepFor, mark });
  };
  noteRight().catch(() => {});
  // Both may reject; whoever awaits the one must not make the other an unhandled rejection.
  tree.catch(() => {});
  verified.catch(() => {});
  return { tree, verified, cut };
}

/** A layer may stand in an image twice (the empty one often does): one job serves all its places. */
function groupByContent(states: readonly LayerState[]): Map<string, LayerState[]> {
  const groups = new Map<string, LayerState[]>();
  for (const state of states) {
    const key = `${state.layer.descriptor.digest} ${state.layer.diffId ?? ''}`;
    listAt(groups, key).push(state);
  }
  return groups;
}

function excessOf(what: string, limit: number, actual: number): Failure | null {
  return actual > limit ? { code: 'too-large', what, limit, actual } : null;
}

const size = (layer: ImageLayer) => layer.descriptor.size;
