/** What is kept outlives cut connections, killed tabs, full disks and damage: no wrong content, no lost layer, no dead page. */
import type { BrowserContext, Page } from '@playwright/test';
import { App, expect, stage, test } from './fixtures/app.ts';
import type { FaultProxy } from './fixtures/fault-proxy.ts';
import { Profile } from './fixtures/profile.ts';

interface Layer {
  readonly digest: string;
  readonly size: number;
}

/** The layers of `large:latest`, the large one first. */
async function layersOfLarge(): Promise<[large: Layer, small: Layer]> {
  const answer = await fetch(`http://${stage().registry}/v2/large/manifests/latest`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  const { layers } = (await answer.json()) as { layers: Layer[] };
  return layers.toSorted((a, b) => b.size - a.size) as [Layer, Layer];
}

const largeLayer = async () => (await layersOfLarge())[0];

/** Where each request for the layer wanted to begin. */
function startsOf(proxy: FaultProxy, { digest }: Layer): number[] {
  return proxy.asked
    .filter(({ method, path }) => method === 'GET' && path.endsWith(digest))
    .map(({ headers }) => Number(/^bytes=(\d+)-/.exec(String(headers['range'] ?? ''))?.[1] ?? 0));
}

async function expectLarge(app: App): Promise<void> {
  await app.expectVerified();
  const listing = await app.listing();
  expect(listing.map(({ path }) => path)).toEqual([
    '/data',
    ...Array.from({ length: 24 }, (_, i) => `/data/${String(i).padStart(2, '0')}`),
    '/etc',
    '/etc/name',
  ]);
}

/** By its link, until it is on the screen. */
async function readFile(page: Page, path: string): Promise<void> {
  const shown = () => performance.getEntriesByName('stratascope.file').length;
  const before = await page.evaluate(shown);
  await page.evaluate((to) => {
    const address = new URLSearchParams(location.hash.slice(1));
    address.set('path', to);
    location.hash = address.toString();
  }, path);
  await expect.poll(() => page.evaluate(shown)).toBe(before + 1);
}

/** Ends the tab's process as a crash does, and goes on in another tab. */
async function crash(context: BrowserContext, page: Page): Promise<App> {
  const devtools = await context.newCDPSession(page);
  devtools.send('Page.crash').catch(() => {});
  await page.waitForEvent('crash');
  return new App(await context.newPage());
}

/**
 * Everything kept has been written: the layer is not asked for any more. Read to its end, too: what a private window keeps is
 * in memory, where a record is there before its bytes are.
 */
async function expectKept(page: Page, digest: string): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(
        (key) =>
          new Promise((resolve) => {
            const opening = indexedDB.open('stratascope');
            opening.onsuccess = () => {
              const db = opening.result;
              const both = db.transaction(['contents', 'parts']);
              const get = both.objectStore('contents').get(key);
              const parts = both.objectStore('parts').getAll(IDBKeyRange.bound([key], [key, []]));
              both.oncomplete = async () => {
                db.close();
                const blobs = (parts.result as { blob: Blob }[]).map(({ blob }) => blob.slice(-1));
                await Promise.all(blobs.map((blob) => blob.arrayBuffer()));
                resolve((get.result as { whole?: boolean })?.whole ?? false);
              };
            };
          }),
        digest,
      ),
    )
    .toBe(true);
}

for (const share of [0.1, 0.5, 0.99]) {
  test(`a connection that breaks for good at ${share * 100} % goes on there another day`, async ({
    app,
    faulty,
  }) => {
    test.setTimeout(120_000);
    const layer = await largeLayer();
    const cut = Math.floor(layer.size * share);
    const blob = new RegExp(`GET .*${layer.digest}`);
    const broken = await faulty({
      faults: [
        { when: blob, how: { cut }, times: 1 },
        { when: blob, how: { status: 503 } },
      ],
    });
    await app.open(`${broken.host}/large:latest`);
    await expect(app.alert).toBeVisible({ timeout: 60_000 });
    const well = await faulty({});
    await app.open(`${well.host}/large:latest`);
    await expectLarge(app);
    // Of what came the browser drops what it had not handed on when the connection broke: some MB at most.
    const starts = startsOf(well, layer);
    expect(starts).toHaveLength(1);
    expect(starts[0]).toBeLessThanOrEqual(cut);
    expect(starts[0]).toBeGreaterThan(Math.max(0, cut - 4_000_000));
  });
}

