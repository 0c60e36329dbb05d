/** What a person takes along of the image that is open: entries as a tar, layers as they are. One file at a time. */
import { isAbort } from '../base/abort.ts';
import type { Failure } from '../base/problem.ts';
import { pointsAround } from '../formats/seek-points.ts';
import type { ExportPlan } from '../image/export-plan.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Stretch } from '../image/file-place.ts';
import type { LayerStretch } from '../image/layer-bytes.ts';
import { ROOT } from '../image/tree-columns.ts';
import type { Destination } from '../sources/browser/new-file.ts';
import type { ExportPool } from '../worker/pool.ts';
import type { ExportJob, LayerToExport } from '../worker/protocol.ts';
import { handOver, inSlices } from './download.ts';
import { failureOf } from './failure-of.ts';
import type { OpenFiles } from './file-reading.ts';
import { safeName } from './safe-name.ts';

export interface ExportTask {
  /** Of the file that is being made. */
  readonly name: string;
  /** `checking`: nothing is given that was not found right, so that comes first. */
  readonly step: 'checking' | 'writing';
  /** Bytes of content so far, and in all. */
  readonly done: number;
  readonly total: number;
}

export type ExportOutcome =
  /** `leftOut`: entries that no tar can hold. */
  | {
      readonly what: 'done';
      readonly name: string;
      readonly entries: number | null;
      readonly leftOut: number;
    }
  | { readonly what: 'failed'; readonly name: string; readonly failure: Failure };

/** Of an open image: what its files are read from, and when all that can be checked of it has been. */
export interface OpenImage extends OpenFiles {
  readonly checked: Promise<void>;
}

/** Entries of the tree; a folder stands for all that is in it. */
export type Nodes = readonly number[] | Uint32Array;

/** What the tar of these entries is called. */
export function tarName(tree: FileTree, nodes: Nodes): string {
  if (nodes.length !== 1) return 'files.tar';
  return nodes[0] === ROOT ? 'rootfs.tar' : `${safeName(tree.nameBytes(nodes[0]!))}.tar`;
}

/** Bytes of headers that an entry takes, about. */
const HEADERS = 1024;

/** Reactive. One for each image that is open; what it has begun ends with that. */
export class Exports {
  readonly #open: OpenImage;
  readonly #pool: ExportPool;
  readonly #closed: AbortSignal;
  #running = new AbortController();
  #task: ExportTask | null = $state.raw(null);
  #outcome: ExportOutcome | null = $state.raw(null);

  constructor(open: OpenImage, pool: ExportPool, closed: AbortSignal) {
    this.#open = open;
    this.#pool = pool;
    this.#closed = closed;
  }

  get task(): ExportTask | null {
    return this.#task;
  }
  /** How the last one ended, until it is dismissed. */
  get outcome(): ExportOutcome | null {
    return this.#outcome;
  }

  /**
   * Hands entries of a tree of the image to the browser as a tar; a folder stands for all that is in it. To be called from a click. The
   * tar of the root is a root filesystem, as `docker import` takes it; a single entry has its own name in the tar, of several
   * each has its whole path. Never rejects: see `outcome`.
   */
  async saveTar(tree: FileTree, nodes: Nodes, name = tarName(tree, nodes)): Promise<void> {
    let size = 0;
    for (const node of nodes) size += tree.totalSize(node) + HEADERS * (tree.totalEntries(node) + 1);
    await this.#run(name, size, async (signal) => {
      const { planExport } = await import('../image/export-plan.ts');
      const plan = await inSlices(planExport(tree, nodes), signal);
      const layers = new Map<number, LayerToExport>();
      for (const [i, stretches] of plan.stretches) layers.set(i, this.#layer(i, stretches));
      return { what: { kind: 'tree', parts: plan.parts, layers }, plan };
    });
  }

  /** A layer's blob, as the registry has it, or what it unpacks to. As `saveTar` in all else. */
  async saveLayer(layer: number, as: 'blob' | 'tar'): Promise<void> {
    const index = this.#open.tree.layers[layer]!;
    const { descriptor, diffId } = this.#open.layers[layer]!.layer;
    const size = as === 'blob' ? descriptor.size : index.unpackedSize;
    const ending = as === 'tar' ? 'tar' : { none: 'tar', gzip: 'tar.gz', zstd: 'tar.zst' }[index.compression];
    const digest = as === 'tar' && diffId !== null ? diffId : descriptor.digest;
    const name = `layer-${layer}-${digest.slice(digest.indexOf(':') + 1).slice(0, 12)}.${ending}`;
    await this.#run(name, size, async () => {
      const read = this.#layer(layer, []);
      return {
        what: as === 'blob' ? { kind: 'blob', layer: read } : { kind: 'tar', layer: read, diffId },
        plan: null,
      };
    });
  }

  /** Stops what is being written; nothing is left of it. */
  cancel(): void {
    this.#running.abort(new DOMException('not wanted any more', 'AbortError'));
  }

  dismiss(): void {
    this.#outcome = null;
  }

  async #run(
    name: string,
    size: number,
    prepare: (
      signal: AbortSignal,
    ) => Promise<{ readonly what: ExportJob['what']; readonly plan: ExportPlan | null }>,
  ): Promise<void> {
    if (this.#task !== null) return;
    this.#running = new AbortController();
    const signal = AbortSignal.any([this.#running.signal, this.#closed]);
    let to: Destination = null;
    // Not in the first load: most visits take nothing along.
    const { askWhere, letGo } = await import('./save-stream.ts');
    try {
      to = await askWhere(name, size);
      this.#outcome = null;
      this.#task = { name, step: 'checking', done: 0, total: 0 };
      await this.#untilChecked(signal);
      const { what, plan } = await prepare(signal);
      const total = plan?.size ?? size;
      this.#task = { name, step: 'writing', done: 0, total };
      const job = { kind: 'export', origin: this.#open.origin, what, to } as const;
      const last = await this.#open.waiting.run(this.#pool, job, signal, (message) => {
        if (message.type === 'progress') this.#task = { name, step: 'writing', done: message.done, total };
      });
      if (last.type !== 'done') throw new Error('bug: nothing was exported');
      if (last.blob !== null) handOver(last.blob, name);
      this.#outcome = { what: 'done', name, entries: plan?.count ?? null, leftOut: plan?.leftOut ?? 0 };
    } catch (error) {
      if (to !== null) await letGo(to);
      if (!signal.aborted && !isAbort(error))
        this.#outcome = { what: 'failed', name, failure: failureOf(error, name) };
    } finally {
      this.#task = null;
    }
  }

  /** A layer that was lost since it was kept is not found right by then: it is checked as it is read. */
  #untilChecked(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#open.checked.then(resolve, reject);
    });
  }

  #layer(i: number, wanted: readonly Stretch[]): LayerToExport {
    const state = this.#open.layers[i]!;
    const { descriptor } = state.layer;
    const { compression } = this.#open.tree.layers[i]!;
    const points = compression === 'none' ? null : state.seekPoints;
    // Without points a compressed layer is read from its start, and so only once.
    const isOne = points === null && compression !== 'none' && wanted.length > 1;
    const stretches = isOne ? [{ from: wanted[0]!.from, to: wanted.at(-1)!.to }] : wanted;
    return {
      descriptor,
      access: this.#open.access(descriptor),
      compression,
      isVerified: state.state === 'verified',
      stretches: stretches.map(({ from, to }): LayerStretch => ({
        from,
        to,
        points: points && pointsAround(points, from, to),
      })),
    };
  }
}
