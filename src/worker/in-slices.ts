/**
 * Plain data with long columns, copied to another thread without keeping this one busy: a clone of a hundred megabytes in one
 * message would. First comes all but the columns, then these, a slice at a time.
 */

type Column =
  Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const KINDS = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Float64Array,
} as const;

interface ColumnPlace {
  /** Keys from the outermost on. */
  readonly path: readonly string[];
  readonly kind: keyof typeof KINDS;
  readonly length: number;
}

export type Slice =
  | { readonly type: 'frame'; readonly frame: unknown; readonly columns: readonly ColumnPlace[] }
  | { readonly type: 'slice'; readonly column: number; readonly at: number; readonly values: Column };

/** Bytes of one slice: copied in a millisecond or two. */
const SLICE = 2 * 1024 * 1024;

/** Copies, each when it is asked for; what `value` holds is to stay as it is until the last. */
export function* slicesOf(value: unknown, bytes = SLICE): Generator<Slice> {
  const places: ColumnPlace[] = [];
  const columns: Column[] = [];
  const framed = (part: unknown, path: readonly string[]): unknown => {
    if (ArrayBuffer.isView(part)) {
      const column = part as Column;
      places.push({ path, kind: kindOf(column), length: column.length });
      columns.push(column);
      return null;
    }
    if (Array.isArray(part)) return part.map((member, i) => framed(member, [...path, String(i)]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, member]) => [key, framed(member, [...path, key])]),
    );
  };
  const frame = framed(value, []);
  yield { type: 'frame', frame, columns: places };
  for (const [column, values] of columns.entries()) {
    const step = Math.max(1, Math.floor(bytes / values.BYTES_PER_ELEMENT));
    for (let at = 0; at < values.length; at += step) {
      yield { type: 'slice', column, at, values: values.slice(at, at + step) };
    }
  }
}

function kindOf(column: Column): keyof typeof KINDS {
  const kind = column.constructor.name;
  if (!(kind in KINDS)) throw new Error(`bug: a column is a ${kind}`);
  return kind as keyof typeof KINDS;
}

/** Puts together what `slicesOf` gave, in its order. */
export class SlicesReader {
  #value: unknown = null;
  #columns: Column[] = [];

  take(slice: Slice): void {
    if (slice.type === 'slice') {
      const column = this.#columns[slice.column]!;
      // One kind on both sides, which types cannot tell.
      (column as { set(values: ArrayLike<number>, at: number): void }).set(slice.values, slice.at);
      return;
    }
    this.#value = slice.frame;
    this.#columns = slice.columns.map(({ path, kind, length }) => {
      const column = new KINDS[kind](length);
      let parent = this.#value as Record<string, unknown>;
      for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
      parent[path.at(-1)!] = column;
      return column;
    });
  }

  /** All of it, when all has been taken. */
  get value(): unknown {
    return this.#value;
  }
}
