/** What memory costs that was not used before: the system clears each page when it is first written to, and maps it. */

/** Bytes that are tried; of a page, the smallest that systems have. */
const TRIED = 1024 * 1024;
const PAGE = 4096;
const BYTES_PER_MIB = 1024 * 1024;

/** Milliseconds for a MiB above which the computing that memory would save is cheaper. */
const DEAR = 1.2;

let cost: number | undefined;

/** Milliseconds for a MiB, tried out once for each thread: a tenth on most machines, four where page tables are kept in software. */
export function freshMemoryCost(): number {
  // The second one tells what the first had to wait for something else.
  cost ??= Math.min(tryOut(), tryOut());
  return cost;
}

function tryOut(): number {
  const start = performance.now();
  const bytes = new Uint8Array(TRIED);
  for (let at = 0; at < TRIED; at += PAGE) bytes[at] = 1;
  return ((performance.now() - start) * BYTES_PER_MIB) / TRIED;
}

/** To hash content as it comes is faster than to gather it for a hash that wants it whole, and makes a copy. */
export function isMemoryDear(): boolean {
  return freshMemoryCost() > DEAR;
}
