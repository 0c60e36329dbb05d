/** What the user is doing: which image is being opened or is open, what of it is looked at, and how far it is checked. */
import type { Bytes } from '../base/bytes.ts';
import { fail, Problem } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import { platformText } from '../formats/platform.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Credentials } from '../sources/access.ts';
import type { ArchiveProgress, LocalFiles } from '../sources/archive/archive.ts';
import { NO_STORE } from '../sources/open-place.ts';
import { DIRECT, reachOf, type Route } from '../sources/registry/reach.ts';
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
import type { LookupThread } from '../worker/lookup-thread.ts';
import type { Comparing, Other } from './comparing.svelte.ts';
import type { Exports } from './exports.svelte.ts';
import type { FileReading } from './file-reading.ts';
import { Keyring, type KeptFor } from './keyring.svelte.ts';
import type { LayerState } from './layer-state.svelte.ts';
import { LocalShelf, mayBeCalled, nameOf } from './local-shelf.ts';
import { joinMembers } from './member-names.ts';
import { hostAlone } from './near.ts';
import { NOTHING_OPEN, Opening, type LocalImage, type Means, type SessionWorkers } from './opening.svelte.ts';
import type { Packages } from './packages.svelte.ts';
import type { Phase, Verified } from './phase.ts';
import { platformWish } from './platform-wish.ts';
import type { Stage } from './stages.svelte.ts';
import type { Surroundings } from './surroundings.svelte.ts';
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

const EMPTY: Phase = { name: 'empty' };
const NO_LAYERS: readonly LayerState[] = [];

export class Session {
  readonly #navigator: Navigator;
  readonly #means: Means;
  readonly keyring: Keyring;
  readonly waiting = new Waiting();
  readonly #shelf = new LocalShelf();
  #wasStopped = false;
  #comparing: Comparing | null = null;
  /** Null while nothing is asked for. */
  #opening: Opening | null = $state.raw(null);
  #address: Address = $state.raw(NOWHERE);

