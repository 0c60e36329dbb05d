/**
 * What crosses between the page and its workers: plain data only. An Origin and a Descriptor go in, the worker opens
 * the source itself; typed arrays come out, transferred.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Failure } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import type { Member } from '../formats/file/archive.ts';
import type { Inside, Look } from '../formats/file/look-inside.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import type { ExportPart } from '../image/export-plan.ts';
import type { FilePlace, FileWindow } from '../image/file-place.ts';
import type { Checked, Outcome } from '../image/index-layer.ts';
import type { Indexed, Keep, LayerCounts } from '../image/indexing.ts';
import type { Recalled } from '../image/kept-layer.ts';
import type { LayerToRead } from '../image/layer-bytes.ts';
import type { Layers } from '../image/kept-tree.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import type { Statement } from '../image/statement.ts';
import type { TreeColumns } from '../image/tree-columns.ts';
import type { Access, Credentials } from '../sources/access.ts';
import type { Archive, ArchiveProgress, LocalFiles } from '../sources/archive/archive.ts';
import type { Destination } from '../sources/browser/new-file.ts';
import type { Wait } from '../sources/http/patience.ts';
import type { Origin } from '../sources/origin.ts';

/** Fetch, unpack and index one layer, and check of it what that can make sure of. */
export interface LayerJob {
  readonly kind: 'layer';
  readonly origin: Origin;
  /** Credentials and tokens; in memory only. */
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly diffId: Digest | null;
  readonly keep: Keep;
}

/** Check what indexing a layer left to be checked. A kept blob is transferred in, and comes back where it is to be written. */
export interface CheckJob {
  readonly kind: 'check';
  readonly origin: Origin;
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly diffId: Digest | null;
  readonly outcome: Exclude<Outcome, Checked> | Recalled;
}

/** Write a layer that was found right to the store. Its blob is transferred in; it is still being written when the job is done. */
export interface KeepJob {
  readonly kind: 'keep';
  readonly origin: Origin;
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly blob: Bytes;
}

/** Check a blob that is no layer: all of it is read, and nothing else is done with it. */
export interface BlobJob {
  readonly kind: 'blob';
  readonly origin: Origin;
  readonly access: Access;
  readonly descriptor: Descriptor;
}

/** What the threads for layers do. */
export type LayersJob = LayerJob | CheckJob | KeepJob | BlobJob;

/** Merge the layers' indexes, lowest first. They are transferred in, and come back with the tree. */
export interface MergeJob {
  readonly kind: 'merge';
  readonly layers: readonly LayerIndex[];
  /** The blobs that the indexes are of, where the tree is to be kept. */
  readonly keepFor: Layers | null;
}

/** Look for the tree that these layers made when it was kept. */
export interface RecallTreeJob {
  readonly kind: 'recall';
  readonly layers: Layers;
}

/** The layers of the tree that was kept with this mark were found right. */
export interface TreeRightJob {
  readonly kind: 'right';
  readonly layers: Layers;
  readonly mark: string;
}

/** What the thread for trees does. */
export type TreesJob = MergeJob | RecallTreeJob | TreeRightJob;

/** Recognise a local file or folder; nothing of it is copied but what has to be unpacked first. */
export interface ArchiveJob {
  readonly kind: 'archive';
  readonly files: LocalFiles;
}

/** Read a stretch of one file of a layer. */
export interface FileJob {
  readonly kind: 'file';
  readonly origin: Origin;
  readonly access: Access;
  /** The layer. */
  readonly descriptor: Descriptor;
  /** All of it was found right since the page was loaded. */
  readonly isVerified: boolean;
  readonly place: FilePlace;
  /** As `pointsFor` gives them; null: from the layer's start. */
  readonly points: SeekPoints | null;
  readonly window: FileWindow;
}

/** A layer of which much is wanted. */
export interface LayerToExport extends LayerToRead {
  readonly access: Access;
  /** All of it was found right; where it is here, it need not be read again. */
  readonly isVerified: boolean;
}

/** Write a file for a person: entries of the tree as a tar, or a layer as its blob or as what that unpacks to. */
export interface ExportJob {
  readonly kind: 'export';
  readonly origin: Origin;
  readonly what:
    | {
        readonly kind: 'tree';
        readonly parts: readonly ExportPart[];
        /** By their number in the parts. */
        readonly layers: ReadonlyMap<number, LayerToExport>;
      }
    | { readonly kind: 'blob'; readonly layer: LayerToExport }
    | { readonly kind: 'tar'; readonly layer: LayerToExport; readonly diffId: Digest | null };
  readonly to: Destination;
}

