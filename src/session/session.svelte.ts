/** What the user is doing: which image is being opened or is open, what of it is looked at, and how far it is checked. */
import type { Bytes } from '../base/bytes.ts';
import { delay } from '../base/abort.ts';
import { fail, isMismatch, Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { platformText, type Platform } from '../formats/platform.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { HistoryStep } from '../image/history.ts';
import type { Artifact, ArtifactBlob, Image } from '../image/image.ts';
import { writeListing } from '../image/listing.ts';
import { openImage } from '../image/open-image.ts';
import type { Access, Credentials } from '../sources/access.ts';
import type { Archive, ArchiveProgress, LocalFiles } from '../sources/archive/archive.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import { keptArchive } from '../sources/browser/kept-archive.ts';
import type { Store } from '../sources/browser/store.ts';
import { lastOf } from '../sources/http/patience.ts';
import type { LocalOrigin, Origin } from '../sources/origin.ts';
import type { Place } from '../sources/place.ts';
import { DIRECT, reachOf, type Route } from '../sources/registry/reach.ts';
import type { ArchivePool, ExportPool, FilePool } from '../worker/pool.ts';
import {
  imageId,
  NOWHERE,
  parseAddress,
  printAddress,
  sameImage,
  type Address,
  type Page,
  type Target,
} from './address.ts';
import { download } from './download.ts';
import { Exports } from './exports.svelte.ts';
import { failureOf } from './failure-of.ts';
import { FileReading } from './file-reading.ts';
import { holdOpen, remember } from './kept-image.ts';
import { Keyring, type KeptFor } from './keyring.svelte.ts';
import { loadLayers, type Workers } from './layer-loading.ts';
import { LayerState } from './layer-state.svelte.ts';
import { LocalShelf, mayBeCalled, nameOf } from './local-shelf.ts';
import { isWhole, markMissing } from './missing-layers.ts';
import type { Phase, Verified } from './phase.ts';
import { platformWish } from './platform-wish.ts';
import type { Opened, Surroundings } from './surroundings.svelte.ts';
import { askedFor, originOf } from './target.ts';
import type { View } from './view.ts';
import { Waiting } from './waiting.svelte.ts';
import type { Ways } from './ways.svelte.ts';

/** What of the browser the session touches: the address bar. */
export interface Navigator {
  /** The fragment or query that names what to open. */
  read(): string;
  /** `push` makes a step that "back" undoes. */
  write(address: string, how: 'push' | 'replace'): void;
  /** Relative URLs of layouts are resolved against it. */
  readonly base: string;
}

export interface SessionWorkers extends Workers {
  readonly archive: ArchivePool;
  readonly files: FilePool;
  readonly exports: ExportPool;
}

export interface LocalImage {
  /** Null where it is read from what was kept of it in this browser. */
  readonly files: LocalFiles | null;
  /** Null until it was recognised. */
  readonly archive: Archive | null;
}

/** A frame comes within this time, or the page is not looked at. Milliseconds. */
const SHOWN_MS = 500;

export class Session {
  readonly #navigator: Navigator;
  readonly #workers: SessionWorkers;
  readonly #store: Promise<Store | null>;
  /** Null: every registry by itself. */
  readonly #ways: Ways | null;
  readonly keyring: Keyring;
  readonly waiting = new Waiting();
  readonly #shelf = new LocalShelf();
  /** Layers that were found right since the page was loaded. */
  readonly #trusted = new Set<Digest>();
  #running = new AbortController();
  #wasStopped = false;
  #onShown: () => void = () => {};
  /** The place that is open or on its way, and who is signed in to for it. */
  #asked: { readonly registry: string; readonly place: Place } | null = null;
  #files: FileReading | null = null;
  #exports: Exports | null = $state.raw(null);
  #opened: Opened | null = null;
  #surroundings: Promise<Surroundings> | null = null;
  #address: Address = $state.raw(NOWHERE);
  #phase: Phase = $state.raw({ name: 'empty' });
  #layers: readonly LayerState[] = $state.raw([]);
  #local: LocalImage | null = $state.raw(null);
  #recognising: ArchiveProgress | null = $state.raw(null);
  #verified: Verified = $state('pending');
  #route: Route = $state.raw(DIRECT);
  readonly #selected: number | null = $derived.by(() => this.#find());

  /** `store`: what is kept in this browser; null where nothing is. `ways`: how registries are reached. */
  constructor(
    navigator: Navigator,
    workers: SessionWorkers,
    store = NO_STORE,
    ways: Ways | null = null,
    keyring = new Keyring(null),
  ) {
    this.#ways = ways;
    this.#navigator = navigator;
    this.#workers = workers;
    this.#store = store;
    this.keyring = keyring;
    keyring.onForgotten = (registry) => {
      if (this.#asked?.registry === registry) this.#asked.place.forget?.();
    };
  }

  get phase(): Phase {
    return this.#phase;
  }
  /** One for each layer of the image, the lowest first; empty until the manifest is read. */
  get layers(): readonly LayerState[] {
    return this.#layers;
  }
  /** The local file or folder that is open or on its way, while there is one. */
  get local(): LocalImage | null {
    return this.#local;
  }
  /** Domain of who answers for the registry of what is asked for: its own, or its mirror's. Null where there is none. */
  get host(): string | null {
    const phase = this.#phase;
    if (!('origin' in phase) || phase.origin?.kind !== 'registry') return null;
    return reachOf(phase.origin.registry, this.#route).host;
  }
  /** How the registry of what is open, or on its way, is reached. */
  get route(): Route {
    return this.#route;
  }
  /** How far a local file is looked through; null before and after that. */
  get recognising(): ArchiveProgress | null {
    return this.#recognising;
  }
  /** Whether every blob digest and every diff ID has been found right. `false`: something was found wrong, or is missing. */
  get verified(): Verified {
    return this.#verified;
  }
  /** The page of its own that is looked at: of what is kept in this browser, or the settings. Nothing is open then. */
  get page(): Page | null {
    return this.#address.page;
  }
  /** What of the address leads to documents: the name of the image among what is kept. Empty where nothing is open. */
  get imageId(): string {
    return imageId(this.#address);
  }
  /** The platform that the address asks for. */
  get platform(): string | null {
    return this.#address.platform;
  }
  get view(): View {
    return this.#address.view;
  }
  /** The one layer that is looked at, counted from 0, the lowest; null for all, and for one that the image has not. */
  get layer(): number | null {
    const { layer } = this.#address;
    return layer !== null && layer < this.#layers.length ? layer : null;
  }
  /** Raw bytes of the path that the address asks for, whether the tree has it or not. */
  get path(): Bytes | null {
    return this.#address.path;
  }
  /** The line of the file at `path` that the address asks for, from 1. */
  get line(): number | null {
    return this.#address.line;
  }
  /** What is looked for in the image; empty for nothing. */
  get find(): string {
    return this.#address.find;
  }
  /** What of a list the address asks for, whether the list has it or not. */
  get item(): string | null {
    return this.#address.item;
  }
  /** The files of the image that is open. Fails with `not-found` where none is. */
  get files(): FileReading {
    return this.#files ?? fail({ code: 'not-found', what: 'image', name: '' });
  }
  /** What is taken along of the image that is open; null where none is. */
  get exports(): Exports | null {
    return this.#exports;
  }
  /** The node of the tree at `path`; null where there is none. */
  get selected(): number | null {
    return this.#selected;
  }
  /** What else belongs to the image or artifact that is open. Rejects with `not-found` where none is. */
  surroundings(): Promise<Surroundings> {
    const open = this.#opened;
    if (open === null) return Promise.reject(new Problem({ code: 'not-found', what: 'image', name: '' }));
    this.#surroundings ??= import('./surroundings.svelte.ts').then(
      ({ Surroundings }) => new Surroundings(open, this.#running.signal),
    );
    return this.#surroundings;
  }

  /** Opens what the address says now: at the start, and after "back", "forward" or an edit by hand. */
  follow(): void {
    const address = parseAddress(this.#navigator.read());
    const same = sameImage(address, this.#address);
    this.#address = address;
    if (!same) this.#open();
  }

  /** Opens what a person typed: a reference. A wrong one becomes the `failed` phase (`bad-reference`). */
  openReference(text: string): void {
    this.openTarget({ kind: 'image', reference: text.trim() });
  }

  /** Opens a static OCI image layout by its URL, which may be relative to the page. */
  openLayout(url: string): void {
    this.openTarget({ kind: 'layout', url });
  }

  openSample(): void {
    const sample = this.#ways === null ? 'sample/' : this.#ways.deployment.sample;
    if (sample !== null) this.openLayout(sample);
  }

  /**
   * Opens what a person dropped, picked or pasted. Where the address waits for a file of this name, at what it shows.
   * Returns what the address calls it.
   */
  openLocal(files: LocalFiles): string {
    const awaited = this.#awaited();
    if (awaited === null || !mayBeCalled(nameOf(files), awaited)) {
      const file = this.#shelf.put(files);
      this.openTarget({ kind: 'local', file });
      return file;
    }
    this.#shelf.putAs(awaited, files);
    this.#open();
    return awaited;
  }

  /** This tab is given what a link of the past called `file`. The link opens it from now on. */
  give(file: string, files: LocalFiles): void {
    this.#shelf.putAs(file, files);
  }

  /** Shows what is kept in this browser. */
  showCache(): void {
    this.#go({ ...NOWHERE, page: 'cache' }, 'push');
    this.#open();
  }

  /** Opens what a link of ours says, with its `#`. */
  openAddress(address: string): void {
    this.#go(parseAddress(address), 'push');
    this.#open();
  }

  openTarget(target: Target): void {
    this.#go({ ...NOWHERE, target }, 'push');
    this.#open();
  }

  /** Picks one of `choices` or of `image.platforms`. The link says its platform where that is enough, else its digest. */
  choosePlatform(digest: Digest): void {
    const phase = this.#phase;
    const choices =
      phase.name === 'choosing-platform' ? phase.choices : phase.name === 'open' ? phase.image.platforms : [];
    this.openPlatform(platformWish(choices, digest));
  }

  /** Opens the same image for a platform (`os/architecture[/variant]`), or one manifest of its index by its digest. */
  openPlatform(platform: string): void {
    // Another image, and other layers.
    this.#go({ ...this.#address, platform, layer: null }, 'push');
    this.#open();
  }

  /** Picks one of the images of a local file, by the name that it has there. */
  chooseImage(name: string): void {
    const { target } = this.#address;
    if (target?.kind !== 'local') return;
    this.#go({ ...this.#address, target: { ...target, name } }, 'push');
    this.#open();
  }

  /** Back to the choice among the images of a local file. */
  offerImages(): void {
    const { target } = this.#address;
    if (target?.kind === 'local') this.openTarget({ kind: 'local', file: target.file });
  }

  /** Stops at once; back to the empty page. */
  cancel(): void {
    this.#go(NOWHERE, 'push');
    this.#open();
  }

  retry(): void {
    const { target } = this.#address;
    if (target?.kind === 'local') this.#shelf.forget(target.file);
    this.#open();
  }

  /** For the registry that refused, or its mirror; then tries again. */
  signIn(credentials: Credentials, kept: KeptFor = 'tab'): void {
    const { host } = this;
    if (this.#phase.name !== 'failed' || host === null) return;
    this.keyring.set(host, credentials, kept);
    this.#open();
  }

  show(view: View): void {
    if (view !== this.view) this.#go({ ...this.#address, view, item: null }, 'push');
  }

  /** Picks what of a list is looked at (null: nothing). */
  showItem(item: string | null, how: 'push' | 'replace' = 'push'): void {
    if (item !== this.item) this.#go({ ...this.#address, item }, how);
  }

  /** Looks at one layer, or at all again (null). */
  showLayer(layer: number | null): void {
    if (layer !== this.layer) this.#go({ ...this.#address, layer }, 'push');
  }

  /** Selects a node of the tree (null: nothing). A `move` (with the arrow keys) leaves no step to go back to. */
  select(node: number | null, how: 'jump' | 'move' = 'jump'): void {
    const tree = this.#tree;
    if (tree === null) return;
    const path = node === null ? null : tree.pathBytes(node);
    if (node !== this.#selected || node === null) {
      this.#go({ ...this.#address, path, line: null }, how === 'jump' ? 'push' : 'replace');
    }
  }

  /** Points at a line of the file that is selected (null: at none). Leaves no step to go back to. */
  showLine(line: number | null): void {
    if (this.path !== null && line !== this.line) this.#go({ ...this.#address, line }, 'replace');
  }

  /** Looks for something in the image (empty: for nothing any more). Only the first letter leaves a step to go back to. */
  lookFor(find: string): void {
    if (find !== this.find) this.#go({ ...this.#address, find }, this.find === '' ? 'push' : 'replace');
  }

  /** A file's bytes are on the screen. */
  fileShown(): void {
    performance.mark('stratascope.file');
  }

  /** What was asked for at `since`, in milliseconds of the page's clock, is on the screen. */
  foundShown(since: number): void {
    performance.measure('stratascope.find', { start: since });
  }

  /** The tree's first rows are on the screen. */
  treeShown(): void {
    this.#onShown();
    // Its code is there before the first click.
    this.#workers.files.warm(1);
    if (performance.getEntriesByName('stratascope.tree').length === 0) performance.mark('stratascope.tree');
  }

  /** The page is put away: ends whatever is going on (`put-away.ts` says why). */
  rest(): void {
    const isBusy = Object.values(this.#workers)
      .map((pool: { rest(): boolean }) => pool.rest())
      .includes(true);
    const { name } = this.#phase;
    if (!isBusy && name !== 'opening' && (name !== 'open' || this.#verified !== 'pending')) return;
    this.#running.abort(new DOMException('the page was put away', 'AbortError'));
    this.#wasStopped = true;
  }

  /** The page is looked at again: what `rest` ended is begun anew. */
  wake(): void {
    if (this.#wasStopped) this.#open();
  }

  /** Makes the listing (JSON Lines) and hands it to the browser as a download. Keeps the page free meanwhile. */
  async exportListing(): Promise<void> {
    const tree = this.#tree;
    if (tree !== null) await download(writeListing(tree), 'listing.jsonl', 'application/jsonl');
  }

  #go(address: Address, how: 'push' | 'replace'): void {
    this.#address = address;
    this.#navigator.write(printAddress(address), how);
  }

  #find(): number | null {
    const path = this.#address.path;
    return path === null ? null : (this.#tree?.find(path) ?? null);
  }

  get #tree(): FileTree | null {
    return this.#phase.name === 'open' || this.#phase.name === 'artifact' ? this.#phase.tree : null;
  }

  /** The name of the local file that the address asks for and this tab does not have. */
  #awaited(): string | null {
    const phase = this.#phase;
    if (phase.name !== 'failed' || phase.origin?.kind !== 'local') return null;
    const { failure } = phase;
    return failure.code === 'not-found' && failure.what === 'file' ? phase.origin.file : null;
  }

  /** What the tab has of a local file; where it was not recognised yet, that comes first. */
  async #recognise({ file }: LocalOrigin, signal: AbortSignal): Promise<Archive> {
    const shelved = this.#shelf.get(file);
    if (shelved === null) {
      const store = await this.#store;
      const archive = store && (await keptArchive(store, file));
      signal.throwIfAborted();
      if (archive === null) return fail({ code: 'not-found', what: 'file', name: file });
      this.#local = { files: null, archive };
      return archive;
    }
    this.#local = shelved;
    if (shelved.archive !== null) return shelved.archive;
    const done = await this.#workers.archive.run(
      { kind: 'archive', files: shelved.files },
      signal,
      (message) => {
        if (message.type === 'progress') this.#recognising = message.progress;
      },
    );
    if (!('archive' in done)) throw new Error('bug: nothing was recognised');
    signal.throwIfAborted();
    this.#shelf.recognised(file, done.archive);
    this.#local = { ...shelved, archive: done.archive };
    this.#recognising = null;
    return done.archive;
  }

  /** Lets go of what was open or on its way, and opens what the address says. */
  #open(): void {
    this.#running.abort(new DOMException('another image was asked for', 'AbortError'));
    this.#running = new AbortController();
    this.#wasStopped = false;
    this.#layers = [];
    this.#files = null;
    this.#exports = null;
    this.#asked = null;
    this.#opened = null;
    this.#surroundings = null;
    this.#local = null;
    this.#recognising = null;
    this.#route = DIRECT;
    this.#verified = 'pending';
    for (const mark of ['open', 'tree', 'verified', 'file']) performance.clearMarks(`stratascope.${mark}`);
    const { target, platform } = this.#address;
    if (target === null) {
      this.#phase = { name: 'empty' };
      return;
    }
    performance.mark('stratascope.open');
    void this.#run(target, platform, this.#running.signal);
  }

  async #run(target: Target, platform: string | null, signal: AbortSignal): Promise<void> {
    const asked = askedFor(target);
    let origin: Origin | null = null;
    let known: Image | null = null;
    this.#phase = { name: 'opening', asked, origin, image: known };
    try {
      if (this.#ways !== null) {
        await this.#ways.ready;
        signal.throwIfAborted();
      }
      origin = originOf(target, this.#navigator.base, this.#ways?.deployment.defaultRegistry);
      this.#phase = { name: 'opening', asked, origin, image: known };
      this.#workers.layers.warm(2);
      this.#workers.merge.warm(1);
      if (this.#ways !== null) {
        const route = await this.#ways.routeTo(origin, signal);
        signal.throwIfAborted();
        this.#route = route;
      }
      if (origin.kind === 'registry') await this.keyring.recall();
      signal.throwIfAborted();
      let held = this.keyring.accessFor(origin, this.#route);
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
        this.#phase = await listNames(target.kind, asked, origin, held, this.#store, signal);
        return;
      }
      const store = await this.#store;
      const asking = { origin, access: held };
      const { place, opened } = await this.waiting.during(async (hear) => {
        const { place } = await openPlace(asking, this.#store, lastOf(hear));
        signal.throwIfAborted();
        this.#asked = { registry: held.registry, place };
        return { place, opened: await openImage(place, { platform }, signal) };
      });
      if (opened.kind === 'choose') {
        this.#phase = { name: 'choosing-platform', asked, origin, ...opened };
        return;
      }
      this.#surroundings = null;
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
        const id = this.imageId;
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
      const access = (layer: Descriptor) => this.keyring.renewed(place.access(layer));
      const loading = loadLayers(origin, access, layers, this.#workers, this.#trusted, this.waiting, signal);
      const tree = await loading.tree;
      const shown = new Promise<void>((resolve) => (this.#onShown = resolve));
      const open = { origin, access, layers, tree, checked: loading.verified, waiting: this.waiting };
      this.#files = new FileReading(open, this.#workers.files, signal);
      this.#exports = new Exports(open, this.#workers.exports, signal);
      this.#phase = { name: 'open', asked, origin, image, tree, recalled: place.recalled?.time ?? null };
      await loading.verified;
      // Whoever waits for the last mark finds the one before. A page in the background paints nothing, and is not waited for.
      await Promise.race([shown, delay(SHOWN_MS, signal)]);
      const whole = isWhole(layers, held.archive);
      this.#verified = whole ? 'true' : 'false';
      if (whole) performance.mark('stratascope.verified');
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureOf(error, '');
      // Who is known and may not have it is not wrong, and may have other images.
      const isRefused = failure.code === 'unauthorized' && failure.hadCredentials && !failure.wasKnown;
      if (isRefused) this.keyring.refuse(failure.registry);
      this.#verified = isMismatch(failure) ? 'false' : 'pending';
      this.#phase = { name: 'failed', asked, origin, failure, image: known };
    }
  }

  async #showArtifact({ asked, origin, artifact, place, platform, signal }: ArtifactRun, held: Access) {
    const { loadArtifact } = await import('./artifact-loading.ts');
    const layers = artifact.blobs.map(
      (blob, layer) =>
        new LayerState({ descriptor: blob.descriptor, diffId: null, step: toldOf(blob, layer) }),
    );
    this.#layers = layers;
    markMissing(layers, held.archive);
    const store = await this.#store;
    if (store !== null) {
      holdOpen(this.imageId, signal);
      const image = { ...artifact, layers: artifact.blobs };
      void remember(store, { id: this.imageId, origin, name: asked, platform, image });
    }
    const recalled = place.recalled?.time ?? null;
    const phase = { name: 'artifact', asked, origin, artifact, recalled } as const;
    this.#phase = { ...phase, tree: null };
    const access = (blob: Descriptor) => place.access(blob);
    const loading = loadArtifact(origin, access, artifact.blobs, layers, this.#workers, signal);
    const tree = await loading.tree;
    const open = { origin, access, layers, tree, checked: loading.checked, waiting: this.waiting };
    this.#files = new FileReading(open, this.#workers.files, signal);
    this.#exports = new Exports(open, this.#workers.exports, signal);
    this.#phase = { ...phase, tree };
    await loading.checked;
    const whole = isWhole(layers, held.archive);
    // What nobody has asked for is not wrong.
    this.#verified = whole ? 'true' : layers.some(({ state }) => state === 'missing') ? 'false' : 'pending';
    if (whole) performance.mark('stratascope.verified');
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
