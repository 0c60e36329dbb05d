/**
 * The merged filesystem as columns: a node is a row number, the root is 0. The children of a node are the rows
 * `firstChild .. firstChild + childCount`, next to each other, in the order of their name's bytes.
 */
import type { Bytes } from '../base/bytes.ts';

export const ROOT = 0;
/** In `layer`: no layer has an entry for this folder; it is there because something below it is. */
export const IMPLIED = 0xffff;

/** Plain data; all columns have `count` rows. */
export interface TreeColumns {
  readonly count: number;
  readonly parent: Uint32Array<ArrayBuffer>;
  readonly firstChild: Uint32Array<ArrayBuffer>;
  readonly childCount: Uint32Array<ArrayBuffer>;
  /** The layer (from 0, in manifest order) whose entry this node shows, and the row in that layer's index. */
  readonly layer: Uint16Array<ArrayBuffer>;
  readonly row: Uint32Array<ArrayBuffer>;
  /** Where a file's bytes are: its own entry, or for a hard link the entry it was bound to. IMPLIED where none. */
  readonly contentLayer: Uint16Array<ArrayBuffer>;
  readonly contentRow: Uint32Array<ArrayBuffer>;
  /** Base name: a stretch of `names`. */
  readonly names: Bytes;
  readonly nameStart: Uint32Array<ArrayBuffer>;
  readonly nameLength: Uint32Array<ArrayBuffer>;
  /** Bytes of the files at and below the node; a file with several names counts once in each folder's sum. */
  readonly totalSize: Float64Array<ArrayBuffer>;
  /** Entries below the node. */
  readonly totalEntries: Uint32Array<ArrayBuffer>;
  /** The same row groups as the children's, each group ordered by `totalSize`, the largest first. */
  readonly bySize: Uint32Array<ArrayBuffer>;
  /** Entries of all layers that could stand nowhere: `.wh.` without a name, a root that is no folder. */
  readonly ignored: number;
}
