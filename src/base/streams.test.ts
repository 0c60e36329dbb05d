import { describe, expect, it } from 'vitest';
import { concat, readable, streamOf, utf8 } from './bytes.ts';
import { peek, piecesOf } from './streams.ts';

const TEXT = 'abcdefghij';

/** A stream of `texts` that writes down what happens to it. */
function watched(...texts: string[]) {
  const log: string[] = [];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const text = texts.shift();
        log.push(`gives ${text ?? 'nothing'}`);
        if (text === undefined) controller.close();
        else controller.enqueue(utf8(text));
      },
      cancel() {
        log.push('is cancelled');
      },
    },
    { highWaterMark: 0 },
  );
  return { log, stream };
}

async function readAll(stream: ReadableStream<Uint8Array>, length = 3) {
  const pieces: string[] = [];
  for await (const piece of piecesOf(stream, length)) pieces.push(readable(piece));
  return pieces;
}

describe('pieces of a stream', () => {
  it('are all its bytes, none longer than asked', async () => {
    expect(await readAll(streamOf(utf8(TEXT)))).toEqual(['abc', 'def', 'ghi', 'j']);
    expect(await readAll(streamOf(utf8('ab'), utf8('cdef')))).toEqual(['ab', 'cde', 'f']);
    expect(await readAll(streamOf())).toEqual([]);
  });

  it('cancel the stream when nobody wants more, and not after its end', async () => {
    const left = watched('ab', 'cd');
    for await (const piece of piecesOf(left.stream, 9)) if (readable(piece) === 'ab') break;
    expect(left.log).toEqual(['gives ab', 'is cancelled']);
    const read = watched('ab');
    await readAll(read.stream);
    expect(read.log).toEqual(['gives ab', 'gives nothing']);
  });
});

describe('a peek', () => {
  it('leaves the stream whole, and reads no more than it must', async () => {
    for (let length = 0; length <= TEXT.length + 1; length++) {
      const { head, whole } = await peek(streamOf(utf8('abc'), utf8('defg'), utf8('hij')), length);
      expect(TEXT.startsWith(readable(head))).toBe(true);
      expect(head.length).toBeGreaterThanOrEqual(Math.min(length, TEXT.length));
      expect((await readAll(whole)).join('')).toBe(TEXT);
    }
    const { log, stream } = watched('ab', 'cd', 'ef');
    const { whole } = await peek(stream, 3);
    await whole.cancel();
    expect(log).toEqual(['gives ab', 'gives cd', 'is cancelled']);
  });

  it('passes on what goes wrong later', async () => {
    const error = new Error('broken');
    let first = true;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (!first) throw error;
          first = false;
          controller.enqueue(concat([utf8('abc')]));
        },
      },
      { highWaterMark: 0 },
    );
    const { whole } = await peek(stream, 2);
    await expect(readAll(whole)).rejects.toBe(error);
  });
});
