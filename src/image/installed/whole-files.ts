/** Files of one layer as they are, on one way through it: for those small enough to be held whole. */
import { concat, type Bytes } from '../../base/bytes.ts';
import type { FilesPlan } from '../files-plan.ts';
import { FilesThrough } from '../files-through.ts';

export class WholeFiles extends FilesThrough {
  readonly #onFile: (id: number, bytes: Bytes) => void;
  #pieces: Uint8Array[] = [];
  #id = 0;

  /** `onFile` gets each file of the plan, its own copy. */
  constructor(plan: FilesPlan, onFile: (id: number, bytes: Bytes) => void) {
    super(plan);
    this.#onFile = onFile;
  }

  protected override begin(id: number): void {
    this.#id = id;
    this.#pieces = [];
  }

  protected override take(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
  }

  protected override takeHole(length: number): void {
    this.#pieces.push(new Uint8Array(length));
  }

  protected override finish(): void {
    this.#onFile(this.#id, concat(this.#pieces));
    this.#pieces = [];
  }
}
