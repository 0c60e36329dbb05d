/**
 * What crosses between the page and the thread that answers questions about an image: it holds a copy of the image's columns.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Owners } from '../image/find/find-table.ts';
import type { FoundOrder } from '../image/find/find.ts';
import type { PlannedLayer } from '../image/files-plan.ts';
import type { DeletedColumns } from '../image/merge/losses.ts';
import type { PathChange } from '../image/merge/path-history.ts';
import type { TreeColumns } from '../image/tree-columns.ts';
import type { Slice } from './in-slices.ts';
import type { Ending } from './protocol.ts';

/** The layer after which the filesystem is meant, from 0; null for all of them. */
export type After = number | null;

/** Filesystems of which it is known whose their files are: somebody goes back and forth between some. */
const MOST_OWNERS = 4;

/** The oldest gives way. What comes late, of a filesystem that nobody looks at any more, takes no other's place. */
export function keepOwners(known: Map<After, Owners>, after: After, owners: Owners): void {
  known.delete(after);
  known.set(after, owners);
  if (known.size > MOST_OWNERS) known.delete([...known.keys()][0]!);
}

export type Question =
  /** `query` as a person writes it. */
  | { readonly kind: 'find'; readonly query: string; readonly order: FoundOrder; readonly after: After }
  /** Where the bytes are of the files that the query finds. */
  | { readonly kind: 'plan'; readonly query: string; readonly after: After }
  /** The filesystem as it was then. */
  | { readonly kind: 'stage'; readonly after: number }
  /** What each layer made of a path. */
  | { readonly kind: 'history'; readonly path: Bytes };

export type Answer =
  | { readonly kind: 'find'; readonly ids: Uint32Array<ArrayBuffer>; readonly bytes: number }
  | { readonly kind: 'plan'; readonly layers: readonly PlannedLayer[] }
  | { readonly kind: 'stage'; readonly tree: TreeColumns }
  | { readonly kind: 'history'; readonly changes: readonly PathChange[] };

/** Questions of one lane are asked one after the other: the newer one takes the place of the older. */
export type Lane = 'find' | 'stage' | 'history';

export function laneOf({ kind }: Question): Lane {
  return kind === 'plan' ? 'find' : kind;
}

export type ToLookup =
  | Slice
  /** All slices have been sent. */
  | { readonly type: 'sent' }
  /** Before the first question that needs them. */
  | { readonly type: 'owners'; readonly after: After; readonly owners: Owners }
  /** What was asked before in its lane is not wanted any more. */
  | { readonly type: 'ask'; readonly turn: number; readonly question: Question };

export type FromLookup =
  /** It has all that it needs, and begins with what was asked. */
  | { readonly type: 'ready' }
  /** What layers took away: before the first answer that has some of it. */
  | { readonly type: 'deleted'; readonly after: After; readonly columns: DeletedColumns }
  | { readonly type: 'answer'; readonly turn: number; readonly answer: Answer }
  | Extract<Ending, { readonly type: 'crashed' }>;
