import { PieceReader } from '../../base/piece-reader.ts';
import { Problem, type Failure } from '../../base/problem.ts';

/**
 * What `error` means where it comes from reading a file that a person gave: it was moved, deleted or changed since
 * (File API, section 7.1). Null for any other error.
 */
export function goneFile(error: unknown, name: string): Failure | null {
  const isGone =
    error instanceof DOMException && (error.name === 'NotReadableError' || error.name === 'NotFoundError');
  return isGone ? { code: 'not-found', what: 'file', name } : null;
}

/**
 * The bytes of what a person gave. Fails with `not-found` (`file`) where it is gone: a Blob's stream has no other way to
 * fail, and Chromium calls it "TypeError: network error" where the File API says NotReadableError.
 */
export function streamOf(blob: Blob, name: string, fleeting = false): ReadableStream<Uint8Array> {
  // Node waits for ever for the end of what has no bytes.
  const reader = new PieceReader(blob.stream(), fleeting && blob.size > 0);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const piece = await reader.read();
          if (piece === null) controller.close();
          else controller.enqueue(piece);
        } catch (cause) {
          throw new Problem({ code: 'not-found', what: 'file', name }, { cause });
        }
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
}
