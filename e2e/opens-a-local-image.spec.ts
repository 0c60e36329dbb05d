/** A person opens a tarball or a folder of this machine: no registry, no request. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Page } from '@playwright/test';
import { tarOf } from '../src/testing/tar-of.ts';
import { expect, realListing, stage, test, type App } from './fixtures/app.ts';
import { differences } from './fixtures/umoci-listing.ts';

const local = (name: string) => join(stage().local, name);
const file = (name: string, buffer: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(buffer),
});

/** Listings of the same image from the registry, in the test's own page. */
async function fromRegistry(app: App, name: string): Promise<string> {
  await app.open(`${stage().registry}/${name}`);
  await app.expectVerified();
  return app.exportListing();
}

/** What the page and its threads ask for from now on, but for the scripts and the icon that the page is made of. */
function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  const own = new RegExp(`^${stage().page}(assets/[\\w.-]+\\.(?:js|css)|icon\\.svg)$`);
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !own.test(request.url())) asked.push(request.url());
  });
  return asked;
}

interface Entry {
  readonly name: string;
  /** Offsets of its header, its content, and of what comes behind it. */
  readonly header: number;
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

/** The largest blob of an OCI archive, which is a layer. */
function largestBlob(tar: Uint8Array): Entry {
  const entries: Entry[] = [];
  const text = (from: number, to: number) => Buffer.from(tar.subarray(from, to)).toString().split('\0')[0]!;
  for (let at = 0; tar[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const start = at + 512;
    const end = start + Math.ceil(size / 512) * 512;
    entries.push({ name: text(at, at + 100), header: at, start, end, size });
    at = end;
  }
  return entries.filter(({ name }) => name.includes('blobs/')).toSorted((a, b) => b.size - a.size)[0]!;
}

async function expectIncomplete(app: App): Promise<void> {
  await app.expectPhase('open');
  await expect(app.page.getByRole('note').first()).toContainText(/Layer \d+ is not in this file/);
  await expect(app.page.locator('html')).toHaveAttribute('data-verified', 'false');
  await expect(app.page.getByText('Incomplete')).toBeVisible();
}

for (const [name, image] of [
  ['skopeo-docker.tar', 'torture:latest'],
  ['skopeo-docker.tar.gz', 'torture:latest'],
  ['skopeo-oci.tar', 'torture:latest'],
  ['skopeo-oci.tar.zst', 'torture:latest'],
  ['buildah-docker.tar', 'team/bedrock:1.4'],
  ['buildah-oci.tar', 'team/bedrock:1.4'],
  ['podman-docker.tar', 'team/bedrock:1.4'],
  ['podman-oci.tar', 'team/bedrock:1.4'],
] as const) {
  test(`opens ${name}: the same files as from the registry`, async ({ app }) => {
    const expected = await fromRegistry(app, image);
    await app.goto();
    await app.localFile.setInputFiles(local(name));
    await app.expectVerified();
    expect(app.hash()).toBe(`#local=${name}`);
    const listing = await app.exportListing();
    expect(listing).toBe(expected);
    const real = image === 'torture:latest' ? 'torture' : 'sample-amd64';
    expect(differences(listing, realListing(real))).toEqual([]);
  });
}

test('opens the layout folder of umoci', async ({ app }) => {
  const expected = await fromRegistry(app, 'torture:latest');
  await app.goto();
  await app.localFolder.setInputFiles(local('umoci-layout'));
  await app.expectVerified();
  expect(await app.exportListing()).toBe(expected);
});

test('opens the tar of a root filesystem, and says that it is no more', async ({ app, page }) => {
  await app.goto();
  await app.localFile.setInputFiles(local('rootfs.tar'));
  await app.expectVerified();
  expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
  await expect(page.getByText(/root filesystem: one layer, no config/)).toBeVisible();
  await page.getByRole('tab', { name: 'Config' }).click();
  await expect(page.getByText(/was made here/)).toBeVisible();
});

test('lets the person choose among several images, and change their mind', async ({ app, page }) => {
  await app.goto();
  await app.localFile.setInputFiles(local('several.tar'));
  await app.expectPhase('choosing-image');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await app.expectVerified();
  expect(app.hash()).toBe('#local=several.tar&name=sample');
  expect(differences(await app.exportListing(), realListing('sample-amd64'))).toEqual([]);
  await page.getByRole('button', { name: 'Others' }).click();
  await page.getByRole('button', { name: /torture/ }).click();
  await app.expectVerified();
  expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
  await page.goBack();
  await page.goBack();
  await app.expectVerified();
  await expect(app.row('app')).toBeVisible();
});

test('asks nobody for anything', async ({ app, page }) => {
  await app.goto();
  const asked = requestsOf(page);
  for (const name of ['skopeo-docker.tar.gz', 'skopeo-oci.tar', 'several.tar']) {
    await app.localFile.setInputFiles(local(name));
    if (name === 'several.tar') await page.getByRole('button', { name: /torture/ }).click();
    await expect(page).toHaveTitle(new RegExp(`^${name}`));
    await app.expectVerified();
    await app.row('etc').click();
    for (const view of ['Layers', 'History', 'Config', 'Manifest'])
      await page.getByRole('tab', { name: view }).click();
  }
  expect(asked).toEqual([]);
  // The same ears hear what a thread asks a registry for.
  await app.type(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
  expect(asked.filter((url) => url.includes('/blobs/')).length).toBeGreaterThan(1);
});

test.describe('a file that is dropped', () => {
  /** Plays the events that a browser sends; `types` is what else the drag carries. */
  async function drag(page: Page, names: readonly string[], events: readonly string[]): Promise<void> {
    const files = names.map((name) => ({ name, base64: readFileSync(local(name)).toString('base64') }));
    await page.evaluate(
      ({ files, events }) => {
        const transfer = new DataTransfer();
        for (const { name, base64 } of files) {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          transfer.items.add(new File([bytes], name));
        }
        if (files.length === 0) transfer.setData('text/plain', 'some words');
        for (const type of events) {
          const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer });
          document.querySelector('main')!.dispatchEvent(event);
        }
      },
      { files, events },
    );
  }
  const DROP = ['dragenter', 'dragover', 'drop'];

  test('anywhere is opened', async ({ app, page }) => {
    await app.goto();
    await drag(page, ['skopeo-oci.tar'], DROP);
    await app.expectVerified();
    expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
    // Also on an open image.
    await drag(page, ['buildah-oci.tar'], DROP);
    await expect(app.row('app')).toBeVisible();
    await app.expectVerified();
  });

  test('or a folder, of however many files, is opened', async ({ app, page, context }) => {
    const folder = join(await mkdtemp(join(tmpdir(), 'drop-')), 'app');
    await cp(local('umoci-layout'), folder, { recursive: true });
    // A browser lists a hundred at a time.
    for (let i = 0; i < 350; i++) await writeFile(join(folder, 'blobs/sha256', `left-over-${i}`), String(i));
    await app.goto();
    const devtools = await context.newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      const data = { items: [], files: [folder], dragOperationsMask: 1 };
      await devtools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    }
    await app.expectVerified();
    expect(app.hash()).toBe('#local=app');
    expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
  });

  test('is announced while it is over the page, and text is not', async ({ app, page }) => {
    await app.goto();
    const overlay = page.getByText('Drop a tarball or a folder');
    await drag(page, [], ['dragenter', 'dragover']);
    await expect(overlay).toHaveCount(0);
    await drag(page, ['skopeo-oci.tar'], ['dragenter', 'dragover']);
    await expect(overlay).toBeVisible();
    await drag(page, ['skopeo-oci.tar'], ['dragleave']);
    await expect(overlay).toHaveCount(0);
    await drag(page, ['skopeo-oci.tar'], ['dragenter', 'dragover']);
    await expect(overlay).toBeVisible();
    // A drag that ends elsewhere tells nobody.
    await expect(overlay).toHaveCount(0);
  });

  test('with another one is refused, one at a time', async ({ app, page }) => {
    await app.goto();
    await drag(page, ['skopeo-oci.tar', 'buildah-oci.tar'], DROP);
    await expect(page.getByText(/One at a time/).first()).toBeVisible();
    await app.expectPhase('empty');
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('button', { name: 'Close' })).toHaveCount(0);
  });

