/** Small things over byte streams. Read our own streams with a reader: `new Response(stream)` hides what went wrong. */
import { concat, type Bytes } from './bytes.ts';

/** The first `length` bytes (fewer where there are no more, or a few more), and the same stream, whole. Pieces may be fleeting. */
export async function peek(
  stream: ReadableStream<Uint8Array>,
  length: number,
): Promise<{ head: Bytes; whole: ReadableStream<Uint8Array> }> {
  const reader = stream.getReader();
  let head = concat([]);
  while (head.length < length) {
    const { done, value } = await reader.read();
    if (done) break;
    head = concat([head, value]);
  }
  const whole = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (head.length > 0) controller.enqueue(head);
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { head, whole };
}

/** All bytes, in views of at most `length` bytes. Whoever leaves the loop early cancels the stream. */
export async function* piecesOf(stream: ReadableStream<Uint8Array>, length: number): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      for (let at = 0; at < value.length; at += length) yield value.subarray(at, at + length) as Bytes;
    }
  } finally {
    // Also where reading failed: cancelling a stream in error changes nothing.
    if (!ended) reader.cancel().catch(() => {});
  }
}

/** What a generator gives, as a stream. Nothing is made ahead; cancelling the stream ends the generator, as an error does. */
export function streamFrom(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Empty pieces are no news: whoever asked would not be asked to ask again.
        for (;;) {
          const { done, value } = await pieces.next();
          if (done) return controller.close();
          if (value.length > 0) return controller.enqueue(value);
        }
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
