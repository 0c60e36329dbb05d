/** Content is what its descriptor says, or it fails: the size as soon as a byte is too many, the digest at the end. */
import { concat, type Bytes } from '../base/bytes.ts';
import { fail, isMismatch, Problem, type Subject } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf } from '../formats/digest.ts';
import { createHash, digestOf } from '../formats/hash.ts';
import type { Content } from './source.ts';

/**
 * Passes `stream` on. Its last bytes come out before the digest is known: nothing of it is to be trusted until the
 * stream has closed. Where size or digest are wrong it errors instead (`size-mismatch`, `digest-mismatch`) and cancels
 * `stream`. Reads no further than it is asked to; the reader drains it to the end, or cancels it.
 */
export function verified(
  stream: ReadableStream<Uint8Array>,
  descriptor: Descriptor,
  subject: Subject,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const hash = createHash(algorithmOf(descriptor.digest));
  let size = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            if (size !== descriptor.size) failSize(descriptor, subject, size);
            checkDigest(hash.digest(), descriptor, subject);
            controller.close();
            return;
          }
          size += value.length;
          if (size > descriptor.size) failSize(descriptor, subject, size);
          hash.update(value);
          controller.enqueue(value);
        } catch (error) {
          // Errors this stream, even where cancelling the other one fails too.
          controller.error(error);
          await reader.cancel(error).catch(() => {});
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead: what was not asked for need not come.
    { highWaterMark: 0 },
  );
}

/** Whole content that is in memory. Through WebCrypto, which is twice as fast as the incremental hash. */
export async function checkContent(bytes: Bytes, descriptor: Descriptor, subject: Subject): Promise<void> {
  if (bytes.length !== descriptor.size) failSize(descriptor, subject, bytes.length);
  checkDigest(await digestOf(bytes, algorithmOf(descriptor.digest)), descriptor, subject);
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Bytes. A larger claim fails with `too-large` before anything is read. */
  readonly limit: number;
  readonly subject: Subject;
}

/**
 * The whole of a small document, checked: from the descriptor's own `data` where it has some, else from `content`, which
 * may keep it.
 */
export async function readVerified(
  content: Content,
  descriptor: Descriptor,
  { signal, limit, subject }: ReadOptions,
): Promise<Bytes> {
  const { size, data } = descriptor;
  if (size > limit) fail({ code: 'too-large', what: subject, limit, actual: size });
  const isManifest = subject === 'manifest' || subject === 'index';
  const read = async () => {
    const stream = await content.open(descriptor, { signal, isManifest });
    const bytes = await readAtMost(stream, descriptor, subject);
    await checkContent(bytes, descriptor, subject);
    return bytes;
  };
  let bytes: Bytes;
  if (data !== undefined) {
    await checkContent(data, descriptor, subject);
    bytes = data;
  } else {
    try {
      bytes = await read();
    } catch (error) {
      // Where it was kept and has been damaged since, the place has it still.
      const isWrong = error instanceof Problem && isMismatch(error.failure);
      if (!isWrong || (await content.drop?.(descriptor)) !== true) throw error;
      bytes = await read();
    }
  }
  signal.throwIfAborted();
  void content.keep?.(descriptor, bytes);
  return bytes;
}

/** Stops at the first byte more than the descriptor's size; memory follows what came, not what was claimed. */
async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  descriptor: Descriptor,
  subject: Subject,
): Promise<Bytes> {
  // With a reader, not `new Response(stream)`: that one turns any error of ours into "TypeError: Failed to fetch".
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(pieces);
    length += value.length;
    if (length > descriptor.size) {
      await reader.cancel().catch(() => {});
      failSize(descriptor, subject, length);
    }
    pieces.push(value);
  }
}

export function failSize({ digest, size }: Descriptor, subject: Subject, actual: number): never {
  fail({ code: 'size-mismatch', subject, digest, expected: size, actual });
}

export function checkDigest(actual: string, { digest }: Descriptor, subject: Subject): void {
  if (actual !== digest) fail({ code: 'digest-mismatch', subject, expected: digest, actual });
}
