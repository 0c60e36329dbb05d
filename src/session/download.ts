/** Hands what was made to the browser as a file. */

/** The page stays free: no stretch of work is longer. Milliseconds, well under the 50 of a long task. */
const SLICE_MS = 12;

/** Runs work that rests often, and lets the page go on where it rests. Rejects with the signal's reason. */
export async function inSlices<T>(work: Generator<void, T, undefined>, signal: AbortSignal): Promise<T> {
  let until = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    until = performance.now() + SLICE_MS;
  }
}

/** A Blob becomes a file among the person's downloads. */
export function handOver(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // Chromium reads the URL after the click returns; a minute is long enough for any of them to begin.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
