import { inTime } from './browser/in-time.ts';

/**
 * The bytes of `blob`, then those of the stream that `rest` gives, or no more where it gives null. `rest` is told how many
 * bytes the blob had, and whether it `broke` there: a Blob of a store fails in the middle when that is cleared, or never answers.
 */
export function blobThen(
  blob: Blob,
  signal: AbortSignal,
  rest: (at: number, broke: boolean) => Promise<ReadableStream<Uint8Array> | null>,
): ReadableStream<Uint8Array> {
  let reader = blob.stream().getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let at = 0;
  let isBlob = true;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          signal.throwIfAborted();
          let broke = false;
          // What comes from the network has its own patience.
          const result = await (isBlob ? inTime(reader.read()) : reader.read()).catch((error: unknown) => {
            if (!isBlob) throw error;
            broke = true;
            reader.cancel().catch(() => {});
            return { done: true as const, value: undefined };
          });
          if (!result.done) {
            at += result.value.length;
            return controller.enqueue(result.value);
          }
          const next = isBlob ? await rest(at, broke) : null;
          if (next === null) return controller.close();
          isBlob = false;
          reader = next.getReader();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
