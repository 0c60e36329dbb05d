/** What a tarball or a folder of this machine holds, once it was recognised. */
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';

/**
 * `docker-archive`: what `docker save` writes. `oci-layout`: image-spec v1.1, image-layout.md, as a folder or a tar of
 * it. `root-filesystem`: any other tar, such as `docker export` writes: one layer, without manifest and config.
 */
export type ArchiveForm = 'docker-archive' | 'oci-layout' | 'root-filesystem';

export interface ArchiveImage {
  /** One of `names`, or the digest of `root` where it has none: what the address calls it. Unlike those of the others. */
  readonly name: string;
  /** Its tags, as the archive has them; they need not be references. */
  readonly names: readonly string[];
  /** Of its manifest or index. */
  readonly root: Descriptor;
}

/** What was odd and did not keep it from being opened. Text from outside: show it escaped. */
export type Remark =
  /** The tar ends in the middle, after so many bytes; what stands before it can be read. */
  | { readonly kind: 'truncated'; readonly length: number }
  /** Two entries of one name; the last counts, as in tar. */
  | { readonly kind: 'duplicate-entry'; readonly name: string }
  /**
   * It ends before it says which layers belong together. `isStack`: they are laid upon each other in their order, the
   * lowest first; else each is shown by itself.
   */
  | { readonly kind: 'loose-layers'; readonly isStack: boolean }
  /** An entry whose name leads out of the archive; it is not used. */
  | { readonly kind: 'outside'; readonly name: string };

/** Plain data: a Blob is a handle, so all this can be posted to a worker, and holds none of the bytes. */
export interface Archive {
  readonly form: ArchiveForm;
  /** What the file itself does not hold, and was made here so that it reads like any image. */
  readonly made: 'nothing' | 'manifest' | 'manifest-and-config';
  /** At least one. */
  readonly images: readonly ArchiveImage[];
  /** By digest, the claimed one: whoever reads checks it. Documents that were made here are among them. */
  readonly blobs: ReadonlyMap<Digest, Blob>;
  readonly remarks: readonly Remark[];
  /** Its content is kept in this browser: what is computed of it may be kept as well. */
  readonly isKept?: true;
}

/** Files of a folder: an image layout has as many as it has blobs. Somebody's home folder shall not stop the page. */
export const MOST_FILES = 200_000;

/** What a person dropped or picked. */
export type LocalFiles =
  | { readonly kind: 'file'; readonly file: File }
  /** Paths are relative to the folder, with slashes, as the browser gives them. */
  | { readonly kind: 'folder'; readonly name: string; readonly files: ReadonlyMap<string, File> };

/** `unpacking`: the whole file is compressed. `hashing`: it claims no digest for some of its content. Bytes. */
export interface ArchiveProgress {
  readonly step: 'reading' | 'unpacking' | 'hashing';
  readonly done: number;
  readonly total: number;
}
