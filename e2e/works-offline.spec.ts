/** Without a network, without the registry, and after the browser was closed: what was opened once is there. */
import { appendFile, cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Page } from '@playwright/test';
import { preview } from 'vite';
import { expect, realListing, stage, test as base } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { run } from './fixtures/process.ts';
import { Profile } from './fixtures/profile.ts';
import { ROOT } from './fixtures/stage.ts';
import { differences } from './fixtures/umoci-listing.ts';

const test = base.extend<{ profile: Profile; another: Profile }>({
  profile: async ({}, use) => {
    const profile = await Profile.create();
    await use(profile);
    await profile.remove();
    expect(profile.errors).toEqual([]);
  },
  another: async ({}, use) => {
    const profile = await Profile.create();
    await use(profile);
    await profile.remove();
    expect(profile.errors).toEqual([]);
  },
});

const local = (name: string) => join(stage().local, name);

/** The app is there without a network from now on. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== 'activated')
      await new Promise((resolve) => active?.addEventListener('statechange', resolve));
  });
}

/** All that service workers keep. */
function cachedUrls(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) urls.push(request.url);
    return urls.sort();
  });
}

/**
 * What was verified is written down in the same moments; a page that is left sooner fetches it once more. Nothing that a
 * script may rely on tells when that is done.
 */
const settled = (page: Page) => page.waitForTimeout(1000);

const recent = (page: Page, name: RegExp) =>
  page.getByRole('list', { name: 'Recent images' }).getByRole('link', { name });

async function keep(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Keep in this browser' }).click();
  await expect(page.getByRole('region', { name: 'Summary' })).toContainText('kept in this browser');
}

test('the app starts with no network, whatever its address says', async ({ profile }) => {
  let { app, context } = await profile.start();
  await app.goto();
  await installed(app.page);
  await context.setOffline(true);
  await app.page.reload();
  await expect(app.page.getByRole('heading', { name: 'See inside any container image.' })).toBeVisible();

  ({ app, context } = await profile.start({ offline: true }));
  await app.goto();
  await expect(app.reference).toBeVisible();
  await app.page.goto(`${stage().page}?image=registry.example.org/never-seen:1`);
  await app.expectPhase('failed');
  expect(app.hash()).toBe('#image=registry.example.org/never-seen:1');
  await app.page.goto(`${stage().page}index.html#cache`);
  await expect(app.page.getByRole('heading', { name: 'Kept in this browser' })).toBeVisible();
});

test('its service worker keeps the app, and nothing of what is opened', async ({ profile }) => {
  const { app } = await profile.start();
  await app.goto();
  await installed(app.page);
  const before = await cachedUrls(app.page);
  expect(before.length).toBeGreaterThan(5);
  const { origin } = new URL(stage().page);
  for (const url of before) {
    expect(new URL(url).origin).toBe(origin);
    expect(url).not.toContain('/sample/');
  }
  // Now it controls the page.
  await app.goto('layout=sample/');
  await app.expectVerified();
  await app.open(`${stage().registry}/torture:latest`);
  await app.expectVerified();
  expect(await cachedUrls(app.page)).toEqual(before);
});

test('a new version waits until it is wanted', async ({ profile }) => {
  const dist = join(await mkdtemp(join(tmpdir(), 'dist-')), 'dist');
  await cp(join(ROOT, 'dist'), dist, { recursive: true });
  const server = await preview({
    configFile: false,
    root: join(dist, '..'),
    build: { outDir: dist },
    logLevel: 'warn',
    appType: 'mpa',
    preview: { host: '127.0.0.1', port: 4573, strictPort: false },
  });
  try {
    const { port } = server.httpServer.address() as AddressInfo;
    const { page } = (await profile.start()).app;
    await page.goto(`http://127.0.0.1:${port}/`);
    await installed(page);
    await page.reload();
    const reload = page.getByRole('button', { name: 'Reload' });
    await expect(reload).toHaveCount(0);
    await appendFile(join(dist, 'service-worker.js'), '\n// the next one\n');
    await page.reload();
    await expect(page.getByText('A new version is here.')).toBeVisible();
    const states = () =>
      page.evaluate(async () => {
        const { active, waiting } = (await navigator.serviceWorker.getRegistration())!;
        return [active?.state, waiting?.state];
      });
    expect(await states()).toEqual(['activated', 'installed']);
    const loaded = page.waitForEvent('load');
    await reload.click();
    await loaded;
    await expect(page.getByRole('heading', { name: 'See inside any container image.' })).toBeVisible();
    expect(await states()).toEqual(['activated', undefined]);
    await expect(reload).toHaveCount(0);
  } finally {
    await server.close();
  }
});

