/** An image: what its documents say once they agree with each other. Pure, given a Source. */
import type { Bytes } from '../base/bytes.ts';
import type { Digest } from '../formats/digest.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Platform } from '../formats/platform.ts';
import type { ImageConfig } from '../formats/config.ts';
import type { Index, Manifest } from '../formats/manifest.ts';
import type { HistoryStep } from './history.ts';

/** A JSON document whose bytes have been checked against its descriptor. */
export interface Document {
  readonly descriptor: Descriptor;
  readonly bytes: Bytes;
}

export type IndexDocument = Document & { readonly content: Index };
export type ManifestDocument = Document & { readonly content: Manifest };
export type ConfigDocument = Document & { readonly content: ImageConfig };

/** One image that an index offers (nested indexes flattened, in order). */
export interface PlatformChoice {
  readonly descriptor: Descriptor;
  /** Null where neither the index says, nor the image where we looked. */
  readonly platform: Platform | null;
}

/** An entry of an index that is no image: buildkit's `attestation-manifest`, or another artifact. */
export interface Attestation {
  readonly descriptor: Descriptor;
  /** Digest of the manifest it is about (`vnd.docker.reference.digest`), where it says. */
  readonly about: Digest | null;
}

export interface ImageLayer {
  readonly descriptor: Descriptor;
  /** Digest of what it unpacks to, from the config's `rootfs.diff_ids`; null where the config has none. */
  readonly diffId: Digest | null;
  /** The step of the history that made it; null where the history does not say. */
  readonly step: HistoryStep | null;
}

/** What the indexes offer, once every nested one has been read. All empty where a manifest was asked for. */
export interface Offer {
  /** The one that was asked for first, then those nested in it, in order. */
  readonly indexes: readonly IndexDocument[];
  /** Images, in order, each digest once. */
  readonly platforms: readonly PlatformChoice[];
  readonly attestations: readonly Attestation[];
  /** Named by an index, and not where the index is: `docker save` writes one image of an index of many. */
  readonly absent: readonly Descriptor[];
}

/** Its `platforms` are all that the indexes offer; the chosen one has `manifest.descriptor.digest`. */
export interface Image extends Offer {
  readonly manifest: ManifestDocument;
  readonly config: ConfigDocument;
  /** From the config, else the index; null where neither says. */
  readonly platform: Platform | null;
  /** In manifest order, the lowest first. */
  readonly layers: readonly ImageLayer[];
  /** Every step, empty layers too, oldest first. */
  readonly history: readonly HistoryStep[];
}

/** One blob of an artifact. */
export interface ArtifactBlob {
  readonly descriptor: Descriptor;
  /** `org.opencontainers.image.title`, which is a path for those who fetch it; null where it has none. */
  readonly title: string | null;
  /** What it is called in the tree: its title, else what can be made of its type and digest. */
  readonly path: string;
  /** It may be looked into; whether it is a tar, its bytes say. */
  readonly mayBeTar: boolean;
}

/** What shares the image's manifest and is no image: a chart, a module, a signature. Its blobs are no layers of one tree. */
export interface Artifact extends Offer {
  /** What it is of: in words, else its media type. */
  readonly name: string;
  readonly manifest: ManifestDocument;
  /** Its config, where that is there and no larger than a document may be: JSON, mostly. */
  readonly config: Document | null;
  readonly blobs: readonly ArtifactBlob[];
}
