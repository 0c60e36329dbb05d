/** The filesystem of an open image, whole or as it was after one of its layers: what a step of the build saw. */
import { FileTree } from '../image/file-tree.ts';
import type { LookupThread } from '../worker/lookup-thread.ts';
import type { FileReading } from './file-reading.ts';

export interface Stage {
  /** The layer after which it is, from 0; null: of all layers. */
  readonly after: number | null;
  readonly tree: FileTree;
  readonly files: FileReading;
}

/** Reactive. One for each image that is open. */
export class Stages {
  /** After all layers. */
  readonly whole: Stage;
  readonly #lookup: () => Promise<LookupThread>;
  readonly #read: (tree: FileTree) => FileReading;
  #shown: Stage = $state.raw(null!);
  /** Another one besides the whole: whoever compares two goes back and forth. */
  #last: Stage | null = null;
  #wanted: number | null = $state(null);

  /** `read` makes what reads the files of a tree. */
  constructor(tree: FileTree, read: (tree: FileTree) => FileReading, lookup: () => Promise<LookupThread>) {
    this.whole = { after: null, tree, files: read(tree) };
    this.#shown = this.whole;
    this.#read = read;
    this.#lookup = lookup;
  }

  /** What is looked at; while another one is made, the one before. */
  get shown(): Stage {
    return this.#shown;
  }
  get making(): boolean {
    return this.#wanted !== this.#shown.after;
  }

  /** Rejects with a WorkerCrash; what is shown stays then. What is shown, or being made, already is not made again. */
  async show(after: number | null): Promise<void> {
    if (after === this.#wanted) return;
    this.#wanted = after;
    const known = [this.whole, this.#last].find((stage) => stage?.after === after);
    if (known != null) {
      this.#shown = known;
      return;
    }
    if (after === null) return;
    try {
      const columns = await (await this.#lookup()).stage(after);
      if (columns === null || this.#wanted !== after) return;
      const tree = new FileTree(columns, this.whole.tree.layers.slice(0, after + 1));
      this.#shown = this.#last = { after, tree, files: this.#read(tree) };
    } finally {
      if (this.#wanted === after) this.#wanted = this.#shown.after;
    }
  }
}
