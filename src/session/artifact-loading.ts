/** The blobs of an artifact: tars are looked into, all others are files as they are; what is not large is checked at once. */
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { blobIndex } from '../image/artifact-blobs.ts';
import { FileTree } from '../image/file-tree.ts';
import type { ArtifactBlob } from '../image/image.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { emptyIndex } from '../image/layer-index-builder.ts';
import type { Access } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import type { LayersJob } from '../worker/protocol.ts';
import type { Workers } from './layer-loading.ts';
import { LayerState } from './layer-state.svelte.ts';

/** Bytes of a blob that nobody has asked for yet: a chart has some kilobytes, a model some gigabytes. */
export const UNASKED = 128 * 1024 * 1024;

/** What a first look may keep: the blob is checked, and that is all there is to check of an artifact. */
const KEEP = { blob: UNASKED, unpacked: 0 };

export interface ArtifactLoading {
  readonly tree: Promise<FileTree>;
  /** Resolves when every blob that is fetched without being asked for has been found right. */
  readonly checked: Promise<void>;
}

/** `states[i]` belongs to `blobs[i]`. Rejects with the first thing that goes wrong, and all else stops. */
export function loadArtifact(
  origin: Origin,
  access: (blob: Descriptor) => Access,
  blobs: readonly ArtifactBlob[],
  states: readonly LayerState[],
  workers: Workers,
  signal: AbortSignal,
): ArtifactLoading {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);

  const check = async (descriptor: Descriptor, state: LayerState): Promise<void> => {
    const job: LayersJob = { kind: 'blob', origin, access: access(descriptor), descriptor };
    await workers.layers.run(job, either, (message) => {
      if (message.type === 'progress') state.advance(message.progress, performance.now());
    });
    state.verified();
  };

  /** The index of a tar; null for what is none. `right` ends when all is checked. */
  const lookInto = async (descriptor: Descriptor, state: LayerState) => {
    let index: LayerIndex | null = null;
    const job = {
      kind: 'layer',
      origin,
      access: access(descriptor),
      descriptor,
      diffId: null,
      keep: KEEP,
    } as const;
    try {
      const done = await workers.layers.run(job, either, (message) => {
        if (message.type === 'progress') state.advance(message.progress, performance.now());
        else if (message.type === 'indexed') {
          index = message.index;
          state.indexed(message);
        }
      });
      if (index === null) throw new Error('bug: a blob was not indexed');
      const kind = 'outcome' in done ? done.outcome.kind : null;
      // A look has hashed the blob already; what was recalled or only surveyed, it has not.
      const isRight = kind === 'checked' || kind === 'looked';
      return { index: index as LayerIndex, isRight };
    } catch (error) {
      const code = error instanceof Problem ? error.failure.code : null;
      // By its name it might have been one; its bytes say what it is.
      if (code === 'malformed' || code === 'unsupported' || code === 'too-large') return null;
      throw error;
    }
  };

  const load = async (blob: ArtifactBlob, state: LayerState) => {
    const { descriptor } = blob;
    if (state.state === 'missing') return { index: emptyIndex(), check: null };
    const isWanted = descriptor.size <= UNASKED;
    const found = blob.mayBeTar && isWanted ? await lookInto(descriptor, state) : null;
    if (found?.isRight) state.verified();
    const isRight = found?.isRight === true;
    return {
      index: found?.index ?? blobIndex(blob),
      check: isWanted && !isRight ? () => check(descriptor, state) : null,
    };
  };

  const orStop = async <T>(state: LayerState, step: Promise<T>): Promise<T> => {
    try {
      return await step;
    } catch (error) {
      if (error instanceof Problem) state.failed(error.failure);
      stop.abort();
      throw error;
    }
  };

  const loads = blobs.map((blob, i) => orStop(states[i]!, load(blob, states[i]!)));
  const tree = Promise.all(loads).then(async (all) => {
    const layers = all.map(({ index }) => index);
    const message = await workers.trees.run({ kind: 'merge', layers, keepFor: null }, either, () => {});
    if (!('tree' in message)) throw new Error('bug: a merge ended without a tree');
    return new FileTree(message.tree, message.layers);
  });
  const checked = tree
    .then(() => Promise.all(loads))
    .then((all) => Promise.all(all.map(({ check }, i) => check && orStop(states[i]!, check()))))
    .then(() => {});
  tree.catch(() => {});
  checked.catch(() => {});
  return { tree, checked };
}
