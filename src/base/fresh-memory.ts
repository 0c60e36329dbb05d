/** What memory costs that was not used before: the system clears each page when it is first written to, and maps it. */

/** Bytes that are tried: a MiB. */
const TRIED = 1024 * 1024;
/** The smallest that systems have. Bytes. */
const PAGE = 4096;
/** Milliseconds for a MiB above which the computing that memory would save is cheaper. */
const DEAR = 1.2;

let isDear: boolean | undefined;

/**
 * To hash content as it comes is faster than to gather it for a hash that wants it whole, and makes a copy. Tried out once for
 * each thread: a MiB costs a tenth of a millisecond on most machines, and four where page tables are kept in software.
 */
export function isMemoryDear(): boolean {
  // The second one tells what the first had to wait for something else.
  isDear ??= Math.min(tryOut(), tryOut()) > DEAR;
  return isDear;
}

function tryOut(): number {
  const start = performance.now();
  const bytes = new Uint8Array(TRIED);
  for (let at = 0; at < TRIED; at += PAGE) bytes[at] = 1;
  return performance.now() - start;
}
