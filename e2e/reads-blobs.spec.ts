/** A file of the disk is read to its end, however often: what only a browser's own collector of garbage tells. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { transformWithOxc } from 'vite';
import { expect, test } from './fixtures/app.ts';
import { ROOT } from './fixtures/stage.ts';

const SIZE = 16 * 1024 * 1024;
/** Of the reader as it was, one in some fifty never ended. */
const READS = 200;

/** Says the number of each reading that has ended, and nothing else: what waits for it must not keep it alive. */
const WORKER = `
import { bytesOf } from './blob-bytes.ts';
onmessage = async ({ data: file }) => {
  for (let i = 1; i <= ${READS}; i++) {
    let read = 0;
    for await (const bytes of bytesOf(file)) read += bytes.length;
    postMessage(read === file.size ? i : 'too little');
  }
};
`;

test('no reading of a large file is forgotten in the middle', async ({ page }, info) => {
  const files: Record<string, readonly [string, string]> = {
    '/': ['text/html', '<!doctype html><input type="file">'],
    '/worker.js': ['text/javascript', WORKER],
  };
  for (const name of ['blob-bytes.ts', 'piece-reader.ts']) {
    const source = join(ROOT, 'src/base', name);
    const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source);
    files[`/${name}`] = ['text/javascript', code];
  }
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.setHeader('content-type', type).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const large = info.outputPath('large');
  writeFileSync(large, new Uint8Array(SIZE).fill(7));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.locator('input').setInputFiles(large);
    // Two at once, as the threads of an opening.
    const ends = await page.evaluate(
      (reads) =>
        Promise.all(
          [1, 2].map(
            () =>
              new Promise<unknown>((resolve) => {
                const worker = new Worker('/worker.js', { type: 'module' });
                let timer: ReturnType<typeof setTimeout>;
                const arm = (last: unknown) => {
                  clearTimeout(timer);
                  timer = setTimeout(() => resolve(`silent after ${String(last)}`), 5000);
                  if (last === reads) resolve(last);
                };
                worker.onmessage = ({ data }) => arm(data);
                worker.onerror = ({ message }) => resolve(message);
                arm(0);
                worker.postMessage(document.querySelector('input')!.files![0]);
              }),
          ),
        ),
      READS,
    );
    expect(ends).toEqual([READS, READS]);
  } finally {
    server.close();
    rmSync(large);
  }
});
