/** What whoever has a layer indexed gives, and is told on the way. */
import type { LayerIndex } from './layer-index.ts';

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
  readonly onIndexed: (index: LayerIndex) => void;
}
