/** What is kept in the browser between visits: content by its digest, what was computed from it, tags, and images. */
import type { Bytes } from '../../base/bytes.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import type { Origin } from '../origin.ts';

export interface KeptBlob {
  readonly mediaType: string;
  readonly blob: Blob;
}

/** What a tag meant when it was last asked for; `time` in ms since 1970. */
export interface KeptTag {
  readonly descriptor: Descriptor;
  readonly time: number;
}

/** An image of the recents. */
export interface KeptImage {
  /** The address without path, view and layer: `image=…&platform=…`. */
  readonly id: string;
  /** Where it was opened from. */
  readonly origin: Origin;
  /** What the person asked for. */
  readonly name: string;
  readonly platform: string | null;
  /** Of the manifest or index that the origin resolved to. */
  readonly root: Descriptor;
  /** Every document and layer. What no image names goes when room is wanted. */
  readonly digests: readonly Digest[];
  /** Bytes of them. */
  readonly size: number;
  /** When it was opened last; ms since 1970. */
  readonly opened: number;
  readonly pinned: boolean;
}

/** Bytes. */
export interface Room {
  /** As the browser counts it, of everything that this site keeps. */
  readonly usage: number;
  readonly quota: number;
  /** The browser has promised to remove nothing by itself. */
  readonly persisted: boolean;
  /** Of whole content and of content on its way, shared ones once. */
  readonly blobs: number;
}

/**
 * `full`: something could not be kept for want of room, until images are removed. `gone`: the storage was taken away while
 * it was open, until it answers again (it begins anew), or for good, where a newer version of this app has it.
 */
export type Trouble = 'full' | 'gone';

/**
 * Nothing here ever rejects: where the storage does not answer, reads give null (or nothing) and writes false, and an
 * opening goes on without it. Every thread and every tab has a connection of its own; all methods may be called at any
 * time and from several at once.
 */
export interface Store {
  /** Why something was not kept last, for a quiet notice. */
  readonly trouble: Trouble | null;
  /** `listen`: another thread or tab has run out of room, and `trouble` says so now. The returned function ends that. */
  onTrouble(listen: () => void): () => void;

  /** Whole content, verified by whoever handed it over. Its bytes are read from disk as they are asked for. */
  blob(digest: Digest): Promise<KeptBlob | null>;
  /** The digests of all whole content. */
  whole(): Promise<ReadonlySet<Digest>>;
  /** Keeps whole content that the caller has verified. True where it was there already. */
  keep(what: Descriptor, bytes: Bytes | Blob): Promise<boolean>;

  /** Content on its way: what is there of it from its start, or null. Not verified. */
  part(digest: Digest): Promise<Blob | null>;
  /** Adds to it. False where `at` is not the end of what is there: another tab was faster, or it is whole. */
  extend(digest: Digest, at: number, bytes: Bytes | Blob): Promise<boolean>;
  /** "These bytes have been verified": the parts become the blob; nothing is copied. False where they are not all there. */
  seal(what: Descriptor): Promise<boolean>;
  /** Forgets content, whole or not, and what was computed from it. */
  drop(digest: Digest): Promise<void>;

  /** What `keepDerived` was given; null where there is none, or what is there was damaged (it is forgotten then). */
  derived(key: string): Promise<unknown>;
  /**
   * Keeps plain data: null, booleans, numbers, bigints, texts, arrays, plain objects, Map, Set, ArrayBuffer and typed
   * arrays. It goes when content of one digest of `of` goes. An older value of that key is replaced.
   */
  keepDerived(key: string, of: readonly Digest[], value: unknown): Promise<boolean>;

  /** `name`: `registry/repository:tag`. */
  tag(name: string): Promise<KeptTag | null>;
  keepTag(name: string, descriptor: Descriptor, time: number): Promise<boolean>;

  /** Latest first. */
  images(): Promise<readonly KeptImage[]>;
  /** One with the same id is replaced, but stays pinned where it was. */
  keepImage(image: KeptImage): Promise<boolean>;
  /** The first pin asks the browser to keep it all (`navigator.storage.persist()`). False where there is no such image. */
  pin(id: string, pinned: boolean): Promise<boolean>;
  /** And all content that no other image names. */
  removeImage(id: string): Promise<void>;
  removeAll(): Promise<void>;

  /** Null where the browser does not say. */
  room(): Promise<Room | null>;

  /** Breaks off what is being read or written, and answers nothing until `wake`: for a page that is put away. */
  rest(): void;
  wake(): void;
}
