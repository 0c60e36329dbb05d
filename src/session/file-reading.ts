/** Bytes of files of the open image, through the workers. */
import { fail, Problem } from '../base/problem.ts';
import { concat, utf8, type Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Inside, Look, LookOptions } from '../formats/file/look-inside.ts';
import { bytesOfNode, type NodeBytes } from '../image/bytes-of-node.ts';
import { allPointsFor, placeOf, pointsFor, type FileWindow } from '../image/file-place.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Access } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import type { FilePool } from '../worker/pool.ts';
import type { FilesJob, FilesMessage } from '../worker/protocol.ts';
import type { EarlyFile } from './early-file.ts';
import type { LayerState } from './layer-state.svelte.ts';
import { safeName } from './safe-name.ts';
import { saveFile } from './save-file.ts';
import type { Said, Waiting } from './waiting.svelte.ts';

/** Bytes that one call may bring to the page. */
export const MAX_PART = 64 * 1024 * 1024;

export interface FilePart {
  readonly bytes: Bytes;
  /** Of the whole file. */
  readonly size: number;
  /** The whole layer was found right, and these bytes come from it; else they are as the place gave them just now. */
  readonly verified: boolean;
  /** They come from where the whole layer is at hand: once that was found right, so are they. */
  readonly atHand: boolean;
}

/** What of an open image its files are read from. `layers[i]` belongs to layer `i` of the tree. */
export interface OpenFiles {
  readonly origin: Origin;
  readonly access: (layer: Descriptor) => Access;
  readonly layers: readonly LayerState[];
  readonly tree: FileTree;
  /** Told what the jobs wait for. */
  readonly waiting: Waiting;
  /** What was read of it already. */
  readonly early: EarlyFile | null;
}

/** One for an image that is open; what it has begun ends with that. */
export class FileReading {
  readonly #open: OpenFiles;
  readonly #pool: FilePool;
  readonly #closed: AbortSignal;

  constructor(open: OpenFiles, pool: FilePool, closed: AbortSignal) {
    this.#open = open;
    this.#pool = pool;
    this.#closed = closed;
  }

  /** For those who read more than one file of it. */
  get open(): OpenFiles {
    return this.#open;
  }

  find(node: number): NodeBytes {
    return bytesOfNode(this.#open.tree, node);
  }

  /**
   * Bytes `start` to `end` of the file that `node` is or leads to; fewer where it is shorter. Rejects with a Problem:
   * `not-found` where it leads to no file, `too-large` for more than `MAX_PART`; and as the source does.
   */
  async read(node: number, window: FileWindow, signal: AbortSignal): Promise<FilePart> {
    const length = window.end - window.start;
    if (length > MAX_PART) {
      throw new Problem({ code: 'too-large', what: 'part of a file', limit: MAX_PART, actual: length });
    }
    const start = performance.now();
    const pieces: Bytes[] = [];
    const told = await this.stream(node, window, signal, (bytes) => pieces.push(bytes));
    // The last one, for whoever asks: a page reads by the thousand.
    performance.clearMeasures('stratascope.read');
    performance.measure('stratascope.read', { start });
    return { bytes: pieces.length === 1 ? pieces[0]! : concat(pieces), ...told };
  }

  /** The same, piece by piece, and without a limit. */
  async stream(
    node: number,
    window: FileWindow,
    signal: AbortSignal,
    onBytes: (bytes: Bytes) => void,
  ): Promise<Omit<FilePart, 'bytes'>> {
    const { job, points, size, state, all } = this.#jobFor(node);
    // Where there is nothing to wait for, the thread begins while the page draws: even a microtask comes after that.
    const early = all && (await all);
    if (early !== null && window.start < Math.min(window.end, size))
      onBytes(early.slice(window.start, window.end));
    if (early !== null || Math.min(window.end, size) <= window.start) {
      return { size, verified: state.state === 'verified', atHand: true };
    }
    const around = pointsFor(points, job.place, window);
    const running = this.#run({ ...job, kind: 'file', points: around, window }, signal, (message) => {
      if (message.type === 'bytes') onBytes(message.bytes);
    });
    // What is not wanted any more ends with its thread; the next click finds another one.
    const done = await running.finally(() => this.#closed.aborted || this.#pool.warm(1));
    if (done.type !== 'done') throw new Error('bug: a file was not read');
    return { size, verified: done.atHand && state.state === 'verified', atHand: done.atHand };
  }

  /**
   * What the file that `node` is or leads to says of itself, read in a thread. `all`: the whole file, where it was read, or
   * a file that is in it. Rejects as `read` does, and as `lookInside`.
   */
  async lookInside(
    node: number,
    look: Look,
    all: Bytes | null,
    signal: AbortSignal,
    options: LookOptions,
  ): Promise<Inside> {
    const { job, points, all: early } = this.#jobFor(node);
    const inside = { ...job, kind: 'inside', look, all: all ?? (early && (await early)) } as const;
    const done = await this.#run(
      { ...inside, points: allPointsFor(points, job.place) },
      signal,
      (message) => {
        if (message.type === 'members') options.onMembers(message.members);
        if (message.type === 'progress') options.onProgress(message.read);
      },
    );
    if (!('inside' in done)) throw new Error('bug: nothing was looked into');
    return done.inside;
  }

  /** Fails with `not-found` where it leads to no file. */
  #jobFor(node: number) {
    const { origin, access, layers, tree } = this.#open;
    const file = bytesOfNode(tree, node);
    if (file.kind === 'none') return fail({ code: 'not-found', what: 'file', name: tree.path(node) });
    const state = layers[file.layer]!;
    const { descriptor } = state.layer;
    const place = placeOf(tree.layers[file.layer]!, file.row);
    const isVerified = state.state === 'verified';
    const job = { origin, access: access(descriptor), descriptor, isVerified, place };
    const { early } = this.#open;
    const isEarly = early !== null && early.layer === file.layer && early.row === file.row;
    return { job, points: state.seekPoints, size: file.size, state, all: isEarly ? early.bytes : null };
  }

  /** Until it is not wanted any more, or the image is closed. */
  #run(job: FilesJob, signal: AbortSignal, listen: (message: Said<FilesMessage>) => void) {
    const until = AbortSignal.any([signal, this.#closed]);
    return this.#open.waiting.run(this.#pool, job, until, listen);
  }

  /** Hands what was read of it to the browser, as a file of this name. To be called from a click. */
  async save(name: string, bytes: Bytes): Promise<void> {
    await saveFile(safeName(utf8(name)), bytes.length, (onBytes) => Promise.resolve(onBytes(bytes)));
  }

  /**
   * Hands the file that `node` is or leads to to the browser, under a name that no disk minds. `onProgress`: bytes so far.
   * To be called from a click.
   */
  async download(
    node: number,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<{ readonly verified: boolean }> {
    const file = this.find(node);
    if (file.kind === 'none') return { verified: false };
    let verified = false;
    await saveFile(safeName(this.#open.tree.nameBytes(node)), file.size, async (onBytes) => {
      let received = 0;
      ({ verified } = await this.stream(node, { start: 0, end: file.size }, signal, (bytes) => {
        received += bytes.length;
        onBytes(bytes);
        onProgress(received);
      }));
    });
    return { verified };
  }
}
