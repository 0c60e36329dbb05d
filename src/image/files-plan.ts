/** In which layers files have their bytes, and where: for whoever goes through many of them. */
import type { Compression } from '../formats/compression.ts';
import type { SparseExtent } from '../formats/tar/entry.ts';
import { pointsAround, type SeekPoints } from '../formats/seek-points.ts';
import { sparseOf, type LayerIndex } from './layer-index.ts';

/** Files of one layer, in the order in which it has them. Plain data. */
export interface FilesPlan {
  readonly layer: number;
  readonly compression: Compression;
  /** Whose bytes they are, for whoever planned it. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Where they stand in the unpacked tar, ascending, and how many the tar has. Bytes. */
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly lengths: Float64Array<ArrayBuffer>;
  /** Of those among them that have holes, by their place in the columns. */
  readonly sparse: ReadonlyMap<number, { readonly size: number; readonly extents: readonly SparseExtent[] }>;
}

export interface PlannedLayer {
  readonly plan: FilesPlan;
  /** Bytes of its files. */
  readonly bytes: number;
  /** All that has to be unpacked where one can begin anywhere; null where that is in too many places. */
  readonly stretches: readonly { readonly from: number; readonly to: number }[] | null;
}

/** A stretch of the unpacked tar, and what finding it needs; see `pointsAround`. */
export interface PlannedStretch {
  readonly from: number;
  readonly to: number;
  readonly points: SeekPoints | null;
}

/** To read all of a layer in one go is so many times as fast as from place to place. */
const AT_ONCE = 3;

/** What of the layer is worth reading by itself; null: all of it, up to the last file. `seekPoints`: as far as they are known. */
export function stretchesToRead(
  { plan, stretches, bytes }: PlannedLayer,
  seekPoints: SeekPoints | null,
): readonly PlannedStretch[] | null {
  const last = plan.offsets.length - 1;
  const through = plan.offsets[last]! + plan.lengths[last]!;
  const canJump = plan.compression === 'none' || seekPoints !== null;
  const isFew = plan.compression === 'none' || bytes * AT_ONCE < through;
  if (stretches === null || !canJump || !isFew) return null;
  return stretches.map(({ from, to }) => ({
    from,
    to,
    points: seekPoints === null ? null : pointsAround(seekPoints, from, to),
  }));
}

/** What of a tree and its layers is needed. */
export interface PlannedFrom {
  readonly tree: {
    readonly contentLayer: Uint16Array<ArrayBuffer>;
    readonly contentRow: Uint32Array<ArrayBuffer>;
  };
  readonly layers: readonly PlannedIndex[];
}

type PlannedIndex = Pick<
  LayerIndex,
  'count' | 'compression' | 'dataOffset' | 'dataSize' | 'size' | 'pool' | 'recordsStart' | 'recordsLength'
>;

/** Files that are nearer to each other are read in one go: to begin anew costs as much. Bytes of the unpacked tar. */
const NEAR = 4 * 1024 * 1024;
/** More of them are not worth it: the layer is gone through as a whole. */
const MAX_STRETCHES = 64;

/**
 * `ids`: nodes that have bytes. The layer with the most of them first. A file with several names is planned once, for the name
 * that comes first.
 */
export function planFiles({ tree, layers }: PlannedFrom, ids: Iterable<number>): PlannedLayer[] {
  const byLayer = new Map<number, number[]>();
  const seen = new Map<number, Uint8Array>();
  for (const id of ids) {
    const layer = tree.contentLayer[id]!;
    const row = tree.contentRow[id]!;
    let rows = seen.get(layer);
    if (rows === undefined) {
      seen.set(layer, (rows = new Uint8Array(layers[layer]!.count)));
      byLayer.set(layer, []);
    }
    if (rows[row] === 1) continue;
    rows[row] = 1;
    byLayer.get(layer)!.push(id);
  }
  return [...byLayer]
    .map(([layer, its]) => planLayer(layers[layer]!, layer, its, (id) => tree.contentRow[id]!))
    .sort((a, b) => b.bytes - a.bytes);
}

function planLayer(
  index: PlannedIndex,
  layer: number,
  ids: readonly number[],
  rowOf: (id: number) => number,
): PlannedLayer {
  const order = Uint32Array.from(ids).sort(
    (a, b) => index.dataOffset[rowOf(a)]! - index.dataOffset[rowOf(b)]!,
  );
  const offsets = Float64Array.from(order, (id) => index.dataOffset[rowOf(id)]!);
  const lengths = Float64Array.from(order, (id) => index.dataSize[rowOf(id)]!);
  const sparse: [number, { size: number; extents: NonNullable<ReturnType<typeof sparseOf>> }][] = [];
  let bytes = 0;
  for (let i = 0; i < order.length; i++) {
    bytes += lengths[i]!;
    if (index.recordsLength[rowOf(order[i]!)] === 0) continue;
    const extents = sparseOf(index as LayerIndex, rowOf(order[i]!));
    if (extents !== null) sparse.push([i, { size: index.size[rowOf(order[i]!)]!, extents }]);
  }
  const plan = {
    layer,
    compression: index.compression,
    ids: order,
    offsets,
    lengths,
    sparse: new Map(sparse),
  };
  return { plan, bytes, stretches: stretchesOf(plan) };
}

function stretchesOf({ offsets, lengths }: FilesPlan): PlannedLayer['stretches'] {
  const stretches: { from: number; to: number }[] = [];
  for (let i = 0; i < offsets.length; i++) {
    const from = offsets[i]!;
    const to = from + lengths[i]!;
    const last = stretches.at(-1);
    if (last !== undefined && from - last.to < NEAR) last.to = Math.max(last.to, to);
    else if (stretches.length === MAX_STRETCHES) return null;
    else stretches.push({ from, to });
  }
  return stretches;
}
