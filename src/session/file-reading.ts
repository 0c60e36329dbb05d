/** Bytes of files of the open image, through the workers. */
import { Problem } from '../base/problem.ts';
import { concat, type Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { bytesOfNode, type NodeBytes } from '../image/bytes-of-node.ts';
import { placeOf, pointsFor, type FileWindow } from '../image/file-place.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Access } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import type { FilePool } from '../worker/pool.ts';
import type { LayerState } from './layer-state.svelte.ts';

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

/** One for an image that is open. */
export class FileReading {
  readonly #origin: Origin;
  readonly #access: (layer: Descriptor) => Access;
  readonly #layers: readonly LayerState[];
  readonly #tree: FileTree;
  readonly #pool: FilePool;

  constructor(
    origin: Origin,
    access: (layer: Descriptor) => Access,
    layers: readonly LayerState[],
    tree: FileTree,
    pool: FilePool,
  ) {
    this.#origin = origin;
    this.#access = access;
    this.#layers = layers;
    this.#tree = tree;
    this.#pool = pool;
  }

  find(node: number): NodeBytes {
    return bytesOfNode(this.#tree, node);
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
    const pieces: Bytes[] = [];
    const told = await this.stream(node, window, signal, (bytes) => pieces.push(bytes));
    return { bytes: pieces.length === 1 ? pieces[0]! : concat(pieces), ...told };
  }

  /** The same, piece by piece, and without a limit. */
  async stream(
    node: number,
    window: FileWindow,
    signal: AbortSignal,
    onBytes: (bytes: Bytes) => void,
  ): Promise<Omit<FilePart, 'bytes'>> {
    const file = bytesOfNode(this.#tree, node);
    if (file.kind === 'none') {
      throw new Problem({ code: 'not-found', what: 'file', name: this.#tree.path(node) });
    }
    const { size } = file;
    const state = this.#layers[file.layer]!;
    const { descriptor } = state.layer;
    const place = placeOf(this.#tree.layers[file.layer]!, file.row);
    const job = {
      kind: 'file',
      origin: this.#origin,
      access: this.#access(descriptor),
      descriptor,
      place,
      points: pointsFor(state.seekPoints, place, window),
      window,
    } as const;
    if (Math.min(window.end, size) <= window.start) {
      return { size, verified: state.state === 'verified', atHand: true };
    }
    const done = await this.#pool.run(job, signal, (message) => {
      if (message.type === 'bytes') onBytes(message.bytes);
    });
    if (done.type !== 'done') throw new Error('bug: a file was not read');
    return { size, verified: done.atHand && state.state === 'verified', atHand: done.atHand };
  }
}
