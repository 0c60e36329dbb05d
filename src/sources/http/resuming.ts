/** A body that goes on where it broke. */
import { PieceReader } from '../../base/piece-reader.ts';
import { fail } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { ByteRange } from '../source.ts';
import { drop, publicUrl } from './body.ts';
import { waitFor, type Patience } from './patience.ts';
import { Watch } from './watch.ts';

/** `Range` of HTTP, always closed: some registries answer an open one with 416. Both ends are included. */
export function rangeHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end - 1}`;
}

/**
 * Asks for bytes of the content, by `range` or whole where it is null. Answers with a response of status 200, 206 or 416
 * and fails with a Problem for all others.
 */
export type Ask = (range: ByteRange | null, signal: AbortSignal) => Promise<Response>;

export interface ResumingOptions {
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly range?: ByteRange | undefined;
  readonly fleeting?: boolean | undefined;
}

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
  { signal, range, patience, fleeting = false }: ResumingOptions,
): Promise<ReadableStream<Uint8Array>> {
  // Cancelling the stream must also stop a request that is on its way.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const end = range?.end ?? what.size;
  let at = range?.start ?? 0;
  const open = (part: ByteRange | null) => Body.open(what, ask, part, { patience, fleeting }, either);
  let body = await open(range ?? null);
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
          const isShort = piece === 'ended' && body.isComplete && at < end;
          // Of a part nobody checks the digest; of the whole, whoever verifies it says what is wrong.
          if (isShort && range !== undefined) failSize(what, at);
          if (at >= end || isShort) {
            controller.close();
            return;
          }
          // Broken, or ended before its time.
          if (at - brokeAt >= PROGRESS) tries = 1;
          brokeAt = at;
          if (!(await waitFor(++tries, { why: 'broken', url: body.url }, patience, either))) {
            fail({ code: 'interrupted', url: publicUrl(body.url), received: at, expected: end });
          }
          body = await open(at === 0 && range === undefined ? null : { start: at, end });
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

interface BodyOptions {
  readonly patience: Patience;
  readonly fleeting: boolean;
}

/** One answer, from the first byte that was asked for. */
class Body {
  static async open(
    what: Descriptor,
    ask: Ask,
    range: ByteRange | null,
    options: BodyOptions,
    signal: AbortSignal,
  ): Promise<Body> {
    const response = await ask(range, signal);
    const { status } = response;
    const start = range?.start ?? 0;
    const isPart = status === 206 && range !== null;
    // Where nobody says what a part is of, it is what was asked for.
    const first = isPart ? (contentRange(response)?.first ?? start) : 0;
    if (status === 416 || first > start) {
      await drop(response);
      // Unreadable across origins unless exposed: then all we know is that it has no byte there.
      if (status === 416 && range !== null) failSize(what, contentRange(response)?.length ?? start);
      fail({ code: 'bad-status', url: publicUrl(response.url), status, errors: [] });
    }
    const skip = start - first;
    return new Body(response, skip, options);
  }

  readonly url: string;
  readonly #response: Response;
  readonly #reader: PieceReader | null;
  /** Of the whole answer; null where nobody says, or where it is the length before decoding. */
  readonly #expected: number | null;
  readonly #watch: Watch;
  #received = 0;
  #skip: number;
  #hasStalled = false;

  constructor(response: Response, skip: number, { patience, fleeting }: BodyOptions) {
    this.url = response.url;
    this.#response = response;
    this.#reader = response.body === null ? null : new PieceReader(response.body, fleeting);
    this.#skip = skip;
    const length = response.headers.get('Content-Length');
    const isEncoded = (response.headers.get('Content-Encoding') ?? 'identity') !== 'identity';
    this.#expected = length !== null && /^\d{1,15}$/.test(length) && !isEncoded ? Number(length) : null;
    this.#watch = new Watch(response.url, patience, () => {
      this.#hasStalled = true;
      void this.close();
    });
  }

  /** The server meant to send no more than came: asking again would give the same. */
  get isComplete(): boolean {
    return this.#response.status === 200 && this.#received === this.#expected;
  }

  async read(signal: AbortSignal): Promise<Uint8Array | 'ended' | 'broken'> {
    for (;;) {
      let received: Uint8Array | null;
      try {
        received = await this.#watch.over(this.#reader?.read() ?? Promise.resolve(null));
      } catch {
        this.#watch.end();
        signal.throwIfAborted();
        // Whatever fetch throws in the middle of a body, the remedy is the same.
        return 'broken';
      }
      if (received === null) {
        this.#watch.end();
        return this.#hasStalled ? 'broken' : 'ended';
      }
      this.#received += received.length;
      const piece = received.subarray(this.#skip);
      this.#skip -= received.length - piece.length;
      if (piece.length > 0) return piece;
    }
  }

  async close(): Promise<void> {
    this.#watch.end();
    if (this.#reader !== null) await drop(this.#response, this.#reader);
  }
}

/** RFC 9110, section 14.4: `bytes 5-9/100`, and `bytes * / 100` of a 416. Null where it is neither, or unreadable. */
function contentRange(response: Response): { first: number | null; length: number | null } | null {
  const value = response.headers.get('Content-Range') ?? '';
  const found = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(?:(\d{1,15})|\*)$/.exec(value.trim());
  const number = (text: string | undefined) => (text === undefined ? null : Number(text));
  return found === null ? null : { first: number(found[1]), length: number(found[2]) };
}

function failSize({ digest, size }: Descriptor, actual: number): never {
  return fail({ code: 'size-mismatch', subject: 'blob', digest, expected: size, actual });
}
