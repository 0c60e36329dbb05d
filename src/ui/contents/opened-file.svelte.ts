/** The file that the panel shows, and what is looked at in it: read as far as tells what it is, and in which view. */
import type { Component } from 'svelte';
import { delay, isAbort } from '../../base/abort.ts';
import { HEAD_LENGTH, kindOf } from '../../formats/file/file-kind.ts';
import type { NodeBytes } from '../../image/bytes-of-node.ts';
import type { FileTree } from '../../image/file-tree.ts';
import { failureOf } from '../../session/failure-of.ts';
import type { FilePart } from '../../session/file-reading.ts';
import { UncheckedReads, type Read } from '../../session/unchecked-reads.ts';
import type { Session } from '../../session/session.svelte.ts';
import { fail, Problem, type Failure } from '../../base/problem.ts';
import type { ShownFile, ViewProps } from './shown-file.ts';
import { firstView, isReadInside, loadView, viewsOf, type ViewName } from './views.ts';

/** With a held arrow key, nothing is read until it rests. Milliseconds. */
const REST_MS = 120;
/** Something that takes longer says so. Milliseconds. */
const SLOW_MS = 250;

/** Milliseconds. A layer that was found right may still be on its way to where it is kept. */
const KEPT_BY = [0, 1000, 3000, 10_000];

export interface Shown {
  readonly file: ShownFile;
  /** What was read of the file of the image: what is in it is as right as that. */
  readonly part: FilePart;
  readonly view: ViewName;
  readonly views: readonly ViewName[];
  readonly component: Component<ViewProps>;
  /** What has to be read again when the layer has been found right; null where it had been, for nothing changes then. */
  readonly unchecked: UncheckedReads | null;
}

interface Place {
  readonly tree: FileTree;
  readonly node: number;
  readonly names: readonly string[];
}

async function viewOf({ kind, size }: ShownFile, wish?: ViewName) {
  const views = viewsOf(kind, size);
  const view = wish !== undefined && views.includes(wish) ? wish : firstView(kind, size);
  return { view, views, component: await loadView(view) };
}

/** Bytes of what `found` leads to are of a layer that was found right. */
export function isVerified({ layers }: Session, found: NodeBytes, { part }: Shown): boolean {
  const layer = found.kind === 'file' ? layers[found.layer] : undefined;
  return part.verified || (part.atHand && layer?.state === 'verified');
}

