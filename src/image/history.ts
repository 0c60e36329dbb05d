/** The steps that made an image (image-spec v1.1, config.md, "history"). */
import type { HistoryRow } from '../formats/config.ts';

export interface HistoryStep {
  /** As in the config; empty where it says nothing. */
  readonly createdBy: string;
  /** RFC 3339, as in the config; empty where it says nothing. */
  readonly created: string;
  readonly author: string;
  readonly comment: string;
  /** The config says that the step made no layer. */
  readonly empty: boolean;
  /** From 0, in manifest order; null for a step that made no layer, and where it cannot be told which one it made. */
  readonly layer: number | null;
}

export interface History {
  readonly steps: readonly HistoryStep[];
  /** The step of each layer, in manifest order. */
  readonly byLayer: readonly (HistoryStep | null)[];
}

/**
 * Steps that made a layer and layers go together in order, but only where there are as many of the ones as of the
 * others. A history is optional and tools leave rows out of it, or do not mark the empty ones: then no step is tied to
 * a layer, for any guess would put each command beside the files of another.
 */
export function mapHistory(rows: readonly HistoryRow[], layerCount: number): History {
  const agrees = rows.filter((row) => !row.emptyLayer).length === layerCount;
  const byLayer: (HistoryStep | null)[] = agrees ? [] : Array.from({ length: layerCount }, () => null);
  const steps = rows.map(({ emptyLayer, ...row }): HistoryStep => {
    const layer = agrees && !emptyLayer ? byLayer.length : null;
    const step = { ...row, empty: emptyLayer, layer };
    if (layer !== null) byLayer.push(step);
    return step;
  });
  return { steps, byLayer };
}