test('a local image that was kept opens without its file, after a restart and with no network', async ({
  profile,
}) => {
  let { app } = await profile.start();
  await app.goto();
  await app.localFile.setInputFiles(local('several.tar'));
  await app.page.getByRole('button', { name: /torture/ }).click();
  await app.expectVerified();
  const listing = await app.exportListing();
  expect(differences(listing, realListing('torture'))).toEqual([]);
  await keep(app.page);
  await installed(app.page);

  ({ app } = await profile.start({ offline: true }));
  await app.goto();
  await recent(app.page, /torture/).click();
  await app.expectVerified();
  expect(app.hash()).toBe('#local=several.tar&name=torture');
  expect(await app.exportListing()).toBe(listing);
  // Of the others in that file nothing was kept.
  await app.goto('local=several.tar&name=sample');
  await app.expectFailure('not-found', /has no image of this name|on the machine of whoever made it/);
});

test('what docker save wrote, kept, says the same of itself as from the file', async ({ profile }) => {
  const { app } = await profile.start();
  await app.goto();
  await app.localFile.setInputFiles(local('skopeo-docker.tar'));
  await app.expectVerified();
  const listing = await app.exportListing();
  await keep(app.page);
  await app.page.reload();
  await app.expectVerified();
  expect(await app.exportListing()).toBe(listing);
  await expect(app.page.getByRole('region', { name: 'Summary' })).toContainText(
    /kept in this browser, made by docker save/,
  );
});

test('an export is read by skopeo, and by another browser', async ({ profile, another }) => {
  const { app } = await profile.start();
  await app.goto();
  for (const name of ['skopeo-oci.tar', 'buildah-oci.tar']) {
    await app.localFile.setInputFiles(local(name));
    await expect(app.page).toHaveTitle(new RegExp(`^${name}`));
    await app.expectVerified();
    await keep(app.page);
  }
  await app.page.getByRole('link', { name: 'Kept', exact: true }).click();
  const file = await download(app.page.getByRole('button', { name: 'Export all' }));
  const folder = await mkdtemp(join(tmpdir(), 'export-'));
  const tar = join(folder, file.suggestedFilename());
  await file.saveAs(tar);

  const index = JSON.parse(await run('tar', ['-xOf', tar, 'index.json'])) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  expect(index.manifests).toHaveLength(2);
  for (const { digest, annotations } of index.manifests) {
    const name = annotations['org.opencontainers.image.ref.name']!;
    const inspected = JSON.parse(await run('skopeo', ['inspect', `oci-archive:${tar}:${name}`])) as {
      Digest: string;
    };
    expect(inspected.Digest).toBe(digest);
    await run('skopeo', ['copy', '--quiet', `oci-archive:${tar}:${name}`, `dir:${join(folder, name)}`]);
  }

  const there = (await another.start({ offline: false })).app;
  await there.goto('cache');
  await there.page.getByLabel('Import a tarball').setInputFiles(tar);
  await expect(there.page.getByText('Imported 2 images.').first()).toBeVisible();
  await there.page.getByRole('list', { name: 'Recent images' }).getByRole('link').nth(1).click();
  await there.expectVerified();
  const first = await there.exportListing();
  await there.page.goBack();
  await there.page.getByRole('list', { name: 'Recent images' }).getByRole('link').nth(1).click();
  await there.expectVerified();
  const second = await there.exportListing();
  const wrong = [first, second].map((listing) =>
    Math.min(
      differences(listing, realListing('torture')).length,
      differences(listing, realListing('sample-amd64')).length,
    ),
  );
  expect(wrong).toEqual([0, 0]);
  expect(first).not.toBe(second);
  // And like any local image.
  await there.localFile.setInputFiles(tar);
  await there.expectPhase('choosing-image');
});

test('what is imported and is not what it claims, is told and not kept', async ({ profile }) => {
  const bytes = await readFile(local('skopeo-oci.tar'));
  // A gzip member's last byte, of which nothing else depends.
  const at = bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08])) + 40;
  bytes[at]! ^= 1;
  const { app } = await profile.start();
  await app.goto('cache');
  await app.page
    .getByLabel('Import a tarball')
    .setInputFiles({ name: 'damaged.tar', mimeType: 'application/x-tar', buffer: bytes });
  await expect(app.page.getByText(/not what it claims/).first()).toBeVisible();
  await expect(app.page.getByText('Nothing is kept yet.')).toBeVisible();
});

