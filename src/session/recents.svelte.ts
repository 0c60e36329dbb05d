/** What this browser keeps, as the pages show it: images that were opened, how much room they take, and what is being done. */
import { isAbort } from '../base/abort.ts';
import { fail, Problem, type Failure } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import type { LocalFiles } from '../sources/archive/archive.ts';
import type { KeptImage, Room, Store, Trouble } from '../sources/browser/store.ts';
import type { ArchivePool } from '../worker/pool.ts';
import { failureOf } from './failure-of.ts';
import { nameOf } from './local-shelf.ts';

/**
 * `whole`: opens without network and without file. `part`: something is missing, which its place still has. `file`: it is
 * read from a file that the person has. `handle`: the same, and the browser remembers where it is.
 */
export type Kept = 'whole' | 'part' | 'file' | 'handle';

export interface Recent {
  readonly image: KeptImage;
  /** What opens it, with its `#`. */
  readonly address: string;
  readonly kept: Kept;
}

/** Bytes; `total` is 0 while nobody knows it. */
export interface Task {
  readonly what: 'export' | 'import' | 'keep';
  readonly name: string;
  readonly done: number;
  readonly total: number;
}

/** How the last task ended; plain facts, words are made in `ui`. */
export type Outcome =
  | { readonly what: 'export'; readonly images: number; readonly leftOut: number }
  | {
      readonly what: 'import';
      readonly images: number;
      readonly failed: readonly { readonly name: string; readonly failure: Failure }[];
    }
  | { readonly what: 'keep' }
  | {
      readonly what: 'failed';
      readonly task: Task['what'];
      readonly name: string;
      readonly failure: Failure;
    };

export class Recents {
  readonly #opening: Promise<Store | null>;
  readonly #archives: ArchivePool;
  #store: Store | null = null;
  #running = new AbortController();
  #reading = 0;
  #state: 'unknown' | 'absent' | 'there' = $state('unknown');
  #list: readonly Recent[] = $state.raw([]);
  #room: Room | null = $state.raw(null);
  #trouble: Trouble | null = $state(null);
  #task: Task | null = $state.raw(null);
  #outcome: Outcome | null = $state.raw(null);

