/**
 * Where an image lives, as plain data: it goes into the URL, the list of recents, and to a worker.
 * It never holds a credential.
 */
import type { Digest } from '../formats/digest.ts';

/** An image in a registry. `tag` is absent only where there is a `digest`. */
export interface RegistryOrigin {
  readonly kind: 'registry';
  /** Normalised domain with its port, as in a reference: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/alpine`; empty for the registry as a whole. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** An OCI image layout (image-spec v1.1, image-layout.md) served as static files. */
export interface LayoutOrigin {
  readonly kind: 'layout';
  /** Absolute http(s) URL of the folder, with a final slash, without user, query and fragment. */
  readonly url: string;
  /** `org.opencontainers.image.ref.name` or the digest of an entry of index.json, where it has several. */
  readonly name?: string;
}

/** A file or a folder of this machine, while the tab that it was given to lives. */
export interface LocalOrigin {
  readonly kind: 'local';
  /** What this tab calls it: the file's name, and a number where it has had several of that name. */
  readonly file: string;
  /** Which image of it, where it has several. */
  readonly name?: string;
}

export type Origin = RegistryOrigin | LayoutOrigin | LocalOrigin;
