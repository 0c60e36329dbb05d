/** Reads a Blob, fast and in flat memory. */
import { release } from './release.ts';
import type { Bytes } from './bytes.ts';

/** Bytes of one read of a thread that may wait: the larger, the faster, up to here. */
const READ_AT_ONCE = 8 * 1024 * 1024;
/** Bytes that are asked for at once of a stream; what comes may be less. */
const READ = 1024 * 1024;

/** File API, section 6.5: in workers only. It takes half of what the same bytes cost as a stream. */
interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
const { FileReaderSync } = globalThis as unknown as { FileReaderSync?: new () => SyncReader };
const waiting = FileReaderSync === undefined ? null : new FileReaderSync();

/** Bytes `start` to `end` of `blob`, in memory of their own. Rejects as the browser has it where it cannot be read (any more). */
export async function bytesAt(blob: Blob, start: number, end: number): Promise<Bytes> {
  const part = blob.slice(start, end);
  return new Uint8Array(waiting === null ? await part.arrayBuffer() : waiting.readAsArrayBuffer(part));
}

/**
 * All bytes of `blob`, in order. A piece is good until the next is asked for: its memory is used again. Whoever leaves the
 * loop early cancels the reading. Rejects as the browser has it where the Blob cannot be read (any more).
 */
export async function* bytesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  if (waiting === null) {
    yield* bytesOfStream(blob);
    return;
  }
  for (let at = 0; at < blob.size; at += READ_AT_ONCE) {
    const bytes = await bytesAt(blob, at, at + READ_AT_ONCE);
    yield bytes;
    release(bytes);
  }
}

/** Where the browser reads into a buffer of ours (Streams, "BYOB"), it is one and the same: twice as fast as fresh memory. */
async function* bytesOfStream(blob: Blob): AsyncGenerator<Uint8Array> {
  // Node waits for ever for the end of what has no bytes.
  if (blob.size === 0) return;
  const stream = blob.stream();
  const own = ownBufferReader(stream);
  const plain = own === null ? stream.getReader() : null;
  let buffer = new ArrayBuffer(own === null ? 0 : READ);
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await (own?.read(new Uint8Array(buffer)) ?? plain!.read());
      ended = done;
      if (done || value === undefined) return;
      yield value;
      buffer = value.buffer as ArrayBuffer;
    }
  } finally {
    if (!ended) (own ?? plain)!.cancel().catch(() => {});
  }
}

/** Null where the browser has no such reader, or none for a Blob's stream. */
function ownBufferReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}
