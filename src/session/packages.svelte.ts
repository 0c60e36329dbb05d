/** What is installed in the image that is open: read when somebody asks, once. */
import { isAbort } from '../base/abort.ts';
import { listAt } from '../base/list-at.ts';
import { Problem, type Failure } from '../base/problem.ts';
import type { FileTree } from '../image/file-tree.ts';
import { planFiles, stretchesToRead } from '../image/files-plan.ts';
import { findDatabases, limitOf, type DatabaseFile } from '../image/installed/databases.ts';
import type { Installed } from '../image/installed/installed.ts';
import { PackageIds } from '../image/installed/package-id.ts';
import { PackageRows } from '../image/installed/package-rows.ts';
import { ownershipOf, type Ownership } from '../image/installed/ownership.ts';
import type { InstalledMessage } from '../worker/installed-job.ts';
import { installedPool, type InstalledPool } from '../worker/installed-pool.ts';
import { inSlices } from './download.ts';
import type { OpenFiles } from './file-reading.ts';
import type { Said } from './waiting.svelte.ts';

/** Bytes of all databases: those of one layer are held together. */
const MAX_ALL = 512 * 1024 * 1024;

export interface FoundPackages {
  /** Of the whole filesystem. */
  readonly tree: FileTree;
  readonly installed: Installed;
  readonly ownership: Ownership;
  readonly ids: PackageIds;
  readonly rows: PackageRows;
  /** It was read from layers that were found right. */
  readonly verified: boolean;
}

/** Those that are read, and those that are too large, or come when others have taken all the room. */
function bounded(files: readonly DatabaseFile[]): [small: DatabaseFile[], large: DatabaseFile[]] {
  const [small, large]: [DatabaseFile[], DatabaseFile[]] = [[], []];
  let all = 0;
  for (const file of files) {
    const fits = file.size <= limitOf(file.role) && all + file.size <= MAX_ALL;
    if (fits) all += file.size;
    (fits ? small : large).push(file);
  }
  return [small, large];
}

/** Those of one content together, by the node of the first: names of one file are read once. */
function byContent(tree: FileTree, files: readonly DatabaseFile[]): Map<number, DatabaseFile[]> {
  const { contentLayer, contentRow } = tree.columns;
  const groups = new Map<string, DatabaseFile[]>();
  for (const file of files) {
    const key = `${contentLayer[file.node]}/${contentRow[file.node]}`;
    listAt(groups, key).push(file);
  }
  return new Map([...groups.values()].map((group) => [group[0]!.node, group]));
}

/** What is wrong with the image is said elsewhere, and what could not be read is in `failure`; a bug is told as one. */
function notABug(error: unknown): void {
  if (!(error instanceof Problem) && !isAbort(error)) throw error;
}

/** Reactive. It goes on until the image is closed. */
export class Packages {
  readonly #files: OpenFiles;
  readonly #signal: AbortSignal;
  readonly #pool: InstalledPool;
  #done: Promise<FoundPackages>;
  #found: FoundPackages | null = $state.raw(null);
  #failure: Failure | null = $state.raw(null);
  #progress: { readonly bytes: number; readonly all: number } | null = $state.raw(null);

  /** `checked`: when all that can be made sure of the image has been. */
  constructor(files: OpenFiles, checked: Promise<void>, signal: AbortSignal, pool = installedPool()) {
    this.#files = files;
    this.#signal = signal;
    this.#pool = pool;
    this.#done = checked.then(() => this.#run());
    this.#done.catch(notABug);
  }

  /** Null until all of it was read. */
  get found(): FoundPackages | null {
    return this.#found;
  }
  /** Why it could not be. */
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Bytes of databases; null before they are read. */
  get progress(): { readonly bytes: number; readonly all: number } | null {
    return this.#progress;
  }

  /** Tries again. */
  retry(): void {
    if (this.#failure === null) return;
    this.#failure = null;
    this.#done = this.#run();
    this.#done.catch(notABug);
  }

  /** Rejects with a Problem where it could not be found out, and with the reason where the image was closed. */
  whenFound(): Promise<FoundPackages> {
    return this.#done;
  }

  async #run(): Promise<FoundPackages> {
    const { tree } = this.#files;
    try {
      const databases = await inSlices(findDatabases(tree), this.#signal);
      const { installed, verified } = await this.#read(databases);
      const ownership = await inSlices(ownershipOf(tree, installed), this.#signal);
      const { packages } = installed;
      const ids = new PackageIds(packages);
      const found = { tree, installed, ownership, ids, rows: new PackageRows(packages, ownership), verified };
      this.#found = found;
      return found;
    } catch (error) {
      if (error instanceof Problem) this.#failure = error.failure;
      throw error;
    }
  }

  async #read(databases: readonly DatabaseFile[]): Promise<{ installed: Installed; verified: boolean }> {
    const { tree, layers, access, origin, waiting } = this.#files;
    const [small, large] = bounded(databases);
    const { columns } = tree;
    const files = byContent(tree, small);
    const plans = planFiles({ tree: columns, layers: tree.layers }, files.keys());
    const all = plans.reduce((sum, { bytes }) => sum + bytes, 0);
    const toGather = plans.map((planned) => {
      const { layer, seekPoints } = layers[planned.plan.layer]!;
      const { descriptor } = layer;
      const stretches = stretchesToRead(planned, seekPoints);
      return { access: access(descriptor), descriptor, plan: planned.plan, stretches };
    });
    this.#progress = { bytes: 0, all };
    const job = { kind: 'installed', origin, layers: toGather, files } as const;
    const listen = (message: Said<InstalledMessage>) => {
      if (message.type === 'progress') this.#progress = { bytes: message.bytes, all };
    };
    const done = await waiting.run(this.#pool, job, this.#signal, listen);
    if (done.type !== 'done') throw new Error('bug: nothing was read');
    const isRight = plans.every(({ plan }) => layers[plan.layer]!.state === 'verified');
    const tooLarge = large.map(({ path, size, role }) => ({
      path,
      failure: { code: 'too-large', what: 'database', limit: limitOf(role), actual: size } as const,
    }));
    const damaged = [...done.installed.damaged, ...tooLarge];
    return { installed: { ...done.installed, damaged }, verified: done.atHand && isRight };
  }
}