  test('or pasted is opened; pasted text goes where it is pasted', async ({ app, page }) => {
    await app.goto();
    const paste = (base64: string | null) =>
      page.evaluate((base64) => {
        const transfer = new DataTransfer();
        if (base64 === null) transfer.setData('text/plain', 'alpine');
        else {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          transfer.items.add(new File([bytes], 'pasted.tar'));
        }
        const event = new ClipboardEvent('paste', {
          bubbles: true,
          cancelable: true,
          clipboardData: transfer,
        });
        return document.querySelector('input[name=image]')!.dispatchEvent(event);
      }, base64);
    // True: the browser goes on to do what it does.
    expect(await paste(null)).toBe(true);
    await app.expectPhase('empty');
    expect(await paste(readFileSync(local('skopeo-oci.tar')).toString('base64'))).toBe(false);
    await app.expectVerified();
    expect(app.hash()).toBe('#local=pasted.tar');
  });
});

test.describe('a link to a local file', () => {
  test('works in the tab, back and forward', async ({ app, page }) => {
    await app.goto();
    await app.localFile.setInputFiles(local('skopeo-oci.tar'));
    await app.expectVerified();
    await app.row('etc').click();
    await app.localFile.setInputFiles(local('buildah-oci.tar'));
    await expect(app.row('app')).toBeVisible();
    await page.goBack();
    await app.expectVerified();
    expect(app.hash()).toBe('#local=skopeo-oci.tar&path=/etc');
    await expect(app.row('etc')).toHaveAttribute('aria-selected', 'true');
    await page.goForward();
    await expect(app.row('app')).toBeVisible();
  });

  test('waits for the file after a reload, and then shows what it showed', async ({ app, page }) => {
    // Where the browser has no picker that gives a handle.
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'));
    await app.goto();
    await app.localFile.setInputFiles(local('several.tar'));
    await page.getByRole('button', { name: /torture/ }).click();
    await app.expectVerified();
    await app.row('etc').click();
    const hash = app.hash();
    await page.reload();
    await app.expectFailure('not-found', /on the machine of whoever made it.*drop/is);
    const picking = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a file' }).click();
    await (await picking).setFiles(local('several.tar'));
    await app.expectVerified();
    expect(app.hash()).toBe(hash);
    await expect(app.row('etc')).toHaveAttribute('aria-selected', 'true');
  });
});

