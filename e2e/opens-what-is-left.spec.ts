/** A file of this machine that does not hold all of what it names: what is there is shown, what is not is named. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, realListing, stage, test, type App } from './fixtures/app.ts';
import { run } from './fixtures/process.ts';
import { Profile } from './fixtures/profile.ts';
import { ROOT } from './fixtures/stage.ts';
import { differences } from './fixtures/umoci-listing.ts';

interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform?: { readonly architecture: string };
  }[];
}

/** The sample, an index of two platforms, as a tar without the manifest of one: what `docker save` makes of such an image. */
async function withoutPlatform(architecture: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'absent-'));
  await cp(join(ROOT, 'public/sample'), join(folder, 'layout'), { recursive: true });
  const read = (path: string) => JSON.parse(readFileSync(join(folder, 'layout', path), 'utf8')) as Index;
  const blob = (digest: string) => `blobs/${digest.replace(':', '/')}`;
  const index = read(blob(read('index.json').manifests[0]!.digest));
  const gone = index.manifests.find(({ platform }) => platform?.architecture === architecture)!;
  await rm(join(folder, 'layout', blob(gone.digest)));
  const tar = join(folder, 'sample.tar');
  await run('tar', ['-C', join(folder, 'layout'), '-cf', tar, '.']);
  return tar;
}

test('platforms that an index names and the file has not are shown as absent', async ({ app, page }) => {
  await app.goto();
  await app.localFile.setInputFiles(await withoutPlatform('arm64'));
  await app.expectVerified();
  expect(differences(await app.exportListing(), realListing('sample-amd64'))).toEqual([]);
  const platforms = page.getByRole('group', { name: 'Platform' });
  await expect(platforms.getByRole('button', { name: 'linux/amd64' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(platforms.getByRole('button', { name: 'linux/arm64/v8' })).toBeDisabled();
  await page.getByRole('tab', { name: 'Index' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'linux/arm64' });
  await expect(row).toContainText('not in this file');
  await expect(row.getByRole('button', { name: 'Show' })).toHaveCount(0);
  await page.goto(`${page.url()}&platform=linux/arm64`);
  await app.expectFailure('not-found', /not in the file/);
  await page.getByRole('button', { name: 'linux/amd64' }).click();
  await app.expectVerified();
});

test('what is left of an index whose usual platform is absent is opened', async ({ app, page }) => {
  await app.goto();
  await app.localFile.setInputFiles(await withoutPlatform('amd64'));
  await app.expectVerified();
  await expect(page.getByRole('group', { name: 'Platform' }).getByRole('button').first()).toHaveText(
    /linux\/arm64/,
  );
});

/** Where the first entry that `is` holds for begins. */
function headerOf(tar: Uint8Array, is: (name: string) => boolean): number {
  const text = (from: number, to: number) => Buffer.from(tar.subarray(from, to)).toString().split('\0')[0]!;
  for (let at = 0; tar[at] !== 0;) {
    if (is(text(at, at + 100))) return at;
    at += 512 + Math.ceil(Number.parseInt(text(at + 124, at + 136), 8) / 512) * 512;
  }
  throw new Error('no such entry');
}

test('a docker save that is cut before its config shows its layers, and does not call them verified', async ({
  app,
  page,
}) => {
  const tar = readFileSync(join(stage().local, 'skopeo-docker.tar'));
  const cut = tar.subarray(0, headerOf(tar, (name) => name.endsWith('.json')) + 600);
  await app.goto();
  await app.localFile.setInputFiles({ name: 'cut.tar', mimeType: 'application/x-tar', buffer: cut });
  await app.expectPhase('open');
  await expect(page.locator('html')).toHaveAttribute('data-verified', 'false');
  await expect(page.getByText('Incomplete')).toBeVisible();
  await expect(page.getByRole('note')).toContainText('ends in the middle');
  await expect(page.getByRole('note')).toContainText('in the order of the file');
  expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
});

test.describe('a file that is compressed as a whole, where there is no room for what it unpacks to', () => {
  /** It claims to unpack to 200 MB, and is damaged behind its first bytes: whoever begins to unpack it says that. */
  function damagedGzip(): Buffer {
    const bytes = gzipSync(readFileSync(join(stage().local, 'skopeo-docker.tar')));
    const damaged = Buffer.concat([bytes, Buffer.alloc(1_000_000, 0xff)]).fill(0xff, 4000);
    damaged.writeUInt32LE(200_000_000, damaged.length - 4);
    return damaged;
  }
  const FILE = { name: 'big.tar.gz', mimeType: 'application/gzip', buffer: damagedGzip };

  async function tryIt(app: App, limit: boolean): Promise<void> {
    if (limit) await app.limitStorage(50_000_000);
    await app.goto();
    await app.localFile.setInputFiles({ ...FILE, buffer: FILE.buffer() });
  }

  test('it is said before the work starts', async ({ app }) => {
    await tryIt(app, true);
    await app.expectFailure('quota', /Unpack it yourself/);
    await expect(app.alert).toContainText('200,000,000');
  });

  test('also where it is no private window; and with room, the work starts', async () => {
    const profile = await Profile.create();
    try {
      const { app } = await profile.start();
      await tryIt(app, true);
      await app.expectFailure('quota', /Unpack it yourself/);
      await expect(app.alert).toContainText('200,000,000');
      const { app: roomy } = await profile.start();
      await tryIt(roomy, false);
      await roomy.expectFailure('malformed', /damaged/);
    } finally {
      await profile.remove();
    }
  });
});
