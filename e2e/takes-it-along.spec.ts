/** A person takes along what they see: the filesystem, a folder, a layer; and every other tool reads it. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { tarOf } from '../src/testing/tar-of.ts';
import { expect, realListing, stage, test, type App } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from './fixtures/layout.ts';
import { run, runAsRoot } from './fixtures/process.ts';
import { Pusher } from './fixtures/push.ts';
import { ROOT } from './fixtures/stage.ts';
import { listFolder, treeDifferences, type RealEntry } from './fixtures/umoci-listing.ts';

// Each unpacks twice what it was given, by tools that are as slow as the machine is busy.
test.describe.configure({ timeout: 90_000 });

const notice = (page: Page) => page.locator('.notices');

interface Saved {
  readonly name: string;
  /** Where it is until the test ends. */
  readonly path: string;
}

async function saved(page: Page, button: string): Promise<Saved> {
  const file = await download(page.getByRole('button', { name: button, exact: true }).first());
  await expect(notice(page)).toContainText('Saved');
  await notice(page).getByRole('button', { name: 'Close' }).click();
  return { name: file.suggestedFilename(), path: await file.path() };
}

const sum = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** `work` with an empty folder that is gone afterwards, whoever owns what is in it. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stratascope-'));
  try {
    return await work(folder);
  } finally {
    await runAsRoot('rm', ['-rf', folder]);
  }
}

/** As GNU tar extracts it: nothing but the options that root needs for owners and attributes. */
function extracted(tar: string): Promise<RealEntry[]> {
  return inFolder(async (folder) => {
    await runAsRoot('tar', ['-xpf', tar, '--xattrs', '--xattrs-include=*', '--numeric-owner', '-C', folder]);
    return listFolder(folder);
  });
}

/** As an image of one layer, made by skopeo as `docker import` makes one, and unpacked by umoci. */
function imported(tar: string): Promise<RealEntry[]> {
  return inFolder(async (folder) => {
    const layout = join(folder, 'layout');
    await run('skopeo', ['copy', '--quiet', `tarball:${tar}`, `oci:${layout}:image`]);
    await runAsRoot('umoci', ['unpack', '--image', `${layout}:image`, join(folder, 'bundle')]);
    return listFolder(join(folder, 'bundle/rootfs'));
  });
}

async function open(app: App, image: string, more = ''): Promise<void> {
  await app.goto(`image=${stage().registry}/${image}${more}`);
  await app.expectPhase('open');
}

for (const [image, what] of [
  ['torture', 'everything that a root filesystem may hold'],
  ['rare', 'the rare shapes of layers'],
  ['gnu-tar', 'files out of every format of GNU tar'],
] as const) {
  test(`takes along ${what}, for GNU tar and for umoci`, async ({ app, page }) => {
    await open(app, `${image}:latest`);
    const rootfs = await saved(page, 'Download as tar');
    expect(rootfs.name).toBe('rootfs.tar');
    const real = realListing(image);
    expect(real.filter(({ sha256 }) => sha256 !== undefined).length).toBeGreaterThan(3);
    expect(treeDifferences(await extracted(rootfs.path), real)).toEqual([]);
    // containers/image takes gzip where it names no compression, and finds out.
    expect(treeDifferences(await imported(rootfs.path), real)).toEqual([]);
  });
}

test('takes along a folder under its own name, and one name of a file with its bytes', async ({
  app,
  page,
}) => {
  const real = realListing('torture');
  await open(app, 'torture:latest', '&path=/usr');
  const folder = await saved(page, 'Download as tar');
  expect(folder.name).toBe('usr.tar');
  const below = real.filter(({ path }) => path === '/usr' || path.startsWith('/usr/'));
  // A name elsewhere is no other name of what is in the tar.
  expect(treeDifferences(await extracted(folder.path), below, { names: false })).toEqual([]);

  await open(app, 'torture:latest', '&path=/bin/su-elsewhere');
  const file = await saved(page, 'Download as tar');
  const names = (await run('tar', ['-tvf', file.path])).trimEnd().split('\n');
  expect(names).toHaveLength(1);
  expect(names[0]).toMatch(/^-rwsr-xr-x .* su-elsewhere$/);
});

for (const image of ['torture:latest', 'forms:zstd', 'forms:gzip-members', 'forms:none']) {
  test(`takes along a layer of ${image}: its blob has the digest, its tar the diff ID`, async ({
    app,
    page,
  }) => {
    await open(app, image, '&view=layers');
    const inspected = async (...how: string[]): Promise<unknown> => {
      const name = `docker://${stage().registry}/${image}`;
      return JSON.parse(await run('skopeo', ['inspect', ...how, '--raw', '--tls-verify=false', name]));
    };
    const { layers } = (await inspected()) as { layers: { digest: string }[] };
    const { rootfs } = (await inspected('--config')) as { rootfs: { diff_ids: string[] } };
    const blob = await saved(page, 'Download blob of layer 0');
    expect(`sha256:${await sum(blob.path)}`).toBe(layers[0]!.digest);
    const tar = await saved(page, 'Download tar of layer 0');
    expect(`sha256:${await sum(tar.path)}`).toBe(rootfs.diff_ids[0]);
    for (const { name } of [blob, tar]) expect(name).toMatch(/^layer-0-[0-9a-f]{12}\.tar(\.gz|\.zst)?$/);
  });
}

