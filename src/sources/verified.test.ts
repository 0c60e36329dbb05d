import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat, readable, streamOf, utf8, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { parseDigest } from '../formats/digest.ts';
import type { Content } from './source.ts';
import { readVerified, verified } from './verified.ts';

const { signal } = new AbortController();
const LIMITS = { signal, limit: 100, subject: 'manifest' } as const;

function describing(text: string, algorithm = 'sha256'): Descriptor {
  const digest = parseDigest(`${algorithm}:${createHash(algorithm).update(text).digest('hex')}`);
  return { mediaType: 'text/plain', digest, size: utf8(text).length };
}

/** A stream of the given texts that says what became of it. */
function watched(...texts: string[]) {
  const fate = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const text = texts[fate.pulled++];
        if (text === undefined) controller.close();
        else controller.enqueue(utf8(text));
      },
      cancel() {
        fate.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, fate };
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return readable(concat(pieces));
    pieces.push(value);
  }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => 'it was taken',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return (error as Problem).failure;
}

describe('verified', () => {
  it.each(['sha256', 'sha384', 'sha512'])(
    'passes what is right (%s), however it is cut',
    async (algorithm) => {
      const what = describing('hello, world', algorithm);
      for (const texts of [['hello, world'], ['hello', '', ', ', 'world'], [...'hello, world']]) {
        expect(await readAll(verified(watched(...texts).stream, what, 'layer'))).toBe('hello, world');
      }
      expect(await readAll(verified(streamOf(), describing('', algorithm), 'layer'))).toBe('');
    },
  );

  it('fails at the end where the digest is wrong', async () => {
    const what = describing('hello');
    expect(await failureOf(readAll(verified(streamOf(utf8('jello')), what, 'layer')))).toEqual({
      code: 'digest-mismatch',
      subject: 'layer',
      expected: what.digest,
      actual: describing('jello').digest,
    });
  });

  it('fails at the first byte too many, and lets go of the rest', async () => {
    const what = describing('hello');
    const { stream, fate } = watched('hel', 'lo!', 'and', 'so', 'on');
    expect(await failureOf(readAll(verified(stream, what, 'blob')))).toEqual({
      code: 'size-mismatch',
      subject: 'blob',
      digest: what.digest,
      expected: 5,
      actual: 6,
    });
    expect(fate).toEqual({ pulled: 2, cancelled: true });
  });

  it('fails where bytes are missing', async () => {
    const failure = await failureOf(readAll(verified(streamOf(utf8('hell')), describing('hello'), 'blob')));
    expect(failure).toMatchObject({ code: 'size-mismatch', expected: 5, actual: 4 });
  });

  it('reads nothing that was not asked for, and passes a cancel on', async () => {
    const { stream, fate } = watched('a', 'b', 'c');
    const reader = verified(stream, describing('abc'), 'blob').getReader();
    expect(fate.pulled).toBe(0);
    await reader.read();
    expect(fate.pulled).toBe(1);
    await reader.cancel();
    expect(fate).toEqual({ pulled: 1, cancelled: true });
  });

  it('passes an error on as it is', async () => {
    const problem = new Problem({ code: 'interrupted', url: 'https://example.org/', received: 1 });
    const broken = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(problem) });
    await expect(readAll(verified(broken, describing('a'), 'blob'))).rejects.toBe(problem);
  });
});

describe('readVerified', () => {
  const serving = (stream: ReadableStream<Uint8Array>): Content => ({ open: () => Promise.resolve(stream) });
  const unreachable: Content = { open: () => Promise.reject(new Error('asked for')) };

  it('reads a document', async () => {
    const bytes = await readVerified(serving(watched('{', '}').stream), describing('{}'), LIMITS);
    expect(readable(bytes)).toBe('{}');
  });

  it('takes inlined data, checked like any other', async () => {
    const what = (data: Bytes): Descriptor => ({ ...describing('{}'), data });
    expect(readable(await readVerified(unreachable, what(utf8('{}')), LIMITS))).toBe('{}');
    expect(await failureOf(readVerified(unreachable, what(utf8('[]')), LIMITS))).toMatchObject({
      code: 'digest-mismatch',
    });
    expect(await failureOf(readVerified(unreachable, what(utf8('{ }')), LIMITS))).toMatchObject({
      code: 'size-mismatch',
      expected: 2,
      actual: 3,
    });
  });

  it('refuses a claim past the limit without asking', async () => {
    const what = { ...describing('{}'), size: 101 };
    expect(await failureOf(readVerified(unreachable, what, LIMITS))).toEqual({
      code: 'too-large',
      what: 'manifest',
      limit: 100,
      actual: 101,
    });
  });

  it('stops at the first byte too many', async () => {
    const { stream, fate } = watched('{', '}', '}', '}');
    expect(await failureOf(readVerified(serving(stream), describing('{}'), LIMITS))).toMatchObject({
      code: 'size-mismatch',
      expected: 2,
      actual: 3,
    });
    expect(fate).toEqual({ pulled: 3, cancelled: true });
  });

  it('hands an abort on', async () => {
    const aborted = AbortSignal.abort();
    const open = () => Promise.reject(aborted.reason as Error);
    await expect(readVerified({ open }, describing('{}'), { ...LIMITS, signal: aborted })).rejects.toBe(
      aborted.reason,
    );
  });
});
