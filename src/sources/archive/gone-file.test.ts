import { mkdtemp, writeFile } from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { goneFile, streamOf } from './gone-file.ts';

/** Copies each piece before it asks for the next. */
async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += Buffer.from(piece).toString();
  return text;
}

it('streams what is there, and tells of a file that has changed since', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'gone-')), 'app.tar');
  await writeFile(path, 'the bytes');
  const blob = await openAsBlob(path);
  for (const fleeting of [false, true]) {
    expect(await read(streamOf(blob, 'app.tar', fleeting))).toBe('the bytes');
    expect(await read(streamOf(new Blob(), 'app.tar', fleeting))).toBe('');
  }
  await writeFile(path, 'other bytes, and more of them');
  await expect(streamOf(blob, 'app.tar').getReader().read()).rejects.toMatchObject({
    failure: { code: 'not-found', what: 'file', name: 'app.tar' },
  });
  const error: unknown = await blob.arrayBuffer().catch((reason: unknown) => reason);
  expect(goneFile(error, 'app.tar')).toEqual({ code: 'not-found', what: 'file', name: 'app.tar' });
  expect(goneFile(new TypeError('x'), 'app.tar')).toBeNull();
});
