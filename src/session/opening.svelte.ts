/**
 * One thing that was asked for, from the asking to the screen: how far it is, what is known of it, and what goes on for it.
 * Another one is another Opening.
 */
import { delay } from '../base/abort.ts';
import type { Bytes } from '../base/bytes.ts';
import { fail, isMismatch, Problem, type Failure } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { platformText, type Platform } from '../formats/platform.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { HistoryStep } from '../image/history.ts';
import type { Artifact, ArtifactBlob, Image } from '../image/image.ts';
import { openImage } from '../image/open-image.ts';
import type { Access } from '../sources/access.ts';
import type { Archive, ArchiveProgress, LocalFiles } from '../sources/archive/archive.ts';
import { openPlace } from '../sources/open-place.ts';
import { keptArchive } from '../sources/browser/kept-archive.ts';
import type { Store } from '../sources/browser/store.ts';
import { lastOf } from '../sources/http/patience.ts';
import type { LocalOrigin, Origin } from '../sources/origin.ts';
import type { Place } from '../sources/place.ts';
import { DIRECT, type Route } from '../sources/registry/reach.ts';
import type { LookupThread } from '../worker/lookup-thread.ts';
import type { ArchivePool, ExportPool, FilePool } from '../worker/pool.ts';
import type { Target } from './address.ts';
import { earlyFile } from './early-file.ts';
import { Exports, type OpenImage } from './exports.svelte.ts';
import { failureOf } from './failure-of.ts';
import { FileReading, type OpenFiles } from './file-reading.ts';
import { holdOpen, remember } from './kept-image.ts';
import type { Keyring } from './keyring.svelte.ts';
import { loadLayers, SHOWN_MS, type Workers } from './layer-loading.ts';
import { LayerState } from './layer-state.svelte.ts';
import type { LocalShelf } from './local-shelf.ts';
import { isWhole, markMissing } from './missing-layers.ts';
import type { Packages } from './packages.svelte.ts';
import type { Phase, Verified } from './phase.ts';
import { Stages, type Stage } from './stages.svelte.ts';
import type { Opened, Surroundings } from './surroundings.svelte.ts';
import { askedFor, originOf } from './target.ts';
import type { Waiting } from './waiting.svelte.ts';
import type { Ways } from './ways.svelte.ts';

/** What is wrong where something of an image is asked for, and none is open. */
export const NOTHING_OPEN: Failure = { code: 'not-found', what: 'image', name: '' };

export interface SessionWorkers extends Workers {
  readonly archive: ArchivePool;
  readonly files: FilePool;
  readonly exports: ExportPool;
  /** What answers questions about an image, whose tree of all layers is given. */
  readonly lookup: (tree: FileTree) => Promise<LookupThread>;
}

/** What every opening of a session uses. */
export interface Means {
  /** Relative URLs of layouts are resolved against it. */
  readonly base: string;
  readonly workers: SessionWorkers;
  readonly store: Promise<Store | null>;
  /** Null: every registry by itself. */
  readonly ways: Ways | null;
  readonly keyring: Keyring;
  readonly waiting: Waiting;
  readonly shelf: LocalShelf;
  /** Layers that were found right since the page was loaded. */
  readonly trusted: Set<Digest>;
}

/**
 * What was asked for. `id`: the name of the image among what is kept. `upto` and `path`: the layer after which it is to be shown
 * by now, and what is selected. `onOpen`: its tree is there. `onVerified`: all of it has been found right.
 */
export interface Wish {
  readonly target: Target;
  readonly platform: string | null;
  readonly id: string;
  readonly upto: () => number | null;
  readonly path: () => Bytes | null;
  readonly onOpen?: (opened: OpenedImage) => void;
  readonly onVerified?: () => void;
}

export interface OpenedImage {
  readonly image: Image;
  readonly files: OpenFiles;
}

export interface LocalImage {
  /** Null where it is read from what was kept of it in this browser. */
  readonly files: LocalFiles | null;
  /** Null until it was recognised. */
  readonly archive: Archive | null;
}