test.describe('an image of a registry', () => {
  for (const [what, name] of [
    ['by its tag', 'torture:latest'],
    ['of an index', 'team/bedrock:1.4'],
  ] as const) {
    test(`${what} opens again with the registry gone, no network, and after a restart`, async ({
      profile,
      faulty,
    }) => {
      const registry = await faulty({});
      let { app } = await profile.start();
      await app.open(`${registry.host}/${name}`);
      await app.expectVerified();
      const listing = await app.exportListing();
      await installed(app.page);
      await settled(app.page);
      await registry.stop();
      const asked = registry.asked.length;

      let context;
      ({ app, context } = await profile.start({ offline: true }));
      await app.goto();
      await recent(app.page, new RegExp(name)).click();
      await app.expectVerified();
      expect(await app.exportListing()).toBe(listing);
      await expect(app.page.getByRole('note')).toContainText(/^As of .*: the registry could not be asked/);

      // There is a network, but no registry.
      await context.setOffline(false);
      await app.page.reload();
      await app.expectVerified();
      expect(await app.exportListing()).toBe(listing);
      expect(registry.asked.length).toBe(asked);
    });
  }

  test('by its digest asks nobody, the second time', async ({ profile, faulty }) => {
    const registry = await faulty({});
    const { app } = await profile.start();
    await app.open(`${registry.host}/torture:latest`);
    await app.expectVerified();
    const listing = await app.exportListing();
    const reference = `docker://${stage().registry}/torture:latest`;
    const digest = await run('skopeo', [
      'inspect',
      '--tls-verify=false',
      '--format',
      '{{.Digest}}',
      reference,
    ]);
    await settled(app.page);
    const before = registry.asked.length;
    await app.open(`${registry.host}/torture@${digest.trim()}`);
    await app.expectVerified();
    expect(await app.exportListing()).toBe(listing);
    expect(registry.asked.slice(before)).toEqual([]);
    await expect(app.page.getByRole('note')).toHaveCount(0);
  });

  for (const [what, repository, tag] of [
    ['a manifest', 'torture', 'latest'],
    ['an index', 'team/bedrock', '1.4'],
  ] as const) {
    test(`fetches nothing twice, and asks for its tag once: ${what}`, async ({ profile, faulty }) => {
      const registry = await faulty({});
      const { app } = await profile.start();
      await app.open(`${registry.host}/${repository}:${tag}`);
      await app.expectVerified();
      await settled(app.page);
      const before = registry.asked.length;
      await app.page.reload();
      await app.expectVerified();
      const again = registry.asked.slice(before).map(({ method, path }) => `${method} ${path}`);
      expect(again).toEqual([`HEAD /v2/${repository}/manifests/${tag}`]);
    });
  }

  test('exported here, opens in another browser by its digest, with the registry gone', async ({
    profile,
    another,
    faulty,
  }) => {
    const registry = await faulty({});
    const { app } = await profile.start();
    await app.open(`${registry.host}/team/bedrock:1.4`);
    await app.expectVerified();
    const listing = await app.exportListing();
    await settled(app.page);
    await registry.stop();
    await app.goto('cache');
    const file = await download(app.page.getByRole('button', { name: /^Export .*bedrock/ }));
    const tar = join(await mkdtemp(join(tmpdir(), 'export-')), 'image.tar');
    await file.saveAs(tar);
    // Of the index only this platform is there, and so it is what the layout names.
    await run('skopeo', ['inspect', `oci-archive:${tar}`]);

    const there = (await another.start()).app;
    await there.goto('cache');
    await there.page.getByLabel('Import a tarball').setInputFiles(tar);
    await recent(there.page, /bedrock/).click();
    await there.expectVerified();
    expect(there.hash()).toContain(`#image=${registry.host}/team/bedrock:1.4@sha256:`);
    expect(await there.exportListing()).toBe(listing);
  });
});

test('a disk without room keeps no image from being opened', async ({ profile }) => {
  const { app } = await profile.start();
  await app.limitStorage(2000);
  await app.goto();
  await app.type(`${stage().registry}/torture:latest`);
  await app.expectVerified();
  expect(differences(await app.exportListing(), realListing('torture'))).toEqual([]);
});

