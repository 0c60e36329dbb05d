import { concat, type Bytes } from '../base/bytes.ts';

/**
 * Where reading may start in the middle of a compressed layer. Point `i` stands at byte `input[i]` of the blob and at
 * byte `output[i]` of what it unpacks to; both ascend. For gzip, `bits[i]` (0 to 7) bits of `hold[i]` are still to be
 * used before the byte at `input[i]`, and the (at most 32 KiB) output before the point, the window, stands at
 * `windows[windowStart[i] .. + windowLength[i]]` (the idea of zlib's examples/zran.c). Where a gzip member or a zstd
 * frame starts anew, `fresh[i]` is 1 and there is no window. Plain data: it crosses threads and is stored as it is.
 */
export interface SeekPoints {
  readonly count: number;
  readonly input: Float64Array<ArrayBuffer>;
  readonly output: Float64Array<ArrayBuffer>;
  readonly fresh: Uint8Array<ArrayBuffer>;
  readonly bits: Uint8Array<ArrayBuffer>;
  readonly hold: Uint32Array<ArrayBuffer>;
  readonly windowStart: Uint32Array<ArrayBuffer>;
  readonly windowLength: Uint32Array<ArrayBuffer>;
  readonly windows: Bytes;
}

/** The last point at or before byte `offset` of the unpacked content. There is always one: the first stands at 0. */
export function pointBefore(points: SeekPoints, offset: number): number {
  let low = 0;
  let high = points.count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (points.output[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Of `points` those that reading bytes `from` to `to` of the unpacked content needs, so that not all windows need cross to
 * another thread: the last one at or before `from` with its window, and where those stand that follow it, up to the first
 * at or past `to`.
 */
export function pointsAround(points: SeekPoints, from: number, to: number): SeekPoints {
  const first = pointBefore(points, from);
  let end = first + 1;
  while (end < points.count && points.output[end - 1]! < to) end++;
  const start = points.windowStart[first]!;
  const length = points.windowLength[first]!;
  const none = new Uint32Array(end - first);
  const windowLength = none.slice();
  windowLength[0] = length;
  return {
    count: end - first,
    input: points.input.slice(first, end),
    output: points.output.slice(first, end),
    fresh: points.fresh.slice(first, end),
    bits: points.bits.slice(first, end),
    hold: points.hold.slice(first, end),
    windowStart: none,
    windowLength,
    windows: points.windows.slice(start, start + length),
  };
}

/** The same with all of their windows, for whoever reads anywhere between `from` and `to`, again and again. */
export function pointsWithin(points: SeekPoints, from: number, to: number): SeekPoints {
  const first = pointBefore(points, from);
  let end = first + 1;
  while (end < points.count && points.output[end - 1]! < to) end++;
  const start = points.windowStart[first]!;
  const last = points.windowStart[end - 1]! + points.windowLength[end - 1]!;
  return {
    count: end - first,
    input: points.input.slice(first, end),
    output: points.output.slice(first, end),
    fresh: points.fresh.slice(first, end),
    bits: points.bits.slice(first, end),
    hold: points.hold.slice(first, end),
    windowStart: points.windowStart.slice(first, end).map((at) => at - start),
    windowLength: points.windowLength.slice(first, end),
    windows: points.windows.slice(start, last),
  };
}

/**
 * Bytes of output between points: to read anything costs the unpacking of half of this, some 3 ms, and at most of all of it.
 * A window for each makes it 3 % of what the layer unpacks to.
 */
export const SEEK_SPACING = 1024 * 1024;
/** Points of one layer. With a window of 32 KiB each it makes 16 MiB, however large the layer is. */
export const MAX_SEEK_POINTS = 512;

export interface SeekPointOptions {
  /** Bytes of output, at least, between two points. */
  readonly spacing?: number;
  /** At least 1; past it, the spacing doubles and the points that are then too close to each other go. */
  readonly maxPoints?: number;
}

interface Point {
  readonly input: number;
  readonly output: number;
  readonly bits: number;
  readonly hold: number;
  /** Null where a member or frame starts. */
  readonly window: Bytes | null;
}

/** Collects seek points, never more than its limit. Which ones it keeps depends on the content alone. */
export class SeekPointLog {
  readonly #maxPoints: number;
  #spacing: number;
  #points: Point[] = [];

  constructor({ spacing = SEEK_SPACING, maxPoints = MAX_SEEK_POINTS }: SeekPointOptions = {}) {
    this.#spacing = spacing;
    this.#maxPoints = maxPoints;
  }

  /** A point is wanted past (not at) this byte of the output. */
  get due(): number {
    const last = this.#points.at(-1);
    return last === undefined ? -1 : last.output + this.#spacing;
  }

  add(point: Point): void {
    this.#points.push(point);
    while (this.#points.length > this.#maxPoints) {
      this.#spacing *= 2;
      const all = this.#points;
      this.#points = [];
      for (const each of all) if (each.output > this.due) this.#points.push(each);
    }
  }

  /** A copy of what there is so far. */
  points(): SeekPoints {
    const points = this.#points;
    const windowLength = Uint32Array.from(points, ({ window }) => window?.length ?? 0);
    const windowStart = new Uint32Array(points.length);
    for (let i = 1; i < points.length; i++) windowStart[i] = windowStart[i - 1]! + windowLength[i - 1]!;
    return {
      count: points.length,
      input: Float64Array.from(points, ({ input }) => input),
      output: Float64Array.from(points, ({ output }) => output),
      fresh: Uint8Array.from(points, ({ window }) => (window === null ? 1 : 0)),
      bits: Uint8Array.from(points, ({ bits }) => bits),
      hold: Uint32Array.from(points, ({ hold }) => hold),
      windowStart,
      windowLength,
      windows: concat(points.map(({ window }) => window ?? new Uint8Array(0))),
    };
  }
}