test('what is taken along of the sample, js-untar reads too', async ({ app, page, context }) => {
  await app.goto('layout=sample/&platform=linux/amd64');
  await app.expectPhase('open');
  const rootfs = await saved(page, 'Download as tar');
  const bytes = await readFile(rootfs.path);
  const other = await context.newPage();
  await other.goto('about:blank');
  await other.addScriptTag({ path: join(ROOT, 'node_modules/js-untar/build/dist/untar.js') });
  const read = await other.evaluate(async (base64) => {
    interface Entry {
      readonly name: string;
      readonly type: string;
      readonly mode: string;
      readonly mtime: number;
      readonly linkname: string;
      readonly buffer: ArrayBuffer;
    }
    const all = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const entries = await (
      globalThis as unknown as { untar(buffer: ArrayBuffer): PromiseLike<readonly Entry[]> }
    ).untar(all.buffer);
    const hex = (buffer: ArrayBuffer) =>
      Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return Promise.all(
      entries.map(async ({ name, type, mode, mtime, linkname, buffer }) => {
        return { name, type, mode, mtime, linkname, data: hex(buffer) };
      }),
    );
  }, bytes.toString('base64'));
  await other.close();

  const types: Readonly<Record<string, string>> = {
    '0': 'file',
    '1': 'file',
    '2': 'symlink',
    '5': 'dir',
    '6': 'fifo',
  };
  const real = new Map(realListing('sample-amd64').map((entry) => [entry.path, entry]));
  expect(read.length).toBeGreaterThan(20);
  const seen = new Set<string>();
  for (const { name, type, mode, mtime, linkname, data } of read) {
    // Real names have a character for each byte.
    const path = `/${Buffer.from(name.replace(/\/$/, ''), 'utf8').toString('latin1')}`;
    if (path === '/.') continue;
    seen.add(path);
    const entry = real.get(path);
    expect([path, types[type]]).toEqual([path, entry?.type]);
    if (type !== '2') expect([path, parseInt(mode, 8)]).toEqual([path, entry?.mode]);
    if (type === '0') {
      const digest = createHash('sha256').update(Buffer.from(data, 'hex')).digest('hex');
      expect([path, digest]).toEqual([path, entry?.sha256]);
      expect([path, BigInt(mtime)]).toEqual([path, BigInt(entry!.mtime) / 1_000_000_000n]);
    }
    if (type === '2') expect(linkname).toBe(entry?.linkname);
  }
  expect([...real.keys()].filter((path) => !seen.has(path))).toEqual([]);
});

/** Bytes of zeros in an image that packs to little: what is asked where to put. */
const LARGE = 264 * 1024 * 1024;

async function pushZeros(): Promise<string> {
  const pusher = new Pusher(stage().registry, 'zeros');
  const tar = Buffer.concat([
    tarOf([{ name: 'zeros', size: LARGE }], { trailer: 0 }),
    Buffer.alloc(LARGE),
    tarOf([{ name: 'last', content: 'last' }]),
  ]);
  const layer = await pusher.blob(gzipSync(tar, { level: 1 }), OCI_LAYER_GZIP);
  const rootfs = { type: 'layers', diff_ids: [sha256(tar)] };
  const config = await pusher.json({ architecture: 'amd64', os: 'linux', rootfs }, OCI_CONFIG);
  await pusher.manifest({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }, 'latest');
  return rootfs.diff_ids[0]!;
}

/** In place of the dialog, which no script can answer: a file of the page's own disk, of the same kind. */
function answerPicker(): void {
  Object.assign(globalThis, {
    showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
  });
}

/** Names of the files that were saved there, with their sizes. */
function onDisk(page: Page): Promise<[name: string, size: number][]> {
  return page.evaluate(async () => {
    const found: [string, number][] = [];
    const root = await navigator.storage.getDirectory();
    for await (const [name, handle] of root as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      if (handle.kind === 'file') found.push([name, (await handle.getFile()).size]);
    }
    return found;
  });
}

test('writes what is large to the disk as it comes; stopped in the middle, nothing is left of it', async ({
  app,
  page,
}) => {
  test.setTimeout(420_000);
  const diffId = await pushZeros();
  await page.addInitScript(answerPicker);
  await app.open(`${stage().registry}/zeros:latest`);
  await page.waitForSelector('html[data-verified=true]', { timeout: 120_000 });

  await page.getByRole('button', { name: 'Download as tar' }).first().click();
  await expect(notice(page)).toContainText(/Saving rootfs\.tar [1-9][\d.]* MB of/);
  await expect(page.getByRole('progressbar', { name: 'Saving' })).toBeVisible();
  await notice(page).getByRole('button', { name: 'Stop' }).click();
  await expect(notice(page)).toHaveCount(0);
  await expect.poll(() => onDisk(page)).toEqual([]);
  expect(page.workers().length).toBeLessThan(5);

  await page.getByRole('button', { name: 'Download as tar' }).first().click();
  await expect(notice(page)).toContainText('Saved rootfs.tar with 2 entries.', { timeout: 120_000 });
  const size = 512 + LARGE + 512 + 512 + 1024;
  expect(await onDisk(page)).toEqual([['rootfs.tar', size]]);

  await page.evaluate(() => (location.hash += '&view=layers'));
  await page.getByRole('button', { name: 'Download tar of layer 0' }).click();
  await expect(notice(page)).toContainText(/Saved layer-0-\w+\.tar/, { timeout: 120_000 });
  const digest = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    for await (const [name, handle] of root as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      if (!name.startsWith('layer-0')) continue;
      const bytes = await (await handle.getFile()).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return '';
  });
  expect(`sha256:${digest}`).toBe(diffId);
});

test('the comparison of trees would notice', () => {
  const real = realListing('rare');
  expect(treeDifferences(real, real)).toEqual([]);
  const other = real.map((entry) => ({ ...entry, uid: entry.uid + 1 }));
  expect(treeDifferences(other, real)).toHaveLength(real.length);
  expect(treeDifferences(real.slice(1), real)[0]).toMatch(/is not there$/);
});
