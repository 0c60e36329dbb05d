/** What is different between the image that is open and another one, which is opened for it. */
import { Problem, type Failure } from '../base/problem.ts';
import {
  compareTrees,
  sumsOf,
  unreadRows,
  withContents,
  type Differences,
  type DifferenceSums,
  type Side,
} from '../image/compare/compare-trees.ts';
import { FoundHashes, sameHash } from '../image/compare/found-hashes.ts';
import { layerKeys } from '../image/compare/shared-layers.ts';
import type { FileTree } from '../image/file-tree.ts';
import { planFiles, stretchesToRead, type PlannedLayer } from '../image/files-plan.ts';
import type { HashMessage } from '../worker/hash-job.ts';
import { hashPool } from '../worker/hash-pool.ts';
import { imageId, NOWHERE, type Target } from './address.ts';
import { inSlices } from './download.ts';
import { FileReading, type FilePart, type OpenFiles } from './file-reading.ts';
import type { LayerState } from './layer-state.svelte.ts';
import { NOTHING_OPEN, Opening, type Means, type OpenedImage } from './opening.svelte.ts';
import type { Packages } from './packages.svelte.ts';
import type { Phase, Verified } from './phase.ts';
import type { Said } from './waiting.svelte.ts';

/** What an image is compared with. `platform`: null for what it has. */
export interface Other {
  readonly target: Target;
  readonly platform: string | null;
}

/** The start of a file, and the layer that it comes from. */
export interface ReadStart {
  readonly part: FilePart;
  readonly layer: LayerState;
}

export interface Compared {
  /** From the other image to the one that is open. */
  readonly differences: Differences;
  readonly sums: DifferenceSums;
  /** The other one, and the one that is open. */
  readonly before: OpenedImage;
  readonly after: OpenedImage;
}

/** Bytes of files that are read because their entries do not tell whether they are the same. */
export interface ReadingProgress {
  readonly bytes: number;
  readonly all: number;
}

/** Reactive. It goes on until it is stopped. */
export class Comparing {
  readonly #after: OpenedImage;
  readonly #asked: Other;
  readonly #means: Means;
  #other: Opening | null = $state.raw(null);
  readonly #stop = new AbortController();
  #compared: Compared | null = $state.raw(null);
  #reading: ReadingProgress | null = $state.raw(null);
  #failures: readonly Failure[] = $state.raw([]);
  #done = $state(false);