  /** `store`: null where this browser keeps nothing. */
  constructor(store: Promise<Store | null>, archives: ArchivePool) {
    this.#opening = store;
    this.#archives = archives;
    // Layers are kept by threads, whose stores are their own.
    void store.then((it) => it?.onTrouble(() => (this.#trouble = it.trouble)));
  }

  /** `unknown` until the store has answered once; `absent` where this browser keeps nothing. */
  get state(): 'unknown' | 'absent' | 'there' {
    return this.#state;
  }
  /** Latest first. */
  get list(): readonly Recent[] {
    return this.#list;
  }
  get room(): Room | null {
    return this.#room;
  }
  /** Why something was not kept last. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }
  get task(): Task | null {
    return this.#task;
  }
  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /** Reads the list anew. Cheap: no content is read. */
  async refresh(): Promise<void> {
    const turn = ++this.#reading;
    const store = await this.#opened();
    if (store === null) return;
    const [images, whole, room, handled] = await Promise.all([
      store.images(),
      store.whole(),
      store.room(),
      handledNames(),
    ]);
    const list = images.map((image) => ({
      image,
      address: `#${image.id}`,
      kept: keptOf(image, whole, handled),
    }));
    this.#trouble = store.trouble;
    // A later one has begun: its answer is the newer one.
    if (turn !== this.#reading) return;
    this.#list = list;
    this.#room = room;
    this.#state = 'there';
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    await (await this.#opened())?.pin(id, pinned);
    await this.refresh();
  }

  async remove({ image }: Recent): Promise<void> {
    await (await this.#opened())?.removeImage(image.id);
    const { origin } = image;
    const isLast = !this.#list.some(
      ({ image: other }) =>
        other.id !== image.id && other.origin.kind === 'local' && fileOf(other) === fileOf(image),
    );
    if (origin.kind === 'local' && isLast) await (await handles()).dropHandle(origin.file);
    await this.refresh();
  }

  async removeAll(): Promise<void> {
    await (await this.#opened())?.removeAll();
    await (await handles()).dropHandles();
    await this.refresh();
  }

  /** The browser will know the file or folder again that the address calls `file`. */
  async remember(file: string, handle: FileSystemHandle): Promise<void> {
    // Without a store there is no list that would offer it.
    if ((await this.#opened()) !== null) await (await handles()).keepHandle(file, handle);
  }

  async hasHandle(file: string): Promise<boolean> {
    return (await handledNames()).has(file);
  }

  /**
   * What was remembered of `file`, read anew; from a click, as the browser may ask. Null where the person says no, or
   * where it is not there any more.
   */
  async readAgain(file: string): Promise<LocalFiles | null> {
    const { handleOf, readHandle, dropHandle } = await handles();
    const handle = await handleOf(file);
    if (handle === null) return null;
    try {
      return await readHandle(handle);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await dropHandle(file);
      await this.refresh();
      return null;
    }
  }

  /** Hands images to the browser as one OCI layout in a tar. From a click: it may ask where to. */
  async export(recents: readonly Recent[], name: string): Promise<void> {
    const images = recents.map(({ image }) => image);
    const size = images.reduce((sum, image) => sum + image.size, 0);
    await this.#run({ what: 'export', name, done: 0, total: size }, async (signal, store) => {
      const { askWhere, saveStream } = await import('./save-stream.ts');
      const to = await askWhere(name, size);
      const { layoutTar } = await import('../sources/browser/write-layout.ts');
      const tar = await layoutTar(store, images);
      await saveStream(this.#counted(tar.stream, tar.size), name, to, signal);
      return {
        what: 'export',
        images: tar.images.length,
        leftOut: images.length - tar.images.length,
      };
    });
  }

  /** Keeps all images of a file or folder; each byte is checked. */
  async import(files: LocalFiles): Promise<void> {
    const name = nameOf(files);
    await this.#run({ what: 'import', name, done: 0, total: 0 }, async (signal, store) => {
      const recognised = await this.#archives.run({ kind: 'archive', files }, signal, () => {});
      if (!('archive' in recognised)) throw new Error('bug: nothing was recognised');
      const { importArchive } = await import('./import-archive.ts');
      const { kept, failed } = await importArchive(recognised.archive, name, store, {
        signal,
        onProgress: (done, total) => this.#progress(done, total),
      });
      return { what: 'import', images: kept.length, failed };
    });
  }

  /** Something that takes its time, under the same roof: one at a time, told and cancelled alike. */
  async keep(
    name: string,
    size: number,
    work: (store: Store, signal: AbortSignal, onProgress: (done: number) => void) => Promise<boolean>,
  ): Promise<void> {
    await this.#run({ what: 'keep', name, done: 0, total: size }, async (signal, store) => {
      if (!(await work(store, signal, (done) => this.#progress(done, size)))) fail({ code: 'quota' });
      return { what: 'keep' };
    });
  }

  /** Stops what is being done. */
  cancel(): void {
    this.#running.abort(new DOMException('not wanted any more', 'AbortError'));
  }

  /** Forgets how the last task ended. */
  dismiss(): void {
    this.#outcome = null;
  }

  async #opened(): Promise<Store | null> {
    this.#store = await this.#opening;
    if (this.#store === null) this.#state = 'absent';
    return this.#store;
  }

  async #run(task: Task, work: (signal: AbortSignal, store: Store) => Promise<Outcome>): Promise<void> {
    if (this.#task !== null) return;
    const running = new AbortController();
    this.#running = running;
    this.#task = task;
    this.#outcome = null;
    try {
      // Already open where a page shows something: a click is not waited away.
      const store = this.#store ?? (await this.#opened());
      if (store === null) return;
      this.#outcome = await work(running.signal, store);
    } catch (error) {
      if (!running.signal.aborted && !isAbort(error)) {
        this.#outcome = {
          what: 'failed',
          task: task.what,
          name: task.name,
          failure: taskFailure(error, task.name),
        };
      }
    } finally {
      this.#task = null;
    }
    await this.refresh();
  }

  #progress(done: number, total: number): void {
    if (this.#task !== null) this.#task = { ...this.#task, done, total };
  }

  /** Tells how far it is, five times a second at most. */
  #counted(stream: ReadableStream<Uint8Array>, total: number): ReadableStream<Uint8Array> {
    let done = 0;
    let told = 0;
    return stream.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, controller) => {
          done += bytes.length;
          const now = performance.now();
          if (now - told > 200) {
            told = now;
            this.#progress(Math.min(done, total), total);
          }
          controller.enqueue(bytes);
        },
      }),
    );
  }
}

const fileOf = ({ origin }: KeptImage) => (origin.kind === 'local' ? origin.file : null);

/** Not in the first load: most visits have no handle. */
const handles = () => import('../sources/browser/handles.ts');

/** Only Chromium can keep handles; elsewhere nothing is asked. */
async function handledNames(): Promise<ReadonlySet<string>> {
  if (!('FileSystemHandle' in globalThis)) return new Set();
  return (await handles()).handledNames();
}

function keptOf(image: KeptImage, whole: ReadonlySet<Digest>, handled: ReadonlySet<string>): Kept {
  if (image.digests.length > 0 && image.digests.every((digest) => whole.has(digest))) return 'whole';
  if (image.origin.kind !== 'local') return 'part';
  return handled.has(image.origin.file) ? 'handle' : 'file';
}

/** A write that the browser refused for want of room is told as that. */
function taskFailure(error: unknown, name: string): Failure {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  return isFull ? { code: 'quota' } : failureOf(error, name);
}