  // Of the address, each by itself: what does not change is not looked at again because something else does.
  /** The page of its own that is looked at: of what is kept in this browser, or the settings. Nothing is open then. */
  readonly page: Page | null = $derived(this.#address.page);
  /** What of the address leads to documents: the name of the image among what is kept. Empty where nothing is open. */
  readonly imageId: string = $derived(imageId(this.#address));
  /** The platform that the address asks for. */
  readonly platform: string | null = $derived(this.#address.platform);
  readonly view: View = $derived(this.#address.view);
  /** The one layer that is looked at, counted from 0, the lowest; null for all, and for one that the image has not. */
  readonly layer: number | null = $derived.by(() => {
    const { layer } = this.#address;
    return layer !== null && layer < this.layers.length ? layer : null;
  });
  /** The layer after which the filesystem is looked at; null for all layers, and where there is none above that one. */
  readonly upto: number | null = $derived(this.#stageOf(this.#address.upto));
  /** Raw bytes of the path that the address asks for, whether the tree has it or not. */
  readonly path: Bytes | null = $derived(this.#address.path);
  /** The node of the tree at `path`; null where there is none. */
  readonly selected: number | null = $derived.by(() => this.#find());
  /** What of the archive at `path` the address asks for (`member-names.ts`); null for the file itself. */
  readonly member: string | null = $derived(this.#address.member);
  /** The line of the file at `path`, or of the member of it, that the address asks for, from 1. */
  readonly line: number | null = $derived(this.#address.line);
  /** What is looked for in the image; empty for nothing. */
  readonly find: string = $derived(this.#address.find);
  /** What of a list the address asks for, whether the list has it or not. */
  readonly item: string | null = $derived(this.#address.item);
  /** Reference of the image that this one is compared with; null for none, or for itself. */
  readonly with: string | null = $derived(this.#address.with);
  /** The platform that is compared with, where the address says it. */
  readonly withPlatform: string | null = $derived(this.#address.withPlatform);

  /** `store`: what is kept in this browser; null where nothing is. `ways`: how registries are reached. */
  constructor(
    navigator: Navigator,
    workers: SessionWorkers,
    store = NO_STORE,
    ways: Ways | null = null,
    keyring = new Keyring(null),
  ) {
    const { base } = navigator;
    const { waiting } = this;
    this.#navigator = navigator;
    this.keyring = keyring;
    this.#means = { base, workers, store, ways, keyring, waiting, shelf: this.#shelf, trusted: new Set() };
    keyring.onForgotten = (registry) => {
      this.#opening?.forget(registry);
      this.#comparing?.forget(registry);
    };
  }

  get phase(): Phase {
    return this.#opening?.phase ?? EMPTY;
  }
  /** One for each layer of the image, the lowest first; empty until the manifest is read. */
  get layers(): readonly LayerState[] {
    return this.#opening?.layers ?? NO_LAYERS;
  }
  /** The local file or folder that is open or on its way, while there is one. */
  get local(): LocalImage | null {
    return this.#opening?.local ?? null;
  }
  /** Domain of who answers for the registry of what is asked for: its own, or its mirror's. Null where there is none. */
  get host(): string | null {
    const phase = this.phase;
    if (!('origin' in phase) || phase.origin?.kind !== 'registry') return null;
    return reachOf(phase.origin.registry, this.route).host;
  }
  /** How the registry of what is open, or on its way, is reached. */
  get route(): Route {
    return this.#opening?.route ?? DIRECT;
  }
  /** How far a local file is looked through; null before and after that. */
  get recognising(): ArchiveProgress | null {
    return this.#opening?.recognising ?? null;
  }
  /** Whether every blob digest and every diff ID has been found right. `false`: something was found wrong, or is missing. */
  get verified(): Verified {
    return this.#opening?.verified ?? 'pending';
  }
  /** The filesystem that is on the screen; another one than `upto` asks for while that is made. Null where none is open. */
  get stage(): Stage | null {
    return this.#opening?.stage ?? null;
  }
  get staging(): boolean {
    return this.#opening?.staging ?? false;
  }
  /** The files of the image that is open. Fails with `not-found` where none is. */
  get files(): FileReading {
    return this.stage?.files ?? fail(NOTHING_OPEN);
  }
  /** What answers questions about what is open. Rejects with `not-found` where nothing is. */
  lookup(): Promise<LookupThread> {
    return this.#opening?.lookup() ?? Promise.reject(new Problem(NOTHING_OPEN));
  }
  /** What is taken along of the image that is open; null where none is. */
  get exports(): Exports | null {
    return this.#opening?.exports ?? null;
  }
  /** What else belongs to the image or artifact that is open. Rejects with `not-found` where none is. */
  surroundings(): Promise<Surroundings> {
    return this.#opening?.surroundings() ?? Promise.reject(new Problem(NOTHING_OPEN));
  }

  /** What is installed in the image that is open; null where nobody has asked yet. */
  get packages(): Packages | null {
    return this.#opening?.packages ?? null;
  }
  /** Begins to find out what is installed. Rejects with `not-found` where nothing is open. */
  findPackages(): Promise<Packages> {
    return this.#opening?.findPackages() ?? Promise.reject(new Problem(NOTHING_OPEN));
  }
  /** Looks for something among the files of the whole image. */
  showFound(find: string): void {
    const there = { view: 'files', find, item: null, layer: null, upto: null } as const;
    this.#go({ ...this.#address, ...there }, 'push');
  }

  /** Shows one of the packages, or what belongs to none, by the name that lists call it. */
  showPackage(item: string): void {
    this.#go({ ...this.#address, view: 'packages', item }, 'push');
  }

  /**
   * What is different between the image that is open and the one that it is compared with. `anew`: what is known of it does not
   * count. Rejects with `not-found` where there are none.
   */
  async compare(anew = false): Promise<Comparing> {
    const { Comparing } = await import('./comparing.svelte.ts');
    const { phase, other } = this;
    const whole = this.#opening?.whole ?? null;
    if (phase.name !== 'open' || other === null || whole === null) return fail(NOTHING_OPEN);
    const { files, checked } = whole;
    const known = this.#comparing;
    if (!anew && known?.isOf(files.tree, other)) return known;
    known?.stop();
    return (this.#comparing = new Comparing(this.#means, { image: phase.image, files }, checked, other));
  }

  /** The image that this one is compared with; null for none. */
  get other(): Other | null {
    const { target, with: reference, withPlatform } = this.#address;
    const own = this.phase.name === 'open' ? this.phase.image.platform : null;
    const platform = withPlatform ?? (own && platformText(own));
    if (reference !== null) return { target: { kind: 'image', reference }, platform };
    return target === null || withPlatform === null ? null : { target, platform };
  }

  /** Compares what is open with another image (null: with itself), or another platform; with neither, no more. */
  compareWith(reference: string | null, platform: string | null = null): void {
    if (reference === null && platform === null) this.#leaveOther();
    this.#go(
      { ...this.#address, view: 'compare', item: null, with: reference, withPlatform: platform },
      'push',
    );
  }

  /** Opens what the address says now: at the start, and after "back", "forward" or an edit by hand. */
  follow(): void {
    const address = parseAddress(this.#navigator.read());
    const same = sameImage(address, this.#address);
    this.#address = address;
    if (same) this.#opening?.showStage(this.upto);
    else this.#open();
  }

  /** Opens what a person typed: a reference. A wrong one becomes the `failed` phase (`bad-reference`). */
  openReference(text: string): void {
    const host = hostAlone(text);
    this.openTarget(
      host === null ? { kind: 'image', reference: text.trim() } : { kind: 'catalog', registry: host },
    );
  }

  /** Opens a static OCI image layout by its URL, which may be relative to the page. */
  openLayout(url: string): void {
    this.openTarget({ kind: 'layout', url });
  }

  openSample(): void {
    const sample = this.#means.ways === null ? 'sample/' : this.#means.ways.deployment.sample;
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
    const phase = this.phase;
    const choices =
      phase.name === 'choosing-platform' ? phase.choices : phase.name === 'open' ? phase.image.platforms : [];
    this.openPlatform(platformWish(choices, digest));
  }

  /** Opens the same image for a platform (`os/architecture[/variant]`), or one manifest of its index by its digest. */
  openPlatform(platform: string): void {
    // Another image, and other layers.
    this.#go({ ...this.#address, platform, layer: null, upto: null }, 'push');
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
    if (this.phase.name !== 'failed' || host === null) return;
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

  /** Looks at the files of one layer, or of all again (null). */
  showLayer(layer: number | null): void {
    if (layer !== this.layer || this.upto !== null || this.view !== 'files')
      this.#go({ ...this.#address, view: 'files', layer, upto: null }, 'push');
  }

  /** Looks at the filesystem as it was after a layer (null: after all of them). */
  showStage(after: number | null): void {
    const upto = this.#stageOf(after);
    if (upto !== this.upto || this.layer !== null || this.view !== 'files')
      this.#go({ ...this.#address, view: 'files', layer: null, upto }, 'push');
  }

  /** Looks at a path as it was after a layer, whatever is looked for now. */
  showAt(after: number | null, path: Bytes, line: number | null = null): void {
    const upto = this.#stageOf(after);
    const there = { view: 'files', find: '', layer: null, upto, path, member: null, line } as const;
    this.#go({ ...this.#address, ...there }, 'push');
  }

  /** Selects a node of the tree (null: nothing). A `move` (with the arrow keys) leaves no step to go back to. */
  select(node: number | null, how: 'jump' | 'move' = 'jump'): void {
    const tree = this.#tree;
    if (tree === null) return;
    const path = node === null ? null : tree.pathBytes(node);
    if (node !== this.selected || node === null) {
      this.#go({ ...this.#address, path, member: null, line: null }, how === 'jump' ? 'push' : 'replace');
    }
  }

  /** Goes into the archive that is selected, to what it calls so, in archives in it where there are several names (none: out of it). */
  showMember(names: readonly string[]): void {
    const member = joinMembers(names);
    if (this.path !== null && member !== this.member)
      this.#go({ ...this.#address, member, line: null }, 'push');
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

  /** A person is about to open something: the code of what reads it is there when they have said what. */
  expect(what: 'name' | 'file'): void {
    const { layers, trees, archive } = this.#means.workers;
    layers.warm(2);
    trees.warm(1);
    if (what === 'file') archive.warm(1);
  }

  /** The tree's first rows are on the screen. */
  treeShown(): void {
    this.#opening?.shown();
    // Its code is there before the first click.
    this.#means.workers.files.warm(1);
    if (performance.getEntriesByName('stratascope.tree').length === 0) performance.mark('stratascope.tree');
  }

  /** The page is put away: ends whatever is going on (`put-away.ts` says why). */
  rest(): void {
    const { layers, trees, archive, files, exports } = this.#means.workers;
    const isComparing = this.#comparing?.isBusy === true;
    const isBusy =
      [layers, trees, archive, files, exports].map((pool) => pool.rest()).includes(true) || isComparing;
    const { name } = this.phase;
    if (!isBusy && name !== 'opening' && (name !== 'open' || this.verified !== 'pending')) return;
    this.#opening?.stop('the page was put away');
    this.#leaveOther();
    this.#wasStopped = true;
  }

  /** The page is looked at again: what `rest` ended is begun anew. */
  wake(): void {
    if (this.#wasStopped) this.#open();
  }

  /** After the last layer is after all of them. */
  #stageOf(layer: number | null): number | null {
    return layer !== null && layer < this.layers.length - 1 ? layer : null;
  }

  #go(address: Address, how: 'push' | 'replace'): void {
    this.#address = address;
    this.#navigator.write(printAddress(address), how);
    this.#opening?.showStage(this.upto);
  }

  /** Lets go of the image that this one was compared with. */
  #leaveOther(): void {
    this.#comparing?.stop();
    this.#comparing = null;
  }

  #find(): number | null {
    const path = this.#address.path;
    return path === null ? null : (this.#tree?.find(path) ?? null);
  }

  get #tree(): FileTree | null {
    return this.stage?.tree ?? null;
  }

  /** The name of the local file that the address asks for and this tab does not have. */
  #awaited(): string | null {
    const phase = this.phase;
    if (phase.name !== 'failed' || phase.origin?.kind !== 'local') return null;
    const { failure } = phase;
    return failure.code === 'not-found' && failure.what === 'file' ? phase.origin.file : null;
  }

  /** Lets go of what was open or on its way, and opens what the address says. */
  #open(): void {
    this.#opening?.stop('another image was asked for');
    this.#leaveOther();
    this.#wasStopped = false;
    for (const mark of ['open', 'tree', 'verified', 'file']) performance.clearMarks(`stratascope.${mark}`);
    const { target, platform } = this.#address;
    if (target === null) {
      this.#opening = null;
      return;
    }
    performance.mark('stratascope.open');
    this.#opening = new Opening(this.#means, {
      target,
      platform,
      id: this.imageId,
      upto: () => this.upto,
      path: () => this.path,
      onVerified: () => performance.mark('stratascope.verified'),
    });
  }
}
