/** Where the bytes of a file stand in its layer: arithmetic alone, for whoever only has to say it to a thread that reads. */
import type { Compression } from '../formats/compression.ts';
import { pointsAround, pointsWithin, type SeekPoints } from '../formats/seek-points.ts';
import type { SparseExtent } from '../formats/tar/entry.ts';
import { sparseOf, type LayerIndex } from './layer-index.ts';

/** Where a file stands in its layer. Plain data. Bytes. */
export interface FilePlace {
  readonly compression: Compression;
  /** In the unpacked tar. */
  readonly dataOffset: number;
  readonly dataSize: number;
  /** As its reader sees it. */
  readonly size: number;
  /** What of it the tar holds, back to back from `dataOffset`; all else is zeros. Null: it holds all. */
  readonly sparse: readonly SparseExtent[] | null;
}

/** Bytes `start` to `end` of the file, the end not included; what is past its size is left out. */
export interface FileWindow {
  readonly start: number;
  readonly end: number;
}

/** Of row `row`, a FILE. */
export function placeOf(index: LayerIndex, row: number): FilePlace {
  return {
    compression: index.compression,
    dataOffset: index.dataOffset[row]!,
    dataSize: index.dataSize[row]!,
    size: index.size[row]!,
    sparse: sparseOf(index, row),
  };
}

/**
 * What of `points` reading `window` needs: sent to another thread in place of up to 16 MiB. Null where there are no points,
 * or none are needed.
 */
export function pointsFor(
  points: SeekPoints | null,
  place: FilePlace,
  window: FileWindow,
): SeekPoints | null {
  if (points === null || place.compression === 'none') return null;
  const { from, to } = stretchOf(place, window);
  return pointsAround(points, from, to);
}

/** What of `points` reading any stretch of the file needs, one after the other. Null as above. */
export function allPointsFor(points: SeekPoints | null, place: FilePlace): SeekPoints | null {
  if (points === null || place.compression === 'none') return null;
  const { from, to } = stretchOf(place, { start: 0, end: place.size });
  return pointsWithin(points, from, to);
}

export function clipped({ size }: FilePlace, { start, end }: FileWindow): FileWindow {
  return { start: Math.max(0, start), end: Math.min(end, size) };
}

/** What of the file the tar holds, ascending, cut to the window. */
export function extentsWithin({ sparse, size }: FilePlace, start: number, end: number): SparseExtent[] {
  const found: SparseExtent[] = [];
  for (const { offset, length } of sparse ?? [{ offset: 0, length: size }]) {
    const from = Math.max(offset, start);
    const to = Math.min(offset + length, end);
    if (from < to) found.push({ offset: from, length: to - from });
  }
  return found;
}

/** Bytes of the unpacked tar. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The one stretch of the tar that holds all of the window's data. */
export function stretchOf(place: FilePlace, window: FileWindow): Stretch {
  const { start, end } = clipped(place, window);
  const { dataOffset } = place;
  if (place.sparse === null) return { from: dataOffset + start, to: dataOffset + Math.max(start, end) };
  let from = -1;
  let to = 0;
  let held = 0;
  for (const { offset, length } of place.sparse) {
    const first = Math.max(offset, start);
    const last = Math.min(offset + length, end);
    if (first < last) {
      if (from < 0) from = held + first - offset;
      to = held + last - offset;
    }
    held += length;
  }
  return from < 0 ? { from: dataOffset, to: dataOffset } : { from: dataOffset + from, to: dataOffset + to };
}