export class Opening {
  readonly #means: Means;
  readonly #wish: Wish;
  readonly #running = new AbortController();
  #onShown: () => void = () => {};
  /** The place, and who is signed in to for it. */
  #asked: { readonly registry: string; readonly place: Place } | null = null;
  #stages: Stages | null = $state.raw(null);
  #lookup: Promise<LookupThread> | null = null;
  #exports: Exports | null = $state.raw(null);
  #checked: Promise<void> = Promise.resolve();
  #opened: Opened | null = null;
  #surroundings: Promise<Surroundings> | null = null;
  #reading: Promise<Packages> | null = null;
  #packages: Packages | null = $state.raw(null);
  #phase: Phase = $state.raw({ name: 'empty' });
  #layers: readonly LayerState[] = $state.raw([]);
  #local: LocalImage | null = $state.raw(null);
  #recognising: ArchiveProgress | null = $state.raw(null);
  #verified: Verified = $state('pending');
  #route: Route = $state.raw(DIRECT);

  /** Begins at once. */
  constructor(means: Means, wish: Wish) {
    this.#means = means;
    this.#wish = wish;
    void this.#run();
  }

  get phase(): Phase {
    return this.#phase;
  }
  get layers(): readonly LayerState[] {
    return this.#layers;
  }
  get local(): LocalImage | null {
    return this.#local;
  }
  get recognising(): ArchiveProgress | null {
    return this.#recognising;
  }
  get verified(): Verified {
    return this.#verified;
  }
  get route(): Route {
    return this.#route;
  }
  /** The filesystem that is looked at, whole or as it was after a layer; null until there is one. */
  get stage(): Stage | null {
    return this.#stages?.shown ?? null;
  }
  /** The files of the whole filesystem, and when all of it has been looked at; null until there is one. */
  get whole(): { readonly files: OpenFiles; readonly checked: Promise<void> } | null {
    const stages = this.#stages;
    return stages && { files: stages.whole.files.open, checked: this.#checked };
  }
  /** Another stage than the one that is shown is being made. */
  get staging(): boolean {
    return this.#stages?.making ?? false;
  }
  get exports(): Exports | null {
    return this.#exports;
  }
  /** Shows the filesystem as it was after a layer, from 0; null: after all of them. Nothing happens before there is a tree. */
  showStage(after: number | null): void {
    void this.#stages?.show(after);
  }

  /** What answers questions about what is open. Rejects with `not-found` where nothing is. */
  lookup(): Promise<LookupThread> {
    const tree = this.#stages?.whole.tree;
    if (tree === undefined) return Promise.reject(new Problem(NOTHING_OPEN));
    this.#lookup ??= this.#means.workers.lookup(tree).then((thread) => {
      this.#running.signal.addEventListener('abort', () => thread.stop(), { once: true });
      return thread;
    });
    return this.#lookup;
  }

  /** Rejects with `not-found` where nothing is open. */
  surroundings(): Promise<Surroundings> {
    const open = this.#opened;
    if (open === null) return Promise.reject(new Problem(NOTHING_OPEN));
    this.#surroundings ??= import('./surroundings.svelte.ts').then(
      ({ Surroundings }) => new Surroundings(open, this.#means.waiting, this.#running.signal),
    );
    return this.#surroundings;
  }

  /** What is installed in it, from the first time on that it was asked for. */
  get packages(): Packages | null {
    return this.#packages;
  }

  /** Begins to find out what is installed, once. Rejects with `not-found` where nothing is open. */
  findPackages(): Promise<Packages> {
    const { whole } = this;
    if (whole === null) return Promise.reject(new Problem(NOTHING_OPEN));
    this.#reading ??= import('./packages.svelte.ts').then(
      ({ Packages }) => (this.#packages = new Packages(whole.files, whole.checked, this.#running.signal)),
    );
    return this.#reading;
  }

  /** The tree's first rows are on the screen. */
  shown(): void {
    this.#onShown();
  }

  /** What was let in with a sign-in to `registry` is let go of. */
  forget(registry: string): void {
    if (this.#asked?.registry === registry) this.#asked.place.forget?.();
  }

  /** Ends all that goes on for it. `why` is for who looks into it. */
  stop(why: string): void {
    this.#running.abort(new DOMException(why, 'AbortError'));
  }

  /** What the tab has of a local file; where it was not recognised yet, that comes first. */
  async #recognise({ file }: LocalOrigin, signal: AbortSignal): Promise<Archive> {
    const shelved = this.#means.shelf.get(file);
    if (shelved === null) {
      const store = await this.#means.store;
      const archive = store && (await keptArchive(store, file));
      signal.throwIfAborted();
      if (archive === null) return fail({ code: 'not-found', what: 'file', name: file });
      this.#local = { files: null, archive };
      return archive;
    }
    this.#local = shelved;
    if (shelved.archive !== null) return shelved.archive;
    const done = await this.#means.workers.archive.run(
      { kind: 'archive', files: shelved.files },
      signal,
      (message) => {
        if (message.type === 'progress') this.#recognising = message.progress;
      },
    );
    if (!('archive' in done)) throw new Error('bug: nothing was recognised');
    signal.throwIfAborted();
    this.#means.shelf.recognised(file, done.archive);
    this.#local = { ...shelved, archive: done.archive };
    this.#recognising = null;
    return done.archive;
  }

  async #run(): Promise<void> {
    const { target, platform } = this.#wish;
    const { base, workers, keyring, waiting, ways } = this.#means;
    const { signal } = this.#running;
    const asked = askedFor(target);
    let origin: Origin | null = null;
    let known: Image | null = null;
    this.#phase = { name: 'opening', asked, origin, image: known };
    try {
      if (ways !== null) {
        await ways.ready;
        signal.throwIfAborted();
      }
      origin = originOf(target, base, ways?.deployment.defaultRegistry);
      this.#phase = { name: 'opening', asked, origin, image: known };
      workers.layers.warm(2);
      workers.trees.warm(1);
      if (ways !== null) {
        const route = await ways.routeTo(origin, signal);
        signal.throwIfAborted();
        this.#route = route;
      }
      if (origin.kind === 'registry') await keyring.recall();
      signal.throwIfAborted();
      let held = keyring.accessFor(origin, this.#route);
      if (origin.kind === 'local') {
        const archive = await this.#recognise(origin, signal);
        const { images } = archive;
        if (origin.name === undefined && images.length > 1) {
          this.#phase = { name: 'choosing-image', asked, origin, images };
          return;
        }
        held = { ...held, archive };
      }
      if (target.kind === 'tags' || target.kind === 'catalog') {
        const { listNames } = await import('./registry-listing.ts');
        this.#phase = await listNames(target.kind, asked, origin, held, this.#means.store, signal);
        return;
      }
      const store = await this.#means.store;
      const asking = { origin, access: held };
      const { place, opened } = await waiting.during(async (hear) => {
        const { place } = await openPlace(asking, this.#means.store, lastOf(hear));
        signal.throwIfAborted();
        this.#asked = { registry: held.registry, place };
        return { place, opened: await openImage(place, { platform }, signal) };
      });
      if (opened.kind === 'choose') {
        this.#phase = { name: 'choosing-platform', asked, origin, ...opened };
        return;
      }
      if (opened.kind === 'artifact') {
        const { artifact } = opened;
        this.#opened = { place, origin, ...artifact };
        const run = { asked, origin, artifact, place, platform, signal };
        await this.#showArtifact(run, held);
        return;
      }
      const { image } = opened;
      this.#opened = { place, origin, ...image };
      known = image;
      const layers = image.layers.map((layer) => new LayerState(layer));
      this.#layers = layers;
      markMissing(layers, held.archive);
      if (store !== null) {
        const id = this.#wish.id;
        holdOpen(id, signal);
        void remember(store, {
          id,
          origin,
          name: asked,
          platform: platform ?? textOf(image.platform),
          image,
        });
      }
      this.#phase = { name: 'opening', asked, origin, image };
      const access = (layer: Descriptor) => keyring.renewed(place.access(layer));
      const shown = new Promise<void>((resolve) => (this.#onShown = resolve));
      const { trusted } = this.#means;
      const means = { workers, trusted, waiting, shown, forFile: this.#wish.path() !== null };
      const loading = loadLayers(origin, access, layers, means, signal);
      const tree = await loading.tree;
      const path = this.#wish.path();
      const early = path === null ? null : earlyFile(tree, path, loading.cut);
      this.#reads({ origin, access, layers, tree, checked: loading.verified, waiting, early });
      this.#phase = { name: 'open', asked, origin, image, tree, recalled: place.recalled?.time ?? null };
      this.#wish.onOpen?.({ image, files: this.whole!.files });
      await loading.verified;
      // Whoever waits for the last mark finds the one before. A page in the background paints nothing, and is not waited for.
      await Promise.race([shown, delay(SHOWN_MS, signal)]);
      this.#conclude(layers, held, 'false');
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureOf(error, '');
      // Who is known and may not have it is not wrong, and may have other images.
      const isRefused = failure.code === 'unauthorized' && failure.hadCredentials && !failure.wasKnown;
      if (isRefused) keyring.refuse(failure.registry);
      this.#verified = isMismatch(failure) ? 'false' : 'pending';
      this.#phase = { name: 'failed', asked, origin, failure, image: known };
    }
  }

  async #showArtifact({ asked, origin, artifact, place, platform, signal }: ArtifactRun, held: Access) {
    const { workers, waiting } = this.#means;
    const { loadArtifact } = await import('./artifact-loading.ts');
    const layers = artifact.blobs.map(
      (blob, layer) =>
        new LayerState({ descriptor: blob.descriptor, diffId: null, step: toldOf(blob, layer) }),
    );
    this.#layers = layers;
    markMissing(layers, held.archive);
    const store = await this.#means.store;
    if (store !== null) {
      holdOpen(this.#wish.id, signal);
      const image = { ...artifact, layers: artifact.blobs };
      void remember(store, { id: this.#wish.id, origin, name: asked, platform, image });
    }
    const recalled = place.recalled?.time ?? null;
    const phase = { name: 'artifact', asked, origin, artifact, recalled } as const;
    this.#phase = { ...phase, tree: null };
    const access = (blob: Descriptor) => place.access(blob);
    const loading = loadArtifact(origin, access, artifact.blobs, layers, workers, signal);
    const tree = await loading.tree;
    this.#reads({ origin, access, layers, tree, checked: loading.checked, waiting, early: null });
    this.#phase = { ...phase, tree };
    await loading.checked;
    // What nobody has asked for is not wrong.
    this.#conclude(layers, held, layers.some(({ state }) => state === 'missing') ? 'false' : 'pending');
  }

  /** The files of what is open are at hand from now on. */
  #reads(open: OpenImage): void {
    const { workers } = this.#means;
    const { signal } = this.#running;
    this.#checked = open.checked;
    const read = (tree: FileTree) => new FileReading({ ...open, tree }, workers.files, signal);
    this.#stages = new Stages(open.tree, read, () => this.lookup());
    this.#exports = new Exports(open, workers.exports, signal);
    this.showStage(this.#wish.upto());
  }

  /** All checks are over. `partly`: what is said where not all of it is there. */
  #conclude(layers: readonly LayerState[], { archive }: Access, partly: 'false' | 'pending'): void {
    const whole = isWhole(layers, archive);
    this.#verified = whole ? 'true' : partly;
    if (whole) this.#wish.onVerified?.();
  }
}

interface ArtifactRun {
  readonly asked: string;
  readonly origin: Origin;
  readonly artifact: Artifact;
  readonly place: Place;
  readonly platform: string | null;
  readonly signal: AbortSignal;
}

/** No step made it; what the views of layers say of one is what it is called. */
const toldOf = ({ path }: ArtifactBlob, layer: number): HistoryStep => ({
  createdBy: '',
  created: '',
  author: '',
  comment: path,
  empty: false,
  layer,
});

const textOf = (platform: Platform | null) => platform && platformText(platform);
