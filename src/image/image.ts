/** An image: what its documents say once they agree with each other. Pure, given a Source. */
import type { Bytes } from '../base/bytes.ts';
import type { Digest } from '../formats/digest.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Platform } from '../formats/platform.ts';
import type { ImageConfig } from '../formats/config.ts';
import type { Manifest } from '../formats/manifest.ts';
import type { HistoryStep } from './history.ts';

/** A JSON document whose bytes have been checked against its descriptor. */
export interface Document {
  readonly descriptor: Descriptor;
  readonly bytes: Bytes;
}

/** One image that an index offers (nested indexes flattened, in order). */
export interface PlatformChoice {
  readonly descriptor: Descriptor;
  /** Null where the index does not say. */
  readonly platform: Platform | null;
}

/** A manifest that describes another one and is no image (buildkit's `attestation-manifest`). */
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

export interface Image {
  /** From the one that was asked for, inwards; empty where a manifest was asked for. */
  readonly indexes: readonly Document[];
  readonly manifest: Document & { readonly content: Manifest };
  readonly config: Document & { readonly content: ImageConfig };
  /** From the config, else the index; null where neither says. */
  readonly platform: Platform | null;
  /** All that the indexes offer; the chosen one has `manifest.descriptor.digest`. Empty without an index. */
  readonly platforms: readonly PlatformChoice[];
  readonly attestations: readonly Attestation[];
  /** In manifest order, the lowest first. */
  readonly layers: readonly ImageLayer[];
  /** Every step, empty layers too, oldest first. */
  readonly history: readonly HistoryStep[];
}
