/** Hands text that is made piece by piece to the browser as a file. */

/** The page stays free: no stretch of work is longer. Milliseconds, well under the 50 of a long task. */
const SLICE_MS = 12;

export async function download(pieces: Iterable<string>, name: string, mediaType: string): Promise<void> {
  const parts: string[] = [];
  let until = performance.now() + SLICE_MS;
  for (const piece of pieces) {
    parts.push(piece);
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    until = performance.now() + SLICE_MS;
  }
  handOver(new Blob(parts, { type: mediaType }), name);
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
