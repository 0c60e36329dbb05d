/** What crosses between the page and the thread that finds entries: it holds a copy of an image's columns, and answers. */
import type { FoundOrder } from '../image/find/find.ts';
import type { PlannedLayer } from '../image/find/search-plan.ts';
import type { DeletedColumns } from '../image/merge/losses.ts';
import type { Slice } from './in-slices.ts';
import type { Ending } from './protocol.ts';

export type ToFinder =
  | Slice
  /** All slices have been sent. */
  | { readonly type: 'sent' }
  /** What was asked before is not wanted any more. `query` as a person writes it. */
  | {
      readonly type: 'ask';
      readonly turn: number;
      readonly query: string;
      readonly order: FoundOrder;
      /** Where the bytes of what is found are, not the entries. */
      readonly plan: boolean;
    };

export type FromFinder =
  /** It has all that it needs, and begins with the last question. */
  | { readonly type: 'ready' }
  | {
      readonly type: 'found';
      readonly turn: number;
      readonly ids: Uint32Array<ArrayBuffer>;
      readonly bytes: number;
    }
  /** What layers took away: once, before the first answer that has some of it. */
  | { readonly type: 'deleted'; readonly columns: DeletedColumns }
  | { readonly type: 'planned'; readonly turn: number; readonly layers: readonly PlannedLayer[] }
  | Extract<Ending, { readonly type: 'crashed' }>;
