/** A body that goes on where it broke. */
import { fail } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { ByteRange } from '../source.ts';
import { drop, publicUrl } from './body.ts';
import { waitFor, type Patience } from './patience.ts';

/** `Range` of HTTP, always closed: some registries answer an open one with 416. Both ends are included. */
export function rangeHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end - 1}`;
}

/**
 * Asks for bytes of the content, by `range` or whole where it is null. Answers with a response of status 200, 206 or 416
 * and fails with a Problem for all others.
 */
export type Ask = (range: ByteRange | null, signal: AbortSignal) => Promise<Response>;

/** Bytes after which a broken connection was worth having: tries are counted anew. */
const PROGRESS = 1024 * 1024;

/**
 * The bytes of `what`, or just those of `range`. Whoever answers 200 to a range gets its first bytes passed over. More
 * than `what.size` is handed on (a reader that verifies stops there), unless a range was asked for.
 * Fails with `interrupted` when the connection keeps breaking, `size-mismatch` when the content ends before the range.
 */
export async function resuming(
  what: Descriptor,
  ask: Ask,
  { signal, range, patience }: { signal: AbortSignal; range?: ByteRange | undefined; patience: Patience },
): Promise<ReadableStream<Uint8Array>> {
  // Cancelling the stream must also stop a request that is on its way.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const end = range?.end ?? what.size;
  let at = range?.start ?? 0;
  let body = await Body.open(what, ask, range ?? null, either);
  let tries = 1;
  let brokeAt = at;

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const piece = await body.read(either);
          if (piece instanceof Uint8Array) {
            const wanted = range === undefined ? piece : piece.subarray(0, end - at);
            at += wanted.length;
            if (wanted.length > 0) controller.enqueue(wanted);
            if (range !== undefined && at === end) {
              await body.close();
              controller.close();
            } else if (wanted.length === 0) continue;
            return;
          }
          if (at >= end || (piece === 'ended' && body.isComplete)) {
            controller.close();
            return;
          }
          // Broken, or ended before its time.
          if (at - brokeAt >= PROGRESS) tries = 1;
          brokeAt = at;
          if (!(await waitFor(++tries, patience, either))) {
            fail({ code: 'interrupted', url: publicUrl(body.url), received: at, expected: end });
          }
          body = await Body.open(
            what,
            ask,
            at === 0 && range === undefined ? null : { start: at, end },
            either,
          );
        }
      },
      async cancel(reason) {
        stop.abort(reason);
        await body.close();
      },
    },
    // Nothing is read ahead of the reader.
    { highWaterMark: 0 },
  );
}

/** One answer, from the first byte that was asked for. */
class Body {
  static async open(what: Descriptor, ask: Ask, range: ByteRange | null, signal: AbortSignal): Promise<Body> {
    const response = await ask(range, signal);
    if (response.status === 416 && range !== null) {
      await drop(response);
      const actual = completeLength(response);
      fail({
        code: 'size-mismatch',
        subject: 'blob',
        digest: what.digest,
        expected: what.size,
        // Unreadable across origins unless exposed: it has no byte there, which is all we know.
        actual: actual ?? range.start,
      });
    }
    const skip = range === null || response.status === 206 ? 0 : range.start;
    return new Body(response, skip);
  }

  readonly url: string;
  readonly #response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | null;
  /** Of the whole answer; null where nobody says, or where it is the length before decoding. */
  readonly #expected: number | null;
  #received = 0;
  #skip: number;

  constructor(response: Response, skip: number) {
    this.url = response.url;
    this.#response = response;
    this.#reader = response.body?.getReader() ?? null;
    this.#skip = skip;
    const length = response.headers.get('Content-Length');
    const isEncoded = (response.headers.get('Content-Encoding') ?? 'identity') !== 'identity';
    this.#expected = length !== null && /^\d{1,15}$/.test(length) && !isEncoded ? Number(length) : null;
  }

  /** The server meant to send no more than came: asking again would give the same. */
  get isComplete(): boolean {
    return this.#response.status === 200 && this.#received === this.#expected;
  }

  async read(signal: AbortSignal): Promise<Uint8Array | 'ended' | 'broken'> {
    for (;;) {
      let result;
      try {
        result = await (this.#reader?.read() ?? { done: true as const, value: undefined });
      } catch {
        signal.throwIfAborted();
        // Whatever fetch throws in the middle of a body, the remedy is the same.
        return 'broken';
      }
      if (result.done) return 'ended';
      this.#received += result.value.length;
      const piece = result.value.subarray(this.#skip);
      this.#skip -= result.value.length - piece.length;
      if (piece.length > 0) return piece;
    }
  }

  async close(): Promise<void> {
    if (this.#reader !== null) await drop(this.#response, this.#reader);
  }
}

/** RFC 9110, section 14.4: `bytes * / length` of a 416. */
function completeLength(response: Response): number | null {
  const found = /^bytes \*\/(\d{1,15})$/.exec(response.headers.get('Content-Range') ?? '');
  return found === null ? null : Number(found[1]);
}
