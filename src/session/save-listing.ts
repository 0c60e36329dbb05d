/** Hands the listing of a tree (JSON Lines) to the browser as a file. */
import type { FileTree } from '../image/file-tree.ts';
import { writeListing } from '../image/listing.ts';
import { handOver, inSlices } from './download.ts';

/** Characters that are held as text: what came before is a Blob, which the browser may put to its disk. */
const HELD = 8 * 1024 * 1024;

/** Keeps the page free meanwhile. `onLines` hears of the lines so far. Rejects with the signal's reason. */
export async function saveListing(
  tree: FileTree,
  signal: AbortSignal,
  onLines: (lines: number) => void,
): Promise<void> {
  const blobs = await inSlices(gathered(tree, onLines), signal);
  handOver(new Blob(blobs, { type: 'application/jsonl' }), 'listing.jsonl');
}

function* gathered(tree: FileTree, onLines: (lines: number) => void): Generator<void, Blob[], undefined> {
  const blobs: Blob[] = [];
  let held: string[] = [];
  let length = 0;
  let done = 0;
  for (const { text, lines } of writeListing(tree)) {
    held.push(text);
    length += text.length;
    if (length >= HELD) {
      blobs.push(new Blob(held));
      held = [];
      length = 0;
    }
    onLines((done += lines));
    yield;
  }
  return [...blobs, new Blob(held)];
}
