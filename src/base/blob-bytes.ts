/** Reads a Blob from front to back, fast and in flat memory. */
import { PieceReader } from './piece-reader.ts';

/**
 * All bytes of `blob`, in order. A piece is good until the next is asked for. Whoever leaves the loop early cancels the
 * reading. Rejects as the browser has it where the Blob cannot be read (any more).
 */
export async function* bytesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  // Node waits for ever for the end of what has no bytes.
  if (blob.size === 0) return;
  const reader = new PieceReader(blob.stream(), true);
  let ended = false;
  try {
    for (;;) {
      const piece = await reader.read();
      ended = piece === null;
      if (piece === null) return;
      yield piece;
    }
  } finally {
    if (!ended) reader.cancel().catch(() => {});
  }
}