test('a tab that is killed in the middle of a download goes on from there', async ({
  app,
  context,
  faulty,
  page,
}) => {
  test.setTimeout(90_000);
  const layer = await largeLayer();
  const slow = await faulty({ faults: [{ when: /GET .*blobs/, how: { slow: 3_000_000 } }] });
  await app.open(`${slow.host}/large:latest`);
  // From its first byte: how long a busy machine takes to ask for it is no matter.
  await expect.poll(() => startsOf(slow, layer).length).toBe(1);
  await page.waitForTimeout(5000);
  const next = await crash(context, page);
  const well = await faulty({});
  await next.open(`${well.host}/large:latest`);
  await expectLarge(next);
  const [start] = startsOf(well, layer);
  expect(startsOf(well, layer)).toHaveLength(1);
  expect(start).toBeGreaterThan(3_000_000);
});

test('a tab that is killed at any moment, also while it writes, leaves nothing wrong behind', async ({
  app,
  context,
}) => {
  test.setTimeout(120_000);
  let tab = app;
  for (const ms of [150, 300, 450, 600, 750, 900, 1100, 1400]) {
    await tab.open(`${stage().registry}/large:latest`);
    await tab.page.waitForTimeout(ms);
    tab = await crash(context, tab.page);
  }
  await tab.open(`${stage().registry}/large:latest`);
  await expectLarge(tab);
  await tab.page.reload();
  await expectLarge(tab);
});

test('a layer that was finished is not lost with the tab', async ({ app, context, faulty, page }) => {
  const layer = await largeLayer();
  const proxy = await faulty({});
  await app.open(`${proxy.host}/large:latest`);
  await app.expectVerified();
  await expectKept(page, layer.digest);
  const next = await crash(context, page);
  await next.open(`${proxy.host}/large:latest`);
  await expectLarge(next);
  expect(startsOf(proxy, layer)).toEqual([0]);
});

for (const [where, store] of [
  ['a blob', 'parts'],
  ['what was computed from it', 'derived'],
] as const) {
  test(`a flipped byte in ${where} is noticed, and made good without a word`, async ({
    app,
    faulty,
    page,
  }) => {
    const layer = await largeLayer();
    const proxy = await faulty({});
    await app.open(`${proxy.host}/large:latest`);
    await app.expectVerified();
    await expectKept(page, layer.digest);
    // Seek points come last, when nothing was done for a while.
    await page.waitForTimeout(6000);
    const flipped = await page.evaluate(
      ([name, digest]) =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('stratascope');
          opening.onerror = () => reject(opening.error as DOMException);
          opening.onsuccess = () => {
            const db = opening.result;
            const found: { key: IDBValidKey; value: Record<string, unknown>; blob: Blob }[] = [];
            const cursor = db.transaction(name).objectStore(name).openCursor();
            cursor.onsuccess = async () => {
              const at = cursor.result;
              if (at !== null) {
                const value = at.value as Record<string, unknown>;
                const blob = (value['blob'] ?? value['bulk']) as Blob;
                if (JSON.stringify(at.key).includes(digest) && blob.size > 0)
                  found.push({ key: at.key, value, blob });
                at.continue();
                return;
              }
              const changed = await Promise.all(
                found.map(async ({ key, value, blob }) => {
                  const bytes = new Uint8Array(await blob.arrayBuffer());
                  bytes[bytes.length >> 1]! ^= 4;
                  return {
                    key,
                    value: { ...value, [name === 'parts' ? 'blob' : 'bulk']: new Blob([bytes]) },
                  };
                }),
              );
              const writing = db.transaction(name, 'readwrite');
              for (const { key, value } of changed) writing.objectStore(name).put(value, key);
              writing.oncomplete = () => (db.close(), resolve(changed.length));
            };
          };
        }),
      [store, layer.digest] as const,
    );
    expect(flipped).toBeGreaterThan(0);
    await page.reload();
    await expectLarge(app);
    await expect(app.alert).toHaveCount(0);
    // A blob has to come again; what is computed can be computed again.
    await expect.poll(() => startsOf(proxy, layer).length).toBe(store === 'parts' ? 2 : 1);
    await expectKept(page, layer.digest);
    await page.reload();
    await expectLarge(app);
    expect(startsOf(proxy, layer).length).toBe(store === 'parts' ? 2 : 1);
  });
}

test('a database of a newer version is left alone, and images open without it', async ({ app, page }) => {
  await app.goto();
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('stratascope', 1_000_000);
        opening.onerror = () => reject(opening.error as DOMException);
        opening.onsuccess = () => (opening.result.close(), resolve());
      }),
  );
  await app.open(`${stage().registry}/large:latest`);
  await expectLarge(app);
  await page.reload();
  await expectLarge(app);
});

