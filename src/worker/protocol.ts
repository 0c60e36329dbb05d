/**
 * What crosses between the page and its workers: plain data only. An Origin and a Descriptor go in, the worker opens
 * the source itself; typed arrays come out, transferred.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Failure } from '../base/problem.ts';
import type { Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import type { Checked, LayerCounts } from '../image/index-layer.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import type { TreeColumns } from '../image/file-tree.ts';
import type { Access } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';

/** Fetch, unpack and index one layer; and check it on the way, unless its blob is small enough to be kept. */
export interface LayerJob {
  readonly kind: 'layer';
  readonly origin: Origin;
  /** Credentials and tokens; in memory only. */
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly diffId: Digest | null;
  /** Bytes of a blob that the page will hold until it is checked. */
  readonly keepUpTo: number;
}

/** Check what a kept blob unpacks to. Its bytes are transferred in. */
export interface CheckJob {
  readonly kind: 'check';
  readonly kept: Bytes;
  readonly compression: Compression;
  readonly diffId: Digest | null;
}

/** Merge the layers' indexes, lowest first. They are transferred in, and come back with the tree. */
export interface MergeJob {
  readonly kind: 'merge';
  readonly layers: readonly LayerIndex[];
}

/** What a layer's jobs say on their way; the last message is `done`, `failed` or `crashed`. */
export type LayerMessage =
  | { readonly type: 'progress'; readonly progress: LayerCounts }
  /** Usable: its blob is what the manifest says. Sent once by a LayerJob, before `done`. `kept` is for a CheckJob. */
  | { readonly type: 'indexed'; readonly index: LayerIndex; readonly kept: Bytes | null }
  /** `checked` is null where the blob was kept: a CheckJob is to follow. */
  | { readonly type: 'done'; readonly checked: Checked | null }
  | Ending;

export type MergeMessage =
  { readonly type: 'done'; readonly tree: TreeColumns; readonly layers: readonly LayerIndex[] } | Ending;

/** `failed`: the input's fault, a Failure. `crashed`: a bug of ours. */
export type Ending =
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'crashed'; readonly message: string; readonly stack: string };
