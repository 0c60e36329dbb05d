/** What whoever has a layer indexed gives, and is told on the way. */
import type { SeekPoints } from '../formats/seek-points.ts';
import type { LayerIndex } from './layer-index.ts';

/** Bytes of the blob that are worked on at once: 64 KiB of gzip are at most 64 MiB, so progress is told even of a bomb. */
export const PIECE = 64 * 1024;

/** What is made of a layer's bytes. */
export interface Indexed {
  readonly index: LayerIndex;
  /** Where reading may start in the middle; null for a layer that is not compressed. */
  readonly seekPoints: SeekPoints | null;
}

export interface LayerCounts {
  /** Bytes of the blob so far, and of what it unpacked to. */
  readonly received: number;
  readonly unpacked: number;
  readonly entries: number;
}

/** Bytes that a first look may keep of a layer. */
export interface Keep {
  /** Of the blob; for a larger one no look is taken, and one pass keeps nothing. */
  readonly blob: number;
  /** Of what it unpacks to, so that it need not be unpacked again to be checked. */
  readonly unpacked: number;
  /** Somebody is about to ask for a part of what it unpacks to: it is kept also where the check has no need of it. */
  readonly forFile?: boolean;
}

export interface IndexLayerOptions {
  readonly signal: AbortSignal;
  readonly keep: Keep;
  /** After each piece. */
  readonly onProgress: (counts: LayerCounts) => void;
  /** The index is whole and may be shown; what is not checked yet says the outcome. Called once. */
  readonly onIndexed: (indexed: Indexed) => void;
}