/** Read what one file of a layer says of itself. `points`: as `allPointsFor` gives them. */
export interface InsideJob extends Omit<FileJob, 'kind' | 'window'> {
  readonly kind: 'inside';
  /** All of the file, where whoever asks has read it. */
  readonly all: Bytes | null;
  readonly look: Look;
}

/** What the threads for files do. */
export type FilesJob = FileJob | InsideJob;

/** Read a document that is attached to an image, and tell what it says. */
export interface StatementJob {
  readonly kind: 'statement';
  readonly origin: Origin;
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Of a LayerJob; of a CheckJob, where all agrees; of a KeepJob; of a BlobJob. */
export type LayersDone =
  | { readonly outcome: Outcome | Recalled }
  /** `isLost`: what was kept of it is damaged, and it cannot be fetched now; nothing that is shown depends on it. */
  | {
      readonly diffId: Digest;
      readonly isLost: boolean;
      /** The blob: a KeepJob is left to be done, when nobody waits for anything else. */
      readonly toBeWritten: Bytes | null;
    }
  | { readonly isWriting: true }
  | { readonly right: Digest };

/** What a layer's jobs say on their way; the last message is `done`, `failed` or `crashed`. */
export type LayerMessage =
  | { readonly type: 'progress'; readonly progress: LayerCounts }
  | Waiting
  /** Usable. Sent once by a LayerJob. */
  | ({ readonly type: 'indexed' } & Indexed)
  /** What a job has left to be written is not down yet. May come when the thread has another job, or none. */
  | { readonly type: 'writing' }
  | ({ readonly type: 'done' } & LayersDone)
  | Ending;

/** What a thread for trees comes back with, by the kind of the job. */
export type TreesDone =
  /** `mark`: null where the tree is not kept. */
  | { readonly tree: TreeColumns; readonly layers: readonly LayerIndex[]; readonly mark: string | null }
  | { readonly recalled: TreeColumns | null }
  | { readonly noted: true };

export type TreesMessage = ({ readonly type: 'done' } & TreesDone) | Ending;

export type ArchiveMessage =
  | { readonly type: 'progress'; readonly progress: ArchiveProgress }
  | { readonly type: 'done'; readonly archive: Archive }
  | Ending;

/** The window's bytes in order, not verified. `atHand`: they came from where the whole layer is, on this machine. */
export type FileMessage =
  | { readonly type: 'bytes'; readonly bytes: Bytes }
  | Waiting
  | { readonly type: 'done'; readonly atHand: boolean }
  | Ending;

/** `done`: bytes so far, of files where it is a tree. `blob`: null where the file is on the disk. */
export type ExportMessage =
  | { readonly type: 'progress'; readonly done: number }
  | Waiting
  | { readonly type: 'done'; readonly blob: Blob | null }
  | Ending;

/** Members of an archive as they are found, and how many bytes of the file were gone through; then all that it says. */
export type InsideMessage =
  | { readonly type: 'members'; readonly members: readonly Member[] }
  | { readonly type: 'progress'; readonly read: number }
  | { readonly type: 'done'; readonly atHand: boolean; readonly inside: Inside }
  | Ending;

export type FilesMessage = FileMessage | InsideMessage;
/** What the job is waiting for besides bytes; null when that is over. */
export interface Waiting {
  readonly type: 'waiting';
  readonly wait: Wait | null;
}

/** Verified. `bytes` are the document's own; what `statement` has of them is a copy. */
export type StatementMessage =
  Waiting | { readonly type: 'done'; readonly statement: Statement; readonly bytes: Bytes } | Ending;

/** `failed`: the input's fault, a Failure. `crashed`: a bug of ours. */
export type Ending =
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'crashed'; readonly message: string; readonly stack: string };

/** What a person wants kept while a tab is open. In memory only. */
export interface SharedSignIn extends Credentials {
  readonly registry: string;
}

/** From a tab to the thread that the tabs share. It answers with SafeNews: `hello` to that tab alone, else to all. */
export type SafeMessage =
  | { readonly type: 'hello' }
  | { readonly type: 'keep'; readonly signIn: SharedSignIn }
  | { readonly type: 'forget'; readonly registry: string };

/** All that is kept. */
export interface SafeNews {
  readonly signIns: readonly SharedSignIn[];
}
