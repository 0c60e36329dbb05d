import { describe, expect, it } from 'vitest';
import { concat, readable, utf8 } from '../base/bytes.ts';
import { inMemory, imageOf, indexOf } from '../testing/image-of.ts';

const NEVER = new AbortController().signal;

describe('an image in memory', () => {
  const image = indexOf([imageOf({ layers: [utf8('a layer')] })]);
  const source = inMemory(image);
  const text = async (digest: typeof image.root.digest, range?: { start: number; end: number }) => {
    const pieces: Uint8Array[] = [];
    const what = { mediaType: '', digest, size: 0 };
    for await (const piece of await source.open(what, { signal: NEVER, ...(range && { range }) }))
      pieces.push(piece);
    return readable(concat(pieces));
  };

  it('is there, whole and in parts', async () => {
    expect(await source.resolve(NEVER)).toBe(image.root);
    for (const [digest, bytes] of image.blobs) {
      expect(await text(digest)).toBe(readable(bytes));
      expect(await text(digest, { start: 2, end: 5 })).toBe(readable(bytes.slice(2, 5)));
    }
  });

  it('or it is not', async () => {
    const gone = imageOf({ layers: [] }).root.digest;
    await expect(text(gone)).rejects.toMatchObject({
      failure: { code: 'not-found', what: 'blob', name: gone },
    });
    await expect(source.resolve(AbortSignal.abort())).rejects.toThrow('abort');
  });
});
