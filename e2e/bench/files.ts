/** Reading single files out of the largest gzip layer, against `tar xzOf`: where the layer is kept, and by Range where it is not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { openWithoutStore } from './cache.ts';
import { run } from '../fixtures/process.ts';
import { inPage, openImage } from './page.ts';
import { median, table } from './table.ts';

/** What the issue aims at. Milliseconds, and a ratio. */
const AIM = { median: 50, percentile: 100, ofTar: 1 / 50 };

/** Files that are read, and the most bytes that one has. */
const FILES = 60;
const LARGEST = 64 * 1024;
/** The seek points of all layers are found by then. */
const SOUGHT_MS = 12_000;
/** Between two files, so that none is taken for a key that is held. */
const REST_MS = 250;

export interface Layer {
  readonly url: string;
  /** Its place in the image. */
  readonly layer: number;
}

export async function benchFiles(
  browser: Browser,
  address: string,
  reference: string,
  { url, layer }: Layer,
  folder: string,
): Promise<void> {
  console.log(`\nA file of at most 64 KiB out of the largest gzip layer, ${FILES} of them, from the click`);
  const kept = await inPage(browser, address, async (page) => {
    await openImage(page, reference);
    return readSome(page, reference, layer);
  });
  const ranged = await inPage(browser, address, async (page) => {
    await openWithoutStore(page, reference);
    return readSome(page, reference, layer);
  });
  const tar = await timeTar(url, kept.paths, folder);
  const row = (what: string, times: readonly number[]) => {
    const middle = median(times);
    return [
      what,
      `${middle.toFixed(0)} ms`,
      `${percentile(times, 0.95).toFixed(0)} ms`,
      `1/${(tar / middle).toFixed(0)}`,
    ];
  };
  table([
    ['', 'median', '95 %', 'of tar'],
    ['tar xzOf', `${tar.toFixed(0)} ms`, '', '1'],
    row('kept: bytes', kept.read),
    row('kept: on the screen', kept.shown),
    row('by Range: bytes', ranged.read),
    row('by Range: on the screen', ranged.shown),
    ['aim', `≤ ${AIM.median} ms`, `≤ ${AIM.percentile} ms`, `≤ 1/${1 / AIM.ofTar}`],
  ]);
}

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

interface Read {
  readonly paths: readonly string[];
  /** Milliseconds until the bytes were there, and until they were on the screen. */
  readonly read: readonly number[];
  readonly shown: readonly number[];
}

async function readSome(page: Page, reference: string, layer: number): Promise<Read> {
  await page.waitForTimeout(SOUGHT_MS);
  const paths = await pathsOf(page, layer);
  const read: number[] = [];
  const shown: number[] = [];
  // The first one loads the code of the views; another one than the next, or nothing would be asked for.
  for (const [i, path] of [paths.at(-1)!, ...paths].entries()) {
    const times = await show(page, `#image=${reference}&path=${encodeURIComponent(path)}`);
    await page.waitForTimeout(REST_MS);
    if (i === 0) continue;
    read.push(times.read);
    shown.push(times.shown);
  }
  return { paths, read, shown };
}

/** Follows a link of the page; milliseconds until the page's own marks. */
function show(page: Page, link: string): Promise<{ read: number; shown: number }> {
  return page.evaluate(
    (hash) =>
      new Promise<{ read: number; shown: number }>((resolve, reject) => {
        const start = performance.now();
        let read = NaN;
        // A view that never says that it is there would end the bench in silence.
        setTimeout(() => reject(new Error(`nothing is shown of ${hash}`)), 10_000);
        new PerformanceObserver((list, observer) => {
          for (const { name, startTime, duration } of list.getEntries()) {
            if (name === 'stratascope.read' && startTime >= start) read = startTime + duration - start;
            if (name !== 'stratascope.file' || startTime < start) continue;
            observer.disconnect();
            resolve({ read, shown: startTime - start });
          }
        }).observe({ entryTypes: ['mark', 'measure'] });
        location.hash = hash;
      }),
    link,
  );
}

/** Of files of the layer, spread evenly over it in an order of no meaning. */
async function pathsOf(page: Page, layer: number): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export listing' }).click(),
  ]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n');
  const entries = lines.map(
    (line) =>
      JSON.parse(line) as { path: string; type: string; size: number; layer?: number; pathBytes?: string },
  );
  const small = entries.filter(
    (it) =>
      it.type === 'file' &&
      it.layer === layer &&
      it.size > 0 &&
      it.size <= LARGEST &&
      it.pathBytes === undefined,
  );
  // The golden ratio: far from each other, and the same ones each time.
  return Array.from(
    { length: FILES },
    (_, i) => small[Math.floor(((i * 0.618034) % 1) * small.length)]!.path,
  );
}

/** Milliseconds, the median of three files. */
async function timeTar(url: string, paths: readonly string[], folder: string): Promise<number> {
  const layer = join(folder, 'layer.tar.gz');
  writeFileSync(layer, new Uint8Array(await (await fetch(url)).arrayBuffer()));
  const taken: number[] = [];
  for (const path of paths.slice(0, 3)) {
    const start = performance.now();
    await run('bash', ['-c', 'tar xzOf "$1" "$2" > /dev/null', 'tar', layer, path.slice(1)]);
    taken.push(performance.now() - start);
  }
  return median(taken);
}
