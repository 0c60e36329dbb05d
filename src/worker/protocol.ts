/**
 * What crosses between the page and its workers: plain data only. An Origin and a Descriptor go in, the worker opens
 * the source itself; typed arrays come out, transferred.
 */
import type { Failure } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import type { TreeColumns } from '../image/file-tree.ts';
import type { Access } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';

/** Fetch, unpack, index and verify one layer. */
export interface LayerJob {
  readonly kind: 'layer';
  readonly origin: Origin;
  /** Credentials and tokens; in memory only. */
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly diffId: Digest | null;
}

/** Merge the layers' indexes, lowest first. They are transferred in, and come back with the tree. */
export interface MergeJob {
  readonly kind: 'merge';
  readonly layers: readonly LayerIndex[];
}

export interface LayerProgress {
  /** Bytes of the blob that have come; its size is in the descriptor. */
  readonly received: number;
  /** Bytes that it has unpacked to so far. */
  readonly unpacked: number;
  readonly entries: number;
}

/** What a layer job says on its way; the last message is `done`, `failed` or `crashed`. */
export type LayerMessage =
  | { readonly type: 'progress'; readonly progress: LayerProgress }
  /** Usable, not yet verified to the end. Sent once, before `done`. */
  | { readonly type: 'indexed'; readonly index: LayerIndex }
  /** Size, digest and diff ID agree (`diffId` is what was computed). */
  | { readonly type: 'done'; readonly diffId: Digest }
  | Ending;

export type MergeMessage =
  { readonly type: 'done'; readonly tree: TreeColumns; readonly layers: readonly LayerIndex[] } | Ending;

/** `failed`: the input's fault, a Failure. `crashed`: a bug of ours. */
export type Ending =
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'crashed'; readonly message: string; readonly stack: string };