export class OpenedFile {
  readonly #session: Session;
  /** The file, and what is looked at in it: each is in the one before. */
  #levels: readonly Shown[] = $state.raw([]);
  /** Where they are. */
  #place: Place | null = null;
  #failure: Failure | null = $state.raw(null);
  #slow = $state(false);
  #lastChange = -Infinity;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What is on the screen, which may be the file before while the next one is read. */
  get shown(): Shown | null {
    return this.#levels.at(-1) ?? null;
  }
  /** All that it is in, and itself. */
  get levels(): readonly Shown[] {
    return this.#levels;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** It takes long enough to say so. */
  get slow(): boolean {
    return this.#slow;
  }

  /**
   * Opens `node` of `tree`, which is or leads to a file, after a moment, or what is in it: `names` of `member-names.ts`.
   * Returns what ends it.
   */
  open(tree: FileTree, node: number, names: readonly string[]): () => void {
    const running = new AbortController();
    this.#failure = null;
    this.#slow = false;
    const now = performance.now();
    const place = { tree, node, names };
    const kept = this.#kept(place);
    const isHere = kept.length > names.length;
    const wait = now - this.#lastChange < REST_MS && !isHere ? REST_MS : 0;
    this.#lastChange = now;
    const slowly = setTimeout(() => (this.#slow = true), wait + SLOW_MS);
    // What has come, or failed, in time is never slow.
    const read = () => void this.#read(place, kept, running.signal).finally(() => clearTimeout(slowly));
    const rest = wait === 0 ? undefined : setTimeout(read, wait);
    if (wait === 0) read();
    return () => {
      running.abort();
      clearTimeout(slowly);
      clearTimeout(rest);
    };
  }

  /** The layer of what is shown, which was read before, has been found right: so is this, or it is read anew. Returns what ends it. */
  confirm(tree: FileTree): () => void {
    const running = new AbortController();
    void this.#confirm(tree, running.signal).catch((error: unknown) => {
      // What is shown stays what it was: read, and not checked.
      if (!running.signal.aborted && !(error instanceof Problem)) throw error;
    });
    return () => running.abort();
  }

  async #confirm(tree: FileTree, signal: AbortSignal): Promise<void> {
    const { shown } = this;
    if (!shown?.unchecked || this.#place === null) return;
    const place = { tree, node: shown.file.node, names: this.#place.names };
    for (const ms of KEPT_BY) {
      await delay(ms, signal);
      const confirmation = await shown.unchecked.confirm(signal);
      if (this.shown?.file !== shown.file) return;
      if (confirmation === 'unknown') continue;
      // What a thread has read of it, it reads again.
      const isRead = this.#levels.some(({ view, file }) => file.all === null && isReadInside(view));
      if (confirmation === 'other' || isRead) return this.#read(place, [], signal, this.shown.view);
      this.#levels = this.#levels.map((level) => ({ ...level, part: { ...shown.part, verified: true } }));
      return;
    }
  }

  /** Nothing is open. */
  clear(): void {
    this.#levels = [];
    this.#failure = null;
    this.#slow = false;
  }

  /** What is shown already of what is to be shown. */
  #kept({ tree, node, names }: Place): readonly Shown[] {
    if (this.#place?.tree !== tree || this.#levels[0]?.file.node !== node) return [];
    const shown = this.#place.names;
    const other = names.findIndex((name, i) => name !== shown[i]);
    return this.#levels.slice(0, 1 + (other < 0 ? names.length : other));
  }

  /** `kept`: what need not be read. `wish`: the view to stay in, where what is shown has it. */
  async #read(place: Place, kept: readonly Shown[], signal: AbortSignal, wish?: ViewName): Promise<void> {
    const levels = [...kept];
    try {
      const { names } = place;
      levels[0] ??= await this.#readFile(place, signal, names.length === 0 ? wish : undefined);
      while (levels.length <= names.length) {
        const name = names[levels.length - 1]!;
        const isLast = levels.length === names.length;
        levels.push(await this.#readMember(levels.at(-1)!, name, signal, isLast ? wish : undefined));
      }
      if (signal.aborted) return;
      this.#levels = levels;
      this.#place = place;
      this.#slow = false;
      if (this.shown?.file.size === 0)
        requestAnimationFrame(() => setTimeout(() => this.#session.fileShown()));
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  async #readFile({ tree, node }: Place, signal: AbortSignal, wish?: ViewName): Promise<Shown> {
    const { files } = this.#session;
    const found = files.find(node);
    const isLate = found.kind === 'file' && this.#session.layers[found.layer]?.state === 'verified';
    const plain: Read = (start, to, until) => files.read(node, { start, end: to }, until);
    const unchecked = isLate ? null : new UncheckedReads(plain);
    const read: Read = unchecked === null ? plain : (...window) => unchecked.read(...window);
    const part = await read(0, HEAD_LENGTH, signal);
    const { bytes, size } = part;
    const kind = kindOf(bytes, size);
    const file: ShownFile = {
      node,
      names: [],
      name: tree.name(found.node ?? node),
      kind,
      head: bytes,
      size,
      all: bytes.length === size ? bytes : null,
      read: async (start, to, until) => (await read(start, to, until)).bytes,
      enter: (name) => this.#enter(node, [name]),
      save: (until, onProgress) => files.download(node, until, onProgress),
      hasLines: true,
    };
    return { file, part, unchecked, ...(await viewOf(file, wish)) };
  }

  async #readMember(outer: Shown, name: string, signal: AbortSignal, wish?: ViewName): Promise<Shown> {
    const { files } = this.#session;
    const { node, names, all: archive, kind } = outer.file;
    if (kind.preview?.kind !== 'archive') return fail({ code: 'not-found', what: 'member', name });
    const look = { kind: 'member', format: kind.preview.format, name } as const;
    const inside = await files.lookInside(node, look, archive, signal, { onMembers() {}, onProgress() {} });
    if (inside.kind !== 'member') throw new Error('bug: it is no member');
    const { bytes } = inside;
    const fileName = name.slice(name.lastIndexOf('/') + 1);
    const file: ShownFile = {
      node,
      names: [...names, name],
      name: fileName,
      kind: kindOf(bytes.subarray(0, HEAD_LENGTH), bytes.length),
      head: bytes.subarray(0, HEAD_LENGTH),
      size: bytes.length,
      all: bytes,
      read: (start, to) => Promise.resolve(bytes.subarray(start, to)),
      enter: (inner) => this.#enter(node, [...names, name, inner]),
      save: async () => {
        await files.save(fileName, bytes);
        return { verified: isVerified(this.#session, files.find(node), this.shown ?? outer) };
      },
      hasLines: true,
    };
    const { part, unchecked } = outer;
    return { file, part, unchecked, ...(await viewOf(file, wish)) };
  }

  #enter(node: number, names: readonly string[]): void {
    if (this.#session.selected === node) this.#session.showMember(names);
  }

  /** Another view of the same file. */
  async show(view: ViewName): Promise<void> {
    const before = this.shown;
    if (before === null || before.view === view) return;
    try {
      const component = await loadView(view);
      if (this.shown === before)
        this.#levels = [...this.#levels.slice(0, -1), { ...before, view, component }];
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (isAbort(error)) return;
    this.#slow = false;
    this.#levels = [];
    this.#failure = failureOf(error, '');
  }
}
