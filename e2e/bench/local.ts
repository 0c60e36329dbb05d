/** Local tarballs in the app, as ratios to what one would do with them in a terminal. */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { run } from '../fixtures/process.ts';
import { measurePeak, inPage, openFile } from './page.ts';
import { timeLocal, timeLocalPlain } from './native.ts';
import { megabytes, median, seconds, table, times } from './table.ts';

/** What the issue aims at. The OCI archive is as the registry's image. */
const AIM = { plain: { tree: 0.25, verified: 1 }, oci: { tree: 0.6, verified: 0.9 } };

const RUNS = 3;

export interface LocalFiles {
  readonly ociArchive: string;
  readonly dockerArchive: string;
}

/** `folder` is for what the native commands read: the layers as files of their own. */
export async function benchLocal(
  browser: Browser,
  address: string,
  { ociArchive, dockerArchive }: LocalFiles,
  folder: string,
): Promise<void> {
  const unpacked = join(folder, 'unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  try {
    const plain = await unpack(dockerArchive, join(unpacked, 'docker'));
    const [{ Layers: layers }] = JSON.parse(readFileSync(join(plain, 'manifest.json'), 'utf8')) as [
      { Layers: string[] },
    ];
    await bench(browser, address, dockerArchive, AIM.plain, () =>
      timeLocalPlain(layers.map((layer) => join(plain, layer))),
    );
    const layout = await unpack(ociArchive, join(unpacked, 'oci'));
    const blob = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'));
    const read = (digest: string) => JSON.parse(readFileSync(blob(digest), 'utf8')) as unknown;
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    const manifest = read(index.manifests[0]!.digest) as { layers: { digest: string }[] };
    await bench(browser, address, ociArchive, AIM.oci, () =>
      timeLocal(manifest.layers.map(({ digest }) => blob(digest))),
    );
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

async function bench(
  browser: Browser,
  address: string,
  file: string,
  aim: { readonly tree: number; readonly verified: number },
  timeNative: () => Promise<number>,
): Promise<void> {
  console.log(`\nLocal file ${file.split('/').at(-1)}: ${megabytes(statSync(file).size)}`);
  await timeNative();
  const native: number[] = [];
  const trees: number[] = [];
  const verified: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    native.push(await timeNative());
    const opening = await inPage(browser, address, (page) => openFile(page, file));
    trees.push(opening.tree);
    verified.push(opening.verified);
  }
  const yardstick = median(native);
  const row = (what: string, values: readonly number[], most: number) => {
    const value = median(values);
    return [what, seconds(value), (value / yardstick).toFixed(2), `≤ ${most}`];
  };
  const peak = await measurePeak(address, (page) => openFile(page, file));
  table([
    ['', 'time', 'of native', 'aim'],
    ['native commands', seconds(yardstick), '1.00', ''],
    row('tree on screen', trees, aim.tree),
    row('all verified', verified, aim.verified),
    ['peak memory, above the empty page', megabytes(peak), '', ''],
  ]);
  console.log(`runs (s): native ${times(native)}; tree ${times(trees)}; verified ${times(verified)}`);
}

async function unpack(file: string, to: string): Promise<string> {
  mkdirSync(to, { recursive: true });
  await run('tar', ['-xf', file, '-C', to]);
  return to;
}
