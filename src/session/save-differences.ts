/** Hands what is different between two images (JSON Lines) to the browser as a file. */
import { writeDifferences } from '../image/compare/difference-lines.ts';
import type { Compared } from './comparing.svelte.ts';
import { handOver, inSlices } from './download.ts';

/** Keeps the page free meanwhile. Rejects with the signal's reason. */
export async function saveDifferences(
  { differences, before, after }: Compared,
  signal: AbortSignal,
): Promise<void> {
  const blobs = await inSlices(
    (function* () {
      const pieces: Blob[] = [];
      for (const { text } of writeDifferences(differences, before.files.tree, after.files.tree)) {
        pieces.push(new Blob([text]));
        yield;
      }
      return pieces;
    })(),
    signal,
  );
  handOver(new Blob(blobs, { type: 'application/jsonl' }), 'differences.jsonl');
}
