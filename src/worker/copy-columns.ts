/**
 * The same columns in memory of their own; what is no typed array is shared. In place of structuredClone, which writes all
 * of it down and reads it again: several times the pages, and the system clears each.
 */
export function copyColumns<T extends object>(columns: T): T {
  const copy = Object.entries(columns).map(([name, value]: [string, unknown]) => [
    name,
    isTypedArray(value) ? value.slice() : value,
  ]);
  return Object.fromEntries(copy) as T;
}

const isTypedArray = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