  /**
   * `after`: what is open. The other one is opened when that is `checked`: until then its threads hold layers that both may
   * have, and would wait for those of the other, which wait for the layers.
   */
  constructor(means: Means, after: OpenedImage, checked: Promise<void>, other: Other) {
    this.#after = after;
    this.#asked = other;
    this.#means = means;
    const begin = () => {
      if (this.#stop.signal.aborted) return;
      this.#other = new Opening(means, {
        ...other,
        id: imageId({ ...NOWHERE, ...other }),
        upto: () => null,
        path: () => null,
        onOpen: (before) => void this.#compare(before),
      });
    };
    // Where it is not what it claims, it is not open any more.
    checked.then(begin, () => {});
  }

  isOf(tree: FileTree, { target, platform }: Other): boolean {
    const id = (other: Other) => imageId({ ...NOWHERE, ...other });
    return this.#after.files.tree === tree && id(this.#asked) === id({ target, platform });
  }

  /** How far the opening of the other image is; null until the one that is open was checked. */
  get phase(): Phase | null {
    return this.#other?.phase ?? null;
  }
  get layers(): readonly LayerState[] {
    return this.#other?.layers ?? [];
  }
  /** Of the other image. */
  get verified(): Verified {
    return this.#other?.verified ?? 'pending';
  }
  /** Null until both trees are there and have been gone through. What only bytes tell follows. */
  get compared(): Compared | null {
    return this.#compared;
  }
  /** Null while no files are read. */
  get reading(): ReadingProgress | null {
    return this.#reading;
  }
  /** Why some files could not be read. */
  get failures(): readonly Failure[] {
    return this.#failures;
  }
  get done(): boolean {
    return this.#done;
  }
  /** Something goes on for it, or will. */
  get isBusy(): boolean {
    return !this.#done && (this.#other === null || ['opening', 'open'].includes(this.#other.phase.name));
  }

  /**
   * The first `length` bytes of the file that `node` of one of the two is; fewer where it is shorter. Rejects as
   * `FileReading.read` does.
   */
  async readStart(
    { files }: OpenedImage,
    node: number,
    length: number,
    signal: AbortSignal,
  ): Promise<ReadStart> {
    const reading = new FileReading(files, this.#means.workers.files, this.#stop.signal);
    const found = reading.find(node);
    const part = await reading.read(node, { start: 0, end: length }, signal);
    if (found.kind === 'none') throw new Error('bug: what leads to no file was read');
    return { part, layer: files.layers[found.layer]! };
  }

  /** What is installed in the other image. Rejects with `not-found` where that is not open. */
  findPackages(): Promise<Packages> {
    return this.#other?.findPackages() ?? Promise.reject(new Problem(NOTHING_OPEN));
  }

  /** What was let in with a sign-in to `registry` is let go of. */
  forget(registry: string): void {
    this.#other?.forget(registry);
  }

  stop(): void {
    this.#other?.stop('it is compared with something else');
    this.#stop.abort(new DOMException('it is compared with something else', 'AbortError'));
  }

  async #compare(before: OpenedImage): Promise<void> {
    const { signal } = this.#stop;
    try {
      const differences = await inSlices(compareTrees(sideOf(before), sideOf(this.#after)), signal);
      await this.#show(differences, before);
      await this.#read(differences, before);
      this.#done = true;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #show(differences: Differences, before: OpenedImage): Promise<void> {
    const after = this.#after;
    const sums = await inSlices(sumsOf(differences, before.files.tree, after.files.tree), this.#stop.signal);
    this.#compared = { differences, sums, before, after };
  }

  /** Reads what only bytes tell, of both images. */
  async #read(differences: Differences, before: OpenedImage): Promise<void> {
    const after = this.#after;
    const { signal } = this.#stop;
    const rows = await inSlices(unreadRows(differences), signal);
    const planned = function* () {
      const sides = [];
      for (const [files, nodes] of [
        [before.files, differences.before],
        [after.files, differences.after],
      ] as const) {
        const { columns, layers } = files.tree;
        sides.push({
          files,
          plans: planFiles(
            { tree: columns, layers },
            rows.map((row) => nodes[row]!),
          ),
        });
        yield;
      }
      return sides;
    };
    const sides = await inSlices(planned(), signal);
    const all = sides.flatMap(({ plans }) => plans).reduce((sum, { bytes }) => sum + bytes, 0);
    if (all > 0) this.#reading = { bytes: 0, all };
    const read = new Map<PlannedLayer, number>();
    const tell = (planned: PlannedLayer, bytes: number) => {
      read.set(planned, bytes);
      this.#reading = { bytes: [...read.values()].reduce((sum, one) => sum + one, 0), all };
    };
    const pool = hashPool();
    const [first, second] = await Promise.all(
      sides.map(async ({ files, plans }) => {
        const hashes = new FoundHashes(files.tree);
        const reads = plans.map(async (planned) => {
          const found = await this.#hash(files, planned, pool, (bytes) => tell(planned, bytes));
          if (found !== null) hashes.add(planned, found);
          tell(planned, planned.bytes);
        });
        await Promise.all(reads);
        return hashes;
      }),
    );
    signal.throwIfAborted();
    if (rows.length > 0) {
      const isSame = (b: number, a: number) => sameHash(first!.of(b), second!.of(a));
      await this.#show(await inSlices(withContents(differences, isSame), signal), before);
    }
    this.#reading = null;
  }

  /** Null where the layer could not be read. */
  async #hash(
    { origin, access, layers, waiting }: OpenFiles,
    planned: PlannedLayer,
    pool: ReturnType<typeof hashPool>,
    onBytes: (bytes: number) => void,
  ): Promise<Uint8Array | null> {
    const { plan } = planned;
    const { layer, seekPoints } = layers[plan.layer]!;
    const { descriptor } = layer;
    const stretches = stretchesToRead(planned, seekPoints);
    const job = { kind: 'hash', origin, access: access(descriptor), descriptor, plan, stretches } as const;
    const listen = (message: Said<HashMessage>) => {
      if (message.type === 'progress') onBytes(message.bytes);
    };
    try {
      const done = await waiting.run(pool, job, this.#stop.signal, listen);
      return done.type === 'done' ? done.hashes : null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#failures = [...this.#failures, error.failure];
      return null;
    }
  }
}

const sideOf = ({ image, files }: OpenedImage): Side => ({
  tree: files.tree,
  layers: layerKeys(image),
});
