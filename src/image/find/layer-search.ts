/** Looks for a text in files of one layer, on one way through it. */
import type { FilesPlan } from '../files-plan.ts';
import { FilesThrough } from '../files-through.ts';
import { LineSearch, MAX_LINE, type LineMatch, type LinePattern } from './line-search.ts';

export interface SearchCounts {
  /** Bytes of files, and files, that are done with. */
  readonly bytes: number;
  readonly files: number;
  readonly binaries: number;
}

/** Lines of one file that are told; more are only counted. */
export const MAX_IN_FILE = 1000;

export class LayerSearch extends FilesThrough {
  readonly #pattern: LinePattern;
  readonly #onMatch: (id: number, match: LineMatch) => void;
  #search: LineSearch | null = null;
  #inFile = 0;
  #binaries = 0;

  constructor(plan: FilesPlan, pattern: LinePattern, onMatch: (id: number, match: LineMatch) => void) {
    super(plan);
    this.#pattern = pattern;
    this.#onMatch = onMatch;
  }

  get counts(): SearchCounts {
    return { bytes: this.bytes, files: this.files, binaries: this.#binaries };
  }

  protected override begin(id: number): void {
    this.#inFile = 0;
    this.#search = new LineSearch(this.#pattern, (match) => {
      if (this.#inFile++ < MAX_IN_FILE) this.#onMatch(id, match);
    });
  }

  protected override take(bytes: Uint8Array): void {
    this.#search!.push(bytes);
  }

  /** No more of it than a line is looked at: zeros only make one longer. */
  protected override takeHole(length: number): void {
    const some = Math.min(length, 2 * MAX_LINE + 2);
    // In 16 bits, what follows must keep its place.
    this.#search!.push(new Uint8Array(some - ((length - some) % 2)));
  }

  protected override finish(): void {
    if (this.#search!.end() === 'binary') this.#binaries++;
  }
}
