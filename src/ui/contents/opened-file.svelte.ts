/** The file that the panel shows: read as far as tells what it is, and in which view. */
import type { Component } from 'svelte';
import { delay, isAbort } from '../../base/abort.ts';
import { HEAD_LENGTH, kindOf } from '../../formats/file/file-kind.ts';
import type { FileTree } from '../../image/file-tree.ts';
import { failureOf } from '../../session/failure-of.ts';
import type { FilePart } from '../../session/file-reading.ts';
import { UncheckedReads, type Read } from '../../session/unchecked-reads.ts';
import type { Session } from '../../session/session.svelte.ts';
import { Problem, type Failure } from '../../base/problem.ts';
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
  readonly part: FilePart;
  readonly view: ViewName;
  readonly views: readonly ViewName[];
  readonly component: Component<ViewProps>;
  /** What has to be read again when the layer has been found right; null where it had been, for nothing changes then. */
  readonly unchecked: UncheckedReads | null;
}

export class OpenedFile {
  readonly #session: Session;
  #shown: Shown | null = $state.raw(null);
  #failure: Failure | null = $state.raw(null);
  #slow = $state(false);
  #lastChange = -Infinity;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What is on the screen, which may be the file before while the next one is read. */
  get shown(): Shown | null {
    return this.#shown;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** It takes long enough to say so. */
  get slow(): boolean {
    return this.#slow;
  }

  /** Opens `node` of `tree`, which is or leads to a file, after a moment. Returns what ends it. */
  open(tree: FileTree, node: number): () => void {
    const running = new AbortController();
    this.#failure = null;
    this.#slow = false;
    const now = performance.now();
    const wait = now - this.#lastChange < REST_MS ? REST_MS : 0;
    this.#lastChange = now;
    const slowly = setTimeout(() => (this.#slow = true), wait + SLOW_MS);
    // What has come, or failed, in time is never slow.
    const read = () => void this.#read(tree, node, running.signal).finally(() => clearTimeout(slowly));
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
    const shown = this.#shown;
    if (!shown?.unchecked) return;
    for (const ms of KEPT_BY) {
      await delay(ms, signal);
      const confirmation = await shown.unchecked.confirm(signal);
      if (this.#shown?.file !== shown.file) return;
      if (confirmation === 'unknown') continue;
      const { head, size } = shown.file;
      const isReadAgain = isReadInside(this.#shown.view) && size > head.length;
      if (confirmation === 'other' || isReadAgain)
        return this.#read(tree, shown.file.node, signal, this.#shown.view);
      this.#shown = { ...this.#shown, part: { ...shown.part, verified: true } };
      return;
    }
  }

  /** Nothing is open. */
  clear(): void {
    this.#shown = null;
    this.#failure = null;
    this.#slow = false;
  }

  /** `wish`: the view to stay in, where the file has it. */
  async #read(tree: FileTree, node: number, signal: AbortSignal, wish?: ViewName): Promise<void> {
    const { files } = this.#session;
    const found = files.find(node);
    const isLate = found.kind === 'file' && this.#session.layers[found.layer]?.state === 'verified';
    const plain: Read = (start, to, until) => files.read(node, { start, end: to }, until);
    const unchecked = isLate ? null : new UncheckedReads(plain);
    const read: Read = unchecked === null ? plain : (...window) => unchecked.read(...window);
    try {
      const part = await read(0, HEAD_LENGTH, signal);
      const kind = kindOf(part.bytes, part.size);
      const views = viewsOf(kind, part.size);
      const view = wish !== undefined && views.includes(wish) ? wish : firstView(kind, part.size);
      const component = await loadView(view);
      if (signal.aborted) return;
      const file: ShownFile = {
        node,
        name: tree.name(found.node ?? node),
        kind,
        head: part.bytes,
        size: part.size,
        read: async (start, to, until) => (await read(start, to, until)).bytes,
        hasLines: true,
      };
      this.#shown = { file, part, view, views, component, unchecked };
      this.#slow = false;
      if (part.size === 0) requestAnimationFrame(() => setTimeout(() => this.#session.fileShown()));
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  /** Another view of the same file. */
  async show(view: ViewName): Promise<void> {
    const before = this.#shown;
    if (before === null || before.view === view) return;
    try {
      const component = await loadView(view);
      if (this.#shown === before) this.#shown = { ...before, view, component };
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (isAbort(error)) return;
    this.#slow = false;
    this.#shown = null;
    this.#failure = failureOf(error, '');
  }
}
