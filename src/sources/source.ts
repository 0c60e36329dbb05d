/** The seam to places: what a registry, a static layout, a tarball, a folder and the cache all are. */
import type { Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';

/** Bytes `start` to `end`, the end not included; `0 <= start < end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  /** A part only. Whoever answers may do so from more than was asked, but gives just these bytes. */
  readonly range?: ByteRange;
  /**
   * It is a manifest or an index, whatever its media type says: who named it names nothing else (image-spec v1.1,
   * image-index.md, "manifests"). Registries keep those apart from blobs.
   */
  readonly isManifest?: boolean;
  /** The reader is done with each piece when it asks for the next, whose memory may be the same. */
  readonly fleeting?: boolean;
}

/** Streams the bytes of a descriptor. Unverified: wrap it in `verified`. The reader cancels what it does not read. */
export interface Content {
  open(what: Descriptor, options: OpenOptions): Promise<ReadableStream<Uint8Array>>;
  /** The same bytes, not verified either, where they are at hand and any part costs no more than that part; else null. */
  blob?(what: Descriptor): Blob | null | Promise<Blob | null>;
  /** Keeps what the caller has verified, where there is room; reading need not wait for it. Never rejects. */
  keep?(what: Descriptor, bytes: Bytes): Promise<void>;
  /**
   * "I gather all of what `open` gives in `held`, and hand it to `keep` when it is verified": until then only what a slow
   * place brings is put down, out of `held`. Each piece has to be there before the next one is asked for. To be said before
   * the stream is read to its end.
   */
  hold?(what: Descriptor, held: Bytes): void;
  /** "All of a stream of `open` was read, and its bytes have been verified." Never rejects. */
  seal?(what: Descriptor): Promise<void>;
  /** "It was found wrong": true where that came from something kept, so that opening it again asks the origin. */
  drop?(what: Descriptor): Promise<boolean>;
}

export interface Source extends Content {
  /**
   * The descriptor of the image's manifest or index; with `data` where finding it meant reading it.
   * Its digest is that of the bytes, whatever a header says, and equals the one that was asked for, if any.
   * `remembered`: the last answer. It may be given again without a reading where that is still right, and where nobody
   * answers, that is said sooner.
   */
  resolve(signal: AbortSignal, remembered?: Descriptor): Promise<Descriptor>;
  /** True where nobody has to be asked to know that `what` is not there. */
  lacks?(what: Descriptor): boolean;
}
