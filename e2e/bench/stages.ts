/** Each stage of reading a layer alone, beside the one program that does the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { run } from '../fixtures/process.ts';
import { ROOT } from '../fixtures/stage.ts';
import { rateOf } from './native.ts';

/** The best of so many: the first also compiles. */
const TIMES = 3;

/** Rows of: stage, our MB/s, the program's MB/s, the ratio; both by the bytes of the larger side (unpacked). */
export async function measureStages(blob: Uint8Array, folder: string): Promise<string[][]> {
  const tar = gunzipSync(blob);
  const files = {
    gzip: join(folder, 'stage.tar.gz'),
    tar: join(folder, 'stage.tar'),
    zstd: join(folder, 'stage.tar.zst'),
  };
  writeFileSync(files.gzip, blob);
  writeFileSync(files.tar, tar);
  await run('zstd', ['-q', '-f', '-3', files.tar, '-o', files.zstd]);
  const zstd = readFileSync(files.zstd);

  const work = await bundled(folder);

  const rows: string[][] = [];
  for (const [title, ours, script, file] of [
    ['SHA-256, incremental', () => work.hash(tar), 'sha256sum < "$1" > /dev/null', files.tar],
    ['gzip, with seek points', () => work.unpack('gzip', blob), 'gzip -dc < "$1" > /dev/null', files.gzip],
    ['zstd', () => work.unpack('zstd', zstd), 'zstd -dcq < "$1" > /dev/null', files.zstd],
    ['tar to index', () => work.parse(tar), 'tar tv < "$1" > /dev/null', files.tar],
  ] as const) {
    const ownRate = Math.max(...Array.from({ length: TIMES }, () => rate(ours, tar.length)));
    const theirs: number[] = [];
    for (let i = 0; i < TIMES; i++) theirs.push(await rateOf(script, file, tar.length));
    const theirRate = Math.max(...theirs);
    rows.push([title, ownRate.toFixed(0), theirRate.toFixed(0), (ownRate / theirRate).toFixed(2)]);
  }
  return rows;
}

async function bundled(folder: string): Promise<typeof import('./stage-work.ts')> {
  const outDir = join(folder, 'stages');
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    build: { ssr: 'e2e/bench/stage-work.ts', outDir, target: 'es2023', emptyOutDir: true },
  });
  return import(/* @vite-ignore */ pathToFileURL(join(outDir, 'stage-work.js')).href) as Promise<
    typeof import('./stage-work.ts')
  >;
}

/** MB/s */
function rate(work: () => void, bytes: number): number {
  const start = performance.now();
  work();
  return bytes / 1e3 / (performance.now() - start);
}