test('a dropped file is remembered, and read again at a click', async ({ profile }) => {
  const path = join(await mkdtemp(join(tmpdir(), 'dropped-')), 'dropped.tar');
  await cp(local('skopeo-oci.tar'), path);
  let { app, context } = await profile.start();
  await app.goto();
  const devtools = await context.newCDPSession(app.page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    await devtools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
  await app.expectVerified();
  const listing = await app.exportListing();
  // The page has lost the file; the browser still allows it to be read, as long as a tab of it is there.
  await app.page.reload();
  await app.expectFailure('not-found', /on the machine of whoever made it/);
  await app.page.getByRole('button', { name: 'Read it again' }).click();
  await app.expectVerified();
  expect(await app.exportListing()).toBe(listing);

  // Later the browser asks the person, whom no test can play.
  ({ app, context } = await profile.start());
  await app.goto();
  const row = app.page.getByRole('list', { name: 'Recent images' }).getByRole('listitem');
  await expect(row.filter({ hasText: 'dropped.tar' })).toContainText('reads its file again');
});

for (const kind of ['file', 'folder'] as const) {
  test(`a ${kind} that is picked is remembered too, and read again after a restart`, async ({ profile }) => {
    const picked: [path: string, base64: string][] = [];
    if (kind === 'file') {
      picked.push(['picked.tar', (await readFile(local('skopeo-oci.tar'))).toString('base64')]);
    } else {
      const folder = local('umoci-layout');
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile())
          picked.push([`picked/${relative(folder, path)}`, (await readFile(path)).toString('base64')]);
      }
    }
    let { app } = await profile.start();
    await app.goto();
    // The dialog is the system's, and no test can play it; what it gives is a handle of the browser, like this one.
    await app.page.evaluate(async (files) => {
      const root = await navigator.storage.getDirectory();
      for (const [path, base64] of files) {
        const parts = path.split('/');
        let folder = root;
        for (const part of parts.slice(0, -1))
          folder = await folder.getDirectoryHandle(part, { create: true });
        const handle = await folder.getFileHandle(parts.at(-1)!, { create: true });
        const writing = await handle.createWritable();
        await writing.write(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
        await writing.close();
      }
      Object.assign(window, {
        showOpenFilePicker: async () => [await root.getFileHandle('picked.tar')],
        showDirectoryPicker: () => root.getDirectoryHandle('picked'),
      });
    }, picked);
    await (kind === 'file' ? app.localFile : app.localFolder).click();
    await app.expectVerified();
    const listing = await app.exportListing();
    expect(differences(listing, realListing('torture'))).toEqual([]);

    ({ app } = await profile.start());
    await app.goto();
    const row = app.page.getByRole('list', { name: 'Recent images' }).getByRole('listitem');
    await expect(row).toContainText('reads its file again');
    await row.getByRole('link').click();
    await app.expectVerified();
    expect(await app.exportListing()).toBe(listing);
  });
}

test('a picker that is closed, and one that the page may not have, do no harm', async ({ profile }) => {
  const { app } = await profile.start();
  const { page } = app;
  await app.goto();
  const picker = (name: string) =>
    page.evaluate((name) => {
      const showOpenFilePicker = () => Promise.reject(new DOMException('no', name));
      Object.assign(window, { showOpenFilePicker });
    }, name);
  await picker('AbortError');
  await app.localFile.click();
  await app.expectPhase('empty');
  await picker('SecurityError');
  const picking = page.waitForEvent('filechooser');
  await app.localFile.click();
  await (await picking).setFiles(local('skopeo-oci.tar'));
  await app.expectVerified();
});

test('images are pinned, removed one by one, and all at a second press', async ({ profile }) => {
  let { app } = await profile.start();
  const { page } = app;
  await app.goto();
  for (const name of ['skopeo-oci.tar', 'buildah-oci.tar']) {
    await app.localFile.setInputFiles(local(name));
    await expect(page).toHaveTitle(new RegExp(`^${name}`));
    await app.expectVerified();
    await keep(page);
  }
  await app.goto();
  const list = page.getByRole('list', { name: 'Recent images' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await list.getByRole('button', { name: /^Pin/ }).first().click();
  await expect(list.getByRole('button', { name: /^Pin/ }).first()).toHaveAttribute('aria-pressed', 'true');
  await list
    .getByRole('button', { name: /^Remove/ })
    .last()
    .click();
  await expect(list.getByRole('listitem')).toHaveCount(1);

  ({ app } = await profile.start());
  await app.goto('cache');
  const kept = app.page.getByRole('list', { name: 'Recent images' });
  await expect(kept.getByRole('button', { name: /^Pin/ })).toHaveAttribute('aria-pressed', 'true');
  await app.page.getByRole('button', { name: 'Remove all' }).click();
  await expect(kept.getByRole('listitem')).toHaveCount(1);
  await app.page.getByRole('button', { name: 'Press again to remove all' }).click();
  await expect(app.page.getByText('Nothing is kept yet.')).toBeVisible();
});
