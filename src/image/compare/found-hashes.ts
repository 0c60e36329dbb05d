/** Hashes of files of a tree, as far as they were read. */
import type { FileTree } from '../file-tree.ts';
import type { PlannedLayer } from '../files-plan.ts';
import { HASH } from './file-hashes.ts';

/** By where the bytes stand: names of one file have one hash. */
export class FoundHashes {
  readonly #tree: FileTree;
  /** By layer, then by row of it. */
  readonly #byRow = new Map<number, Map<number, Uint8Array>>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  add({ plan }: PlannedLayer, hashes: Uint8Array): void {
    const { contentRow } = this.#tree.columns;
    const rows = new Map<number, Uint8Array>();
    for (const [i, id] of plan.ids.entries())
      rows.set(contentRow[id]!, hashes.subarray(i * HASH, (i + 1) * HASH));
    this.#byRow.set(plan.layer, rows);
  }

  /** Undefined where it was not read. */
  of(node: number): Uint8Array | undefined {
    const { contentLayer, contentRow } = this.#tree.columns;
    return this.#byRow.get(contentLayer[node]!)?.get(contentRow[node]!);
  }
}

/** Null where one of them was not read. */
export function sameHash(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean | null {
  return one === undefined || other === undefined ? null : one.every((byte, i) => byte === other[i]);
}