for (const how of ['in one piece', 'in parts'] as const) {
  test(`storage that is cleared while an image is open, kept ${how}, takes nothing from the page`, async ({
    faulty,
  }) => {
    const layer = await largeLayer();
    // What goes on where a connection broke is kept as it came.
    const blob = new RegExp(`GET .*${layer.digest}`);
    const cut = { when: blob, how: { cut: 12_000_000 }, times: 1 } as const;
    const { host } = how === 'in parts' ? await faulty({ faults: [cut] }) : { host: stage().registry };
    // What a context without one keeps, it keeps in memory, where it outlives this.
    const profile = await Profile.create();
    try {
      const { app, context } = await profile.start();
      const { page } = app;
      await app.open(`${host}/large:latest`);
      await app.expectVerified();
      await expectKept(page, layer.digest);
      await readFile(page, '/data/03');
      const devtools = await context.newCDPSession(page);
      await devtools.send('Storage.clearDataForOrigin', {
        origin: new URL(stage().page).origin,
        storageTypes: 'all',
      });
      const asked = performance.now();
      await readFile(page, '/data/04');
      // A handle that never answers is given 5 seconds (`in-time.ts`).
      expect(performance.now() - asked).toBeLessThan(3000);
      await expectLarge(app);
      await app.type(`${stage().registry}/torture:latest`);
      await app.expectVerified();
      await page.goBack();
      await expectLarge(app);
      await page.reload();
      await expectLarge(app);
    } finally {
      await profile.remove();
    }
    expect(profile.errors).toEqual([]);
  });
}

const NO_STORE = 'This browser keeps nothing here';
const NO_ROOM = 'There is no room left to keep this image';
const SHORT = [
  { quotaSize: 20_000, says: NO_STORE },
  { quotaSize: 1_000_000, says: NO_ROOM },
  { quotaSize: 10_000_000, says: NO_ROOM },
];
for (const { quotaSize, says } of SHORT) {
  test(`a disk with room for ${quotaSize} bytes keeps no image from being opened`, async ({ app, page }) => {
    await app.limitStorage(quotaSize);
    for (let visit = 0; visit < 2; visit++) {
      await app.open(`${stage().registry}/large:latest`);
      await expectLarge(app);
      await expect(page.getByText(says)).toBeVisible();
    }
  });
}

test('two tabs that open an image at once fetch it once', async ({ context, faulty }) => {
  const layer = await largeLayer();
  const proxy = await faulty({ faults: [{ when: /GET .*blobs/, how: { slow: 8_000_000 } }] });
  const tabs = await Promise.all([context.newPage(), context.newPage()]);
  const apps = tabs.map((tab) => new App(tab));
  await Promise.all(apps.map((one) => one.open(`${proxy.host}/large:latest`)));
  for (const one of apps) await expectLarge(one);
  expect(startsOf(proxy, layer)).toEqual([0]);
});

test('a tab that comes between the download of a layer and its writing does not fetch it again', async ({
  context,
  faulty,
}) => {
  const [layer, other] = await layersOfLarge();
  // It keeps the tree, and so the writing, waiting.
  const late = { when: new RegExp(`GET .*${other.digest}`), how: { delayMs: 8000 } } as const;
  const proxy = await faulty({ faults: [late] });
  const first = new App(await context.newPage());
  await first.open(`${proxy.host}/large:latest`);
  await expect.poll(() => startsOf(proxy, layer)).toEqual([0]);
  await first.page.waitForTimeout(4000);
  await first.expectPhase('opening');
  const second = new App(await context.newPage());
  await second.open(`${proxy.host}/large:latest`);
  for (const one of [first, second]) await expectLarge(one);
  expect(startsOf(proxy, layer)).toEqual([0]);
});

test('an opening that was cancelled keeps no other one waiting', async ({ app, context, faulty, page }) => {
  const [layer, other] = await layersOfLarge();
  const stuck = { when: new RegExp(`GET .*${other.digest}`), how: { hang: true } } as const;
  const proxy = await faulty({ faults: [stuck] });
  await app.open(`${proxy.host}/large:latest`);
  await expect.poll(() => startsOf(proxy, layer)).toEqual([0]);
  await page.waitForTimeout(3000);
  await page.goBack();
  const next = new App(await context.newPage());
  await next.open(`${stage().registry}/large:latest`);
  await expectLarge(next);
});

test('a tab of a newer version may change the database while this one goes on', async ({ app, context }) => {
  await app.open(`${stage().registry}/large:latest`);
  await app.expectVerified();
  const newer = await context.newPage();
  await newer.goto(`${stage().page}sample/index.json`);
  const state = await newer.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open('stratascope', 1_000_000);
        opening.onblocked = () => setTimeout(() => resolve('blocked'), 3000);
        opening.onsuccess = () => (opening.result.close(), resolve('upgraded'));
      }),
  );
  expect(state).toBe('upgraded');
  await expectLarge(app);
  await app.type(`${stage().registry}/torture:latest`);
  await app.expectVerified();
});
