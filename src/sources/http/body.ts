/** Reading bodies that strangers send. */
import { concat, type Bytes } from '../../base/bytes.ts';
import { fail, Problem } from '../../base/problem.ts';
import { PATIENCE, waitFor, type Patience } from './patience.ts';
import { Watch } from './watch.ts';

/**
 * All bytes of a body, which is let go of at the first byte past `limit` (bytes): then `too-large`, naming `what`.
 * Fails with `interrupted` where the connection does.
 */
export async function readBody(
  response: Response,
  what: string,
  limit: number,
  signal: AbortSignal,
  patience = PATIENCE,
): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  let hasStalled = false;
  const watch = new Watch(response.url, patience, () => {
    hasStalled = true;
    void drop(response, reader);
  });
  const interrupted = (options?: ErrorOptions) =>
    fail({ code: 'interrupted', url: publicUrl(response.url), received: length }, options);
  try {
    for (;;) {
      let result;
      try {
        result = await watch.over(reader.read());
      } catch (cause) {
        signal.throwIfAborted();
        // What fetch throws for a broken connection; there is nothing more to learn from it.
        return interrupted({ cause });
      }
      if (hasStalled) interrupted();
      if (result.done) return concat(pieces);
      length += result.value.length;
      if (length > limit) {
        await drop(response, reader);
        fail({ code: 'too-large', what, limit, actual: length });
      }
      pieces.push(result.value);
    }
  } finally {
    watch.end();
  }
}

/** A small document, read whole: asked for again where the connection breaks in the middle of it. */
export async function readDocument(
  ask: () => Promise<Response>,
  what: string,
  limit: number,
  { signal, patience }: { signal: AbortSignal; patience: Patience },
): Promise<{ readonly response: Response; readonly bytes: Bytes }> {
  for (let next = 2; ; next++) {
    const response = await ask();
    try {
      return { response, bytes: await readBody(response, what, limit, signal, patience) };
    } catch (error) {
      const isBroken = error instanceof Problem && error.failure.code === 'interrupted';
      if (!isBroken || !(await waitFor(next, { why: 'broken', url: response.url }, patience, signal)))
        throw error;
    }
  }
}

/** Lets go of a body that nobody reads, so that the connection is free again. */
export async function drop(response: Response, reader?: { cancel(): Promise<void> }): Promise<void> {
  try {
    await (reader ?? response.body)?.cancel();
  } catch {
    // It had failed already, or somebody reads it: either way there is nothing to let go of.
  }
}

/** Without query and fragment: a redirect's target carries its signature there, which is nobody's business. */
export function publicUrl(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
