/** One row of the differences: all that it shows, made when it comes into view. */
import { rowPath } from '../../image/compare/arrange.ts';
import { growthOf, kindOf, NONE, type RowKind } from '../../image/compare/compare-trees.ts';
import type { Compared } from '../../session/comparing.svelte.ts';
import { KIND_WORDS, whatText } from './difference-words.ts';

export interface DifferenceRow {
  readonly kind: RowKind;
  /** Readable. */
  readonly path: string;
  readonly what: string;
  /** Bytes: as it is, or was. */
  readonly size: number;
  readonly growth: number;
}

export function differenceRow(compared: Compared, row: number): DifferenceRow {
  const { differences } = compared;
  const [before, after] = [compared.before.files.tree, compared.after.files.tree];
  const [b, a] = [differences.before[row]!, differences.after[row]!];
  const kind = kindOf(differences.what[row]!);
  return {
    kind,
    path: pathOf(compared, row),
    what: whatText(differences.what[row]!) || KIND_WORDS[kind],
    size: a === NONE ? before.size(b) : after.size(a),
    growth: growthOf(differences, row, before, after),
  };
}

export function pathOf({ differences, before, after }: Compared, row: number): string {
  return rowPath(differences, row, before.files.tree, after.files.tree);
}
