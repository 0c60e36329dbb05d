/** The same place, faster and offline: what was verified once is read from the store of this browser. */
import { concat, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { MANIFEST_LIMIT } from '../formats/manifest.ts';
import { isManifestType } from '../formats/media-type.ts';
import type { Access } from './access.ts';
import { blobThen } from './blob-then.ts';
import { inTime } from './browser/in-time.ts';
import type { Store } from './browser/store.ts';
import { manifestTypeOf } from './manifest-type.ts';
import type { Origin } from './origin.ts';
import type { Place } from './place.ts';
import type { Referrals } from './referrals.ts';
import { PuttingDown } from './put-down.ts';
import type { OpenOptions } from './source.ts';
import { verified } from './verified.ts';

/** Bytes. What is no larger is not worth a part: it is held until it was verified, and then kept. */
const SMALL = 256 * 1024;
/** Milliseconds. A place that has not said by then what a remembered tag means is as good as unreachable. */
const ANSWER_LIMIT = 5000;

/** `source` is the place of `origin`. Reads as it does, byte for byte, and fails as it does where the store has nothing. */
export function cached(source: Place, store: Store, origin: Origin): Place {
  return new Cached(source, store, origin);
}

/** What the store remembers the answer of `resolve` by; null where it is not to be remembered. */
export function tagOf(origin: Origin): string | null {
  switch (origin.kind) {
    case 'registry':
      if (origin.digest !== undefined) return null;
      return `${origin.registry}/${origin.repository}:${origin.tag ?? 'latest'}`;
    case 'layout':
      return `layout ${origin.url} ${origin.name ?? ''}`;
    case 'local':
      return null;
  }
}

class Cached implements Place {
  recalled: { readonly time: number } | null = null;
  readonly #source: Place;
  readonly #store: Store;
  readonly #origin: Origin;
  /** What came from the store. */
  readonly #kept = new Set<Digest>();
  /** Small content that is not verified yet. */
  readonly #small = new Map<Digest, Bytes>();
  readonly #comings = new Map<Digest, { readonly putting: PuttingDown; readonly began: number }>();

  constructor(source: Place, store: Store, origin: Origin) {
    this.#source = source;
    this.#store = store;
    this.#origin = origin;
  }

  access(what: Descriptor): Access {
    return this.#source.access(what);
  }

  forget(): void {
    this.#source.forget?.();
  }

  /** Asked anew each time: others add to it. */
  async referrals(what: Descriptor, signal: AbortSignal): Promise<Referrals> {
    return (await this.#source.referrals?.(what, signal)) ?? { found: [], hasApi: null };
  }

  async resolve(signal: AbortSignal): Promise<Descriptor> {
    this.recalled = null;
    const known = await this.#known();
    if (known !== null) return known;
    const name = tagOf(this.#origin);
    const remembered = name === null ? null : await this.#store.tag(name);
    signal.throwIfAborted();
    if (name === null || remembered === null) {
      const found = await this.#source.resolve(signal);
      if (name !== null) void this.#store.keepTag(name, found, Date.now());
      return found;
    }
    const limit = AbortSignal.timeout(ANSWER_LIMIT);
    try {
      const found = await this.#source.resolve(AbortSignal.any([signal, limit]), remembered.descriptor);
      void this.#store.keepTag(name, found, Date.now());
      return found;
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.aborted && !isNoAnswer(error)) throw error;
      this.recalled = { time: remembered.time };
      return remembered.descriptor;
    }
  }

  async open(what: Descriptor, options: OpenOptions): Promise<ReadableStream<Uint8Array>> {
    const { signal, range, isManifest = isManifestType(what.mediaType) } = options;
    const kept = await this.#find(what);
    signal.throwIfAborted();
    if (kept !== null) {
      const { start, end } = range ?? { start: 0, end: what.size };
      return blobThen(kept.slice(start, end), signal, async (at, broke) => {
        if (!broke) return null;
        await this.#forget(what.digest);
        return this.#rest(what, options, start + at, end);
      });
    }
    if (range !== undefined || isManifest) return this.#source.open(what, options);
    return what.size <= SMALL ? this.#hold(what, options) : this.#goOn(what, options);
  }

  async blob(what: Descriptor): Promise<Blob | null> {
    return (await this.#find(what)) ?? (await this.#source.blob?.(what)) ?? null;
  }

  async keep(what: Descriptor, bytes: Bytes): Promise<void> {
    this.#small.delete(what.digest);
    if (!this.#kept.has(what.digest)) await this.#store.keep(what, bytes);
  }

  hold({ digest }: Descriptor, held: Uint8Array): void {
    this.#comings.get(digest)?.putting.hold(held);
  }

  async seal(what: Descriptor): Promise<void> {
    const { digest } = what;
    const small = this.#small.get(digest);
    this.#small.delete(digest);
    if (small !== undefined) {
      await this.#store.keep(what, small);
      return;
    }
    const coming = this.#comings.get(digest);
    this.#comings.delete(digest);
    if (coming === undefined) return;
    if (await coming.putting.isWhole()) await this.#store.seal(what);
    else await this.#check(what);
  }

  async drop(what: Descriptor): Promise<boolean> {
    const { digest } = what;
    this.#small.delete(digest);
    const coming = this.#comings.get(digest);
    this.#comings.delete(digest);
    coming?.putting.giveUp();
    await coming?.putting.settle();
    const wasKept = this.#kept.has(digest) || (coming?.began ?? 0) > 0;
    await this.#forget(digest);
    return wasKept;
  }

  /** An origin that names a digest needs no place where that is kept. */
  async #known(): Promise<Descriptor | null> {
    if (this.#origin.kind !== 'registry' || this.#origin.digest === undefined) return null;
    const { digest } = this.#origin;
    const kept = await this.#store.blob(digest);
    if (kept === null || kept.blob.size > MANIFEST_LIMIT) return null;
    try {
      const bytes = new Uint8Array(await inTime(kept.blob.arrayBuffer()));
      // Not what it was kept as: who named it may have been wrong.
      return { mediaType: manifestTypeOf(kept.mediaType, bytes), digest, size: bytes.length };
    } catch {
      // The store was cleared meanwhile.
      return null;
    }
  }

  async #find({ digest, size }: Descriptor): Promise<Blob | null> {
    // Anew each time: where the site's data was cleared meanwhile, a Blob of before may hang its reader (`in-time.ts`).
    const found = (await this.#store.blob(digest))?.blob;
    // Of another size than what was asked for, it is not that; whoever asks the place will hear so.
    if (found?.size !== size) return null;
    this.#kept.add(digest);
    return found;
  }

  async #forget(digest: Digest): Promise<void> {
    this.#kept.delete(digest);
    await this.#store.drop(digest);
  }

  async #rest(what: Descriptor, options: OpenOptions, start: number, end: number) {
    if (start >= end) return null;
    const isAll = start === 0 && end === what.size;
    return this.#source.open(what, isAll ? options : { ...options, range: { start, end } });
  }

  /** Passes small content on, and holds it until it was verified. */
  async #hold(what: Descriptor, options: OpenOptions): Promise<ReadableStream<Uint8Array>> {
    const stream = await this.#source.open(what, options);
    const pieces: Uint8Array[] = [];
    let length = 0;
    return tapped(
      stream,
      (bytes) => {
        length += bytes.length;
        if (length <= what.size) pieces.push(options.fleeting ? bytes.slice() : bytes);
      },
      (how) => {
        if (how === 'whole' && length === what.size) this.#small.set(what.digest, concat(pieces));
      },
    );
  }

  /** From where the store's part ends, if there is one; what comes is put down. */
  async #goOn(what: Descriptor, options: OpenOptions): Promise<ReadableStream<Uint8Array>> {
    const { digest, size } = what;
    let part = await this.#store.part(digest);
    if (part !== null && part.size > size) {
      await this.#forget(digest);
      part = null;
    }
    options.signal.throwIfAborted();
    const began = part?.size ?? 0;
    const putting = new PuttingDown(this.#store, what, began, options.fleeting);
    const tap = (stream: ReadableStream<Uint8Array>) =>
      tapped(
        stream,
        (bytes) => putting.add(bytes),
        (how) => putting.end(how),
      );
    // Where there is nothing yet, the place says at once that it has nothing either.
    const stream =
      part === null
        ? tap(await this.#source.open(what, options))
        : blobThen(part, options.signal, async (at, broke) => {
            if (broke) {
              putting.giveUp();
              await this.#forget(digest);
            }
            const rest = await this.#rest(what, options, at, size);
            return rest === null ? null : tap(rest);
          });
    this.#comings.set(digest, { putting, began });
    return stream;
  }

  /** Another tab has put down some of it: whether that is right, only its bytes tell. */
  async #check(what: Descriptor): Promise<void> {
    const part = await this.#store.part(what.digest);
    if (part?.size !== what.size) return;
    try {
      const reader = verified(part.stream(), what, 'blob').getReader();
      while (!(await reader.read()).done);
      await this.#store.seal(what);
    } catch {
      await this.#store.drop(what.digest);
    }
  }
}

/** Shows what passes to `onBytes`, and tells `onEnd` of its end, an error, or that nobody wants more. */
function tapped(
  stream: ReadableStream<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void | Promise<void>,
  onEnd: (how: 'whole' | 'broken' | 'cancelled') => void | Promise<void>,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            void onEnd('whole');
            controller.close();
            return;
          }
          await onBytes(value);
          controller.enqueue(value);
        } catch (error) {
          // A thread that has failed may be ended: what came has to be down by then.
          await onEnd('broken');
          throw error;
        }
      },
      async cancel(reason) {
        await Promise.all([onEnd('cancelled'), reader.cancel(reason)]);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The place was not there to say what the tag means; one that says no, or wants to know who asks, was. */
function isNoAnswer(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const { failure } = error;
  switch (failure.code) {
    case 'unreachable':
    case 'interrupted':
    case 'rate-limited':
      return true;
    case 'bad-status':
      return failure.status >= 500;
    default:
      return false;
  }
}