test('a file that was changed since is asked for again', async ({ app, page }) => {
  const path = join(await mkdtemp(join(tmpdir(), 'changed-')), 'app.tar');
  await cp(local('skopeo-oci.tar'), path);
  await app.goto();
  await app.localFile.setInputFiles(path);
  await app.expectVerified();
  await app.localFile.setInputFiles(local('buildah-oci.tar'));
  await expect(app.row('app')).toBeVisible();
  await writeFile(path, await readFile(local('several.tar')));
  await page.goBack();
  await app.expectFailure('not-found', /given again/);
  await app.localFile.setInputFiles(path);
  await app.expectPhase('choosing-image');
  expect(app.hash()).toBe('#local=app.tar');
});

test.describe('what is wrong with a file', () => {
  const TEXT = Buffer.from('just some notes\n'.repeat(100));
  for (const [what, name, bytes, says] of [
    ['a picture', 'cat.jpg', Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), TEXT]), /picture/],
    ['a zip', 'app.zip', Buffer.concat([Buffer.from('504b0304', 'hex'), TEXT]), /zip/],
    ['nothing', 'empty.tar', Buffer.alloc(0), /empty/],
    ['a text', 'notes.txt', TEXT, /plain text/],
  ] as const) {
    test(`it is ${what}`, async ({ app }) => {
      await app.goto();
      await app.localFile.setInputFiles(file(name, bytes));
      await app.expectFailure('not-an-image', says);
      await expect(app.alert).toContainText('docker save');
      await app.localFile.setInputFiles(local('skopeo-oci.tar'));
      await app.expectVerified();
      await expect(app.alert).toHaveCount(0);
    });
  }

  test('it is a folder without oci-layout', async ({ app }) => {
    const folder = await mkdtemp(join(tmpdir(), 'no-layout-'));
    await writeFile(join(folder, 'readme.txt'), 'nothing here');
    await app.goto();
    await app.localFolder.setInputFiles(folder);
    await app.expectFailure('not-an-image', /oci-layout/);
  });

  test('it lacks a layer: what is there is shown, and what is missing named', async ({ app, page }) => {
    const bytes = readFileSync(local('skopeo-oci.tar'));
    const { header, end } = largestBlob(bytes);
    await app.goto();
    await app.localFile.setInputFiles(
      file('absent.tar', Buffer.concat([bytes.subarray(0, header), bytes.subarray(end)])),
    );
    await expectIncomplete(app);
    await page.getByRole('tab', { name: /Layers/ }).click();
    await expect(page.getByText('not in this file', { exact: true }).first()).toBeVisible();
  });

  test('a blob is not what its name says', async ({ app }) => {
    const bytes = readFileSync(local('skopeo-oci.tar'));
    const { start, size } = largestBlob(bytes);
    bytes[start + (size >> 1)]! ^= 1;
    await app.goto();
    await app.localFile.setInputFiles(file('damaged.tar', bytes));
    await app.expectFailure('digest-mismatch', /not what it claims/);
    await expect(app.alert).not.toContainText(/pushed/);
  });

  test('it is cut off in a layer: what comes before is shown', async ({ app }) => {
    const folder = local('umoci-layout');
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ name: relative(folder, path), content: new Uint8Array(readFileSync(path)) }))
      .toSorted((a, b) => a.content.length - b.content.length);
    const tar = tarOf(files);
    await app.goto();
    await app.localFile.setInputFiles(file('cut.tar', tar.subarray(0, tar.length - 2048)));
    await expectIncomplete(app);
    await expect(app.page.getByRole('note')).toContainText('ends in the middle');
  });

  test('it is cut off before anything that tells what is in it', async ({ app }) => {
    const bytes = readFileSync(local('skopeo-docker.tar'));
    await app.goto();
    await app.localFile.setInputFiles(file('cut.tar', bytes.subarray(0, 2048)));
    await app.expectFailure('malformed', /cut off/);
  });

  test('names stand twice in it, and lead out of it: told, and opened', async ({ app, page }) => {
    const bytes = readFileSync(local('skopeo-oci.tar'));
    // Before the two empty blocks that end it.
    const odd = tarOf([
      { name: 'index.json', content: 'not JSON: the later one counts' },
      { name: '../../etc/passwd', content: 'root' },
    ]);
    const head = odd.subarray(0, odd.length - 1024);
    await app.goto();
    await app.localFile.setInputFiles(file('odd.tar', Buffer.concat([head, bytes])));
    await app.expectVerified();
    await expect(page.getByRole('note')).toContainText('index.json');
    await expect(page.getByRole('note')).toContainText('../../etc/passwd');
    expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
  });
});
