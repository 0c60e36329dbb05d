/** Which differences are looked at, and in what order. */
import type { FileTree } from '../file-tree.ts';
import { growthOf, kindOf, NONE, type Differences, type RowKind } from './compare-trees.ts';

export interface Arrangement {
  readonly hidden: ReadonlySet<RowKind>;
  /** What the path holds, whatever its case; empty for any. */
  readonly part: string;
  /** Those by which the second image is most larger or smaller first; else as one walks. */
  readonly bySize: boolean;
}

/** So many rows in one go: some milliseconds. */
const TURN = 4096;

/** Rows of `differences`. Stops after each turn, for whoever has other things to do. */
export function* arrange(
  differences: Differences,
  before: FileTree,
  after: FileTree,
  { hidden, part, bySize }: Arrangement,
): Generator<void, Uint32Array<ArrayBuffer>, void> {
  const found = new Uint32Array(differences.count);
  const wanted = part.trim().toLowerCase();
  let count = 0;
  for (let row = 0; row < differences.count; row++) {
    if (row % TURN === TURN - 1) yield;
    if (hidden.has(kindOf(differences.what[row]!))) continue;
    if (wanted !== '' && !rowPath(differences, row, before, after).toLowerCase().includes(wanted)) continue;
    found[count++] = row;
  }
  const rows = found.slice(0, count);
  if (!bySize) return rows;
  const growth = new Float64Array(differences.count);
  for (const [i, row] of rows.entries()) {
    if (i % TURN === TURN - 1) yield;
    growth[row] = Math.abs(growthOf(differences, row, before, after));
  }
  return yield* largestFirst(rows, growth);
}

/** Readable. */
export function rowPath(
  { before, after }: Differences,
  row: number,
  first: FileTree,
  second: FileTree,
): string {
  return after[row] === NONE ? first.path(before[row]!) : second.path(after[row]!);
}

/** Sorted by what each row stands for in `values`, equal ones as they were. A merge sort, which can rest anywhere. */
function* largestFirst(
  rows: Uint32Array<ArrayBuffer>,
  values: Float64Array,
): Generator<void, Uint32Array<ArrayBuffer>, void> {
  let from = rows;
  let to = new Uint32Array(rows.length);
  for (let at = 0; at < from.length; at += TURN) {
    from.subarray(at, at + TURN).sort((a, b) => values[b]! - values[a]! || a - b);
    yield;
  }
  for (let width = TURN; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(from.length, start + width);
      const end = Math.min(from.length, start + 2 * width);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        const isLeft = right === end || (left < middle && values[from[left]!]! >= values[from[right]!]!);
        to[at] = isLeft ? from[left++]! : from[right++]!;
        if (at % TURN === TURN - 1) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
