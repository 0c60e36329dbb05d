/** Which files of which layers hold the bytes of what was found, and where. */
import { FILE, sparseOf, type LayerIndex } from '../layer-index.ts';
import type { FindTable } from './find-table.ts';
import type { SearchPlan } from './layer-search.ts';

/** Files that are nearer to each other are read in one go: to begin anew costs as much. Bytes of the unpacked tar. */
const NEAR = 4 * 1024 * 1024;
/** More of them are not worth it: the layer is gone through as a whole. */
const MAX_STRETCHES = 64;

export interface PlannedLayer {
  readonly plan: SearchPlan;
  /** Bytes of its files. */
  readonly bytes: number;
  /** All that has to be unpacked where one can begin anywhere; null where that is in too many places. */
  readonly stretches: readonly { readonly from: number; readonly to: number }[] | null;
}

/** The largest first. A file with several names is looked at once, for the name that comes first. */
export function planSearch(table: FindTable, ids: Uint32Array): PlannedLayer[] {
  const { tree, layers, kinds, sizes } = table;
  const byLayer = new Map<number, number[]>();
  const seen = new Map<number, Uint8Array>();
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (kinds[id] !== FILE || sizes[id] === 0) continue;
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
  return [...byLayer].map(([layer, its]) => planLayer(table, layer, its)).sort((a, b) => b.bytes - a.bytes);
}

function planLayer({ tree, layers }: FindTable, layer: number, ids: readonly number[]): PlannedLayer {
  const index = layers[layer]!;
  const rowOf = (id: number) => tree.contentRow[id]!;
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

function stretchesOf({ offsets, lengths }: SearchPlan): PlannedLayer['stretches'] {
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
