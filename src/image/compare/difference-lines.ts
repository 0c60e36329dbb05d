/** Differences as JSON Lines: one path a line, as one walks, with its line of the Listing in each image. */
import type { FileTree } from '../file-tree.ts';
import { listingLine, type ListingLine, type ListingPiece } from '../listing.ts';
import {
  CONTENTS,
  DEVICE,
  kindOf,
  MODE,
  NONE,
  OWNER,
  TARGET,
  TIME,
  TYPE,
  UNREAD,
  XATTRS,
  type Differences,
  type RowKind,
} from './compare-trees.ts';

/** Keys that do not apply are left out. */
export interface DifferenceLine {
  readonly path: string;
  /** `unread`: files of one size whose bytes could not be read; `time`: nothing else is different. */
  readonly change: RowKind;
  /** What is different, where it is in both. */
  readonly what?: readonly DifferentFact[];
  readonly before?: ListingLine;
  readonly after?: ListingLine;
}

const FACTS = [
  [TYPE, 'type'],
  [CONTENTS, 'contents'],
  [UNREAD, 'unread'],
  [TARGET, 'target'],
  [MODE, 'mode'],
  [OWNER, 'owner'],
  [XATTRS, 'xattrs'],
  [DEVICE, 'device'],
  [TIME, 'time'],
] as const;
export type DifferentFact = (typeof FACTS)[number][1];

/** What a row says, from its bits. */
export function factsOf(what: number): DifferentFact[] {
  return FACTS.flatMap(([bit, fact]) => ((what & bit) === 0 ? [] : [fact]));
}

const PIECE = 64 * 1024;

/** In pieces of about 64 KiB, of whole lines. */
export function* writeDifferences(
  differences: Differences,
  before: FileTree,
  after: FileTree,
): Generator<ListingPiece, void, undefined> {
  let text = '';
  let lines = 0;
  for (let row = 0; row < differences.count; row++) {
    text += `${JSON.stringify(lineOf(differences, row, before, after))}\n`;
    lines++;
    if (text.length < PIECE) continue;
    yield { text, lines };
    text = '';
    lines = 0;
  }
  if (lines > 0) yield { text, lines };
}

function lineOf(differences: Differences, row: number, first: FileTree, second: FileTree): DifferenceLine {
  const [b, a] = [differences.before[row]!, differences.after[row]!];
  const what = factsOf(differences.what[row]!);
  const before = b === NONE ? null : listingLine(first, b);
  const after = a === NONE ? null : listingLine(second, a);
  return {
    path: (after ?? before)!.path,
    change: kindOf(differences.what[row]!),
    ...(what.length === 0 ? {} : { what }),
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
  };
}
