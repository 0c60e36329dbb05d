/** A person picks a file, or a link to one, sees what is in it, and takes it along. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { tarOf, type TestEntry } from '../src/testing/tar-of.ts';
import { expect, stage, test, type App } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from './fixtures/layout.ts';
import { Pusher } from './fixtures/push.ts';
import { unpackedFiles } from './fixtures/unpacked.ts';

const contents = (page: Page) => page.getByRole('region', { name: 'Contents' });
const text = (page: Page) => contents(page).getByRole('textbox', { name: 'Text of the file' });

const encoded = (path: string) => encodeURIComponent(path).replaceAll('%2F', '/');

async function read(app: App, image: string, path: string, more = ''): Promise<void> {
  await app.goto(`image=${stage().registry}/${image}&path=${encoded(path)}${more}`);
  await app.expectPhase('open');
}

/** Name and SHA-256 of what the browser was given. */
async function taken(page: Page): Promise<{ name: string; sum: string; size: number }> {
  const file = await download(contents(page).getByRole('button', { name: 'Download' }));
  const bytes = await readFile(await file.path());
  const sum = createHash('sha256').update(bytes).digest('hex');
  return { name: file.suggestedFilename(), sum, size: bytes.length };
}

/** An image of one layer, made for a test. */
async function push(name: string, entries: readonly TestEntry[]): Promise<void> {
  const pusher = new Pusher(stage().registry, name);
  const tar = tarOf(entries);
  const layer = await pusher.blob(gzipSync(tar), OCI_LAYER_GZIP);
  const rootfs = { type: 'layers', diff_ids: [sha256(tar)] };
  const config = await pusher.json({ architecture: 'amd64', os: 'linux', rootfs }, OCI_CONFIG);
  await pusher.manifest({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }, 'latest');
}

test('reads a text with its lines, its encoding and its language, and links to a line', async ({
  app,
  page,
}) => {
  await app.goto('layout=sample/&path=/etc/passwd');
  await expect(text(page)).toContainText('bedrock:x:1000');
  await expect(contents(page)).toContainText('ASCII');
  await expect(contents(page)).toContainText('3 lines');
  // Also after the time in which it would have been called slow.
  await page.waitForTimeout(400);
  await expect(contents(page).locator('[aria-busy]')).toHaveAttribute('aria-busy', 'false');
  expect(await page.evaluate(() => performance.getEntriesByName('stratascope.file').length)).toBe(1);
  await contents(page).locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^2$/ }).click();
  await expect.poll(() => app.hash()).toContain('&path=/etc/passwd&line=2');
  await page.reload();
  await expect(contents(page).locator('.cm-asked')).toContainText('bedrock');
  await app.row('profile').first().click();
  await expect(text(page)).not.toContainText('bedrock:x');
  await expect.poll(() => app.hash()).not.toContain('line=');
});

test('finds in a text, goes to a line, wraps', async ({ app, page }) => {
  await app.goto('layout=sample/&path=/app/data/samples.csv');
  await text(page).click();
  await page.keyboard.press('Control+f');
  await expect(contents(page).getByRole('textbox', { name: 'Find' })).toBeFocused();
  await page.keyboard.type('gneiss');
  await page.keyboard.press('Enter');
  await expect(contents(page).locator('.cm-searchMatch-selected').first()).toContainText(/gneiss/i);
  await contents(page).getByRole('button', { name: 'Go to line' }).click();
  await page.keyboard.type('700\n');
  await expect(contents(page).locator('.cm-lineNumbers')).toContainText('700');
  await contents(page).getByRole('button', { name: 'Wrap' }).click();
  await expect(contents(page).locator('.cm-lineWrapping')).toBeVisible();
  await contents(page).getByRole('button', { name: 'Full width' }).click();
  const width = async () => (await contents(page).boundingBox())?.width ?? 0;
  expect(await width()).toBeGreaterThan(1200);
  await contents(page).getByRole('button', { name: 'Smaller' }).click();
  expect(await width()).toBeLessThan(900);
});

test('downloads just what umoci unpacks, through links, holes and odd names', async ({ app, page }) => {
  test.setTimeout(120_000);
  const real = await unpackedFiles(stage().registry, 'torture:latest');
  const names = [...real.keys()].filter((path) => !path.includes('large') && !path.includes('\ufffd'));
  expect(names.length).toBeGreaterThan(25);
  await read(app, 'torture:latest', '/etc/passwd');
  await app.expectVerified();
  for (const path of [...names, './usr/lib/large']) {
    await page.evaluate((hash) => (location.hash = hash), hashOf('torture:latest', path.slice(1)));
    const base = path.slice(path.lastIndexOf('/') + 1);
    await expect(app.files.locator('[aria-selected=true]')).toHaveCount(1);
    const file = await taken(page);
    expect([path, file.sum]).toEqual([path, real.get(path)]);
    expect(file.name).not.toMatch(/[\x00-\x1f/\\\u202e]/);
    if (/^[\w.-]+$/.test(base) && base.length < 100 && !base.startsWith('.')) expect(file.name).toBe(base);
  }
  for (const [link, path] of [
    ['/etc/absolute', './etc/passwd'],
    ['/bin/relative', './etc/one'],
    ['/srv/www/long-link', null],
  ] as const) {
    await page.evaluate((hash) => (location.hash = hash), hashOf('torture:latest', link));
    if (path === null) continue;
    await expect(contents(page)).toContainText(`→ ${path.slice(1)}`);
    expect((await taken(page)).sum).toBe(real.get(path));
  }
});

const hashOf = (image: string, path: string) => `#image=${stage().registry}/${image}&path=${encoded(path)}`;

test('says plainly what has no bytes', async ({ app, page }) => {
  for (const [path, says] of [
    ['/bin/dangling', /leads to nothing/],
    ['/dev/null', /is a device/],
    ['/run/pipe', /named pipe/],
    ['/tmp', null],
  ] as const) {
    await read(app, 'torture:latest', path);
    if (says === null) await expect(contents(page)).toHaveCount(0);
    else await expect(contents(page)).toContainText(says);
  }
  await read(app, 'torture:latest', '/bin/self');
  await expect(contents(page)).toContainText(/is a folder/);
  await push('hollow', [{ name: 'empty' }]);
  await read(app, 'hollow', '/empty');
  await expect(contents(page)).toContainText('The file is empty.');
});

for (const form of [
  'gzip',
  'none',
  'gzip-members',
  'gzip-stargz',
  'pigz',
  'gzip-padded',
  'zstd',
  'zstd-frames',
  'lying',
]) {
  test(`reads the same bytes out of a layer that is ${form}`, async ({ app, page }) => {
    await read(app, `forms:${form}`, '/data/link');
    await app.expectVerified();
    await expect(contents(page)).toContainText('→ /data/08');
    const link = await taken(page);
    await page.evaluate((hash) => (location.hash = hash), hashOf(`forms:${form}`, '/data/39'));
    await expect(text(page)).toBeVisible();
    const last = await taken(page);
    const real = await unpackedFiles(stage().registry, 'forms:none');
    expect([link.sum, last.sum]).toEqual([real.get('./data/08'), real.get('./data/39')]);
    await page.evaluate((hash) => (location.hash = hash), hashOf(`forms:${form}`, '/etc/form'));
    await expect(text(page)).toContainText('two');
  });
}

test('shows bytes as hex, at any place of a file with holes', async ({ app, page }) => {
  await read(app, 'torture:latest', '/var/cache/hole');
  const bytes = contents(page).getByRole('region', { name: 'Bytes of the file' });
  await expect(bytes).toContainText('00000010');
  await contents(page).getByLabel('Go to byte').fill('3000000');
  await page.keyboard.press('Enter');
  await expect(bytes).toContainText('002dc6c0  64 61 74 61 00'.slice(0, 8));
  await expect(bytes).toContainText('data....');
  await bytes.focus();
  await page.keyboard.press('End');
  await expect(bytes).toContainText('004ffff0');
});

test('draws a picture, and shows its bytes when asked', async ({ app, page }) => {
  await app.goto('layout=sample/&path=/app/public/strata.png');
  await expect(contents(page).getByRole('img')).toBeVisible();
  await expect(contents(page)).toContainText(/PNG\s*\d+ × \d+/);
  await contents(page).getByRole('button', { name: 'Hex' }).click();
  await expect(contents(page)).toContainText('89 50 4e 47');
});

test('reads a large text in stretches, as far as a line that a link names', async ({ app, page }) => {
  let lines = '';
  for (let i = 1; i <= 400_000; i++) lines += `${i} the quick brown fox jumps\n`;
  await push('large-text', [{ name: 'log', content: lines }]);
  await read(app, 'large-text', '/log');
  await expect(contents(page)).toContainText('The first 1.05 MB of 13.1 MB.');
  await contents(page).getByRole('button', { name: 'Show more' }).click();
  await expect(contents(page)).toContainText('The first 9.44 MB of 13.1 MB.');
  await read(app, 'large-text', '/log', '&line=399999');
  await expect(contents(page).locator('.cm-asked')).toHaveText('399999 the quick brown fox jumps');
  expect((await taken(page)).sum).toBe(createHash('sha256').update(lines).digest('hex'));
});

test('runs nothing of what an image holds, and asks for nothing', async ({ app, page }) => {
  const evil = 'http://127.0.0.1:9/evil';
  const html = `<!doctype html><script>alert(1)</script><img src="${evil}" onerror="alert(2)">`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" onload="alert(3)">
    <script>alert(4)</script><script href="${evil}.js"/><image href="${evil}.png" width="9" height="9"/>
    <style>@import url(${evil}.css);</style><use href="${evil}.svg#x"/>
    <foreignObject width="40" height="40"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${evil}"/></foreignObject>
    <rect width="40" height="40" fill="green"/></svg>`;
  const isPicture = (name: string) => name.includes('svg') || name.includes('\n');
  const names = [
    '<img src=x onerror=alert(5)>.html',
    'a"onmouseover="alert(6).svg',
    '\u202egpj.svg',
    'new\nline.html',
    'javascript:alert(7)',
    '__proto__',
    `${'n'.repeat(230)}.svg`,
    '.. ',
    'CON',
  ];
  await push(
    'hostile',
    names.map((name) => ({ name, content: isPicture(name) ? svg : html })),
  );
  const asked: string[] = [];
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => asked.push(request.url()));
  for (const name of names) {
    await read(app, 'hostile', `/${name}`);
    await expect(contents(page).getByRole('button', { name: 'Hex' })).toBeVisible();
    const file = await taken(page);
    expect(file.name).not.toMatch(/[\x00-\x1f/\\<>:"|?*\u202e]|^\.*$|^con$/i);
    const picture = contents(page).getByRole('img');
    if (isPicture(name)) {
      await expect(picture).toBeVisible();
      await contents(page).getByRole('button', { name: 'Text' }).click();
    }
    await expect(text(page)).toContainText('alert');
  }
  const ours = [new URL(stage().page).host, stage().registry];
  expect(asked.filter((url) => !url.startsWith('blob:') && !ours.includes(new URL(url).host))).toEqual(
    ['about:blank'].slice(1),
  );
  expect(dialogs).toEqual([]);
});

for (const way of ['a link leads to', 'is picked at once'] as const) {
  test(`what ${way} is read before all is checked, and called verified once it is`, async ({
    app,
    faulty,
    page,
  }) => {
    const marks: string[] = [];
    await page.exposeFunction('told', (mark: string) => marks.push(mark));
    await page.addInitScript(
      (next) => {
        const { told } = window as unknown as { told: (mark: string) => void };
        // What is left of the checks begins when the tree is drawn, at the latest after half a second: held back until the
        // first mark is there.
        let held: (() => void)[] | null = [];
        const draw = window.requestAnimationFrame.bind(window);
        const later = window.setTimeout.bind(window);
        window.requestAnimationFrame = (callback) => held?.push(() => draw(callback)) ?? draw(callback);
        window.setTimeout = ((run: () => void, ms?: number) =>
          (ms === 500 && held?.push(run)) || later(run, ms)) as typeof window.setTimeout;
        let last = '';
        new MutationObserver(() => {
          if (next !== null && document.documentElement.dataset['phase'] === 'open') {
            location.hash = location.hash.replace(/&path=.*/, next);
          }
          const mark = document.querySelector('[aria-label=Contents] .tone')?.textContent.trim() ?? '';
          if (mark === last) return;
          told((last = mark));
          for (const go of held ?? []) later(go);
          held = null;
        }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      },
      way === 'a link leads to' ? null : '&path=/data/20',
    );
    const proxy = await faulty({});
    await app.goto(`image=${proxy.host}/large:latest&path=/data/${way === 'a link leads to' ? '20' : '04'}`);
    await app.expectVerified();
    await expect(contents(page).getByText('Verified', { exact: true })).toBeVisible({ timeout: 15_000 });
    await expect.poll(() => app.hash()).toContain('&path=/data/20');
    expect(marks).toEqual(['Not yet verified', 'Verified']);
    // The one was unpacked with the tree, the other is fetched before its layer is kept.
    const parts = proxy.asked.filter(({ headers }) => headers['range'] !== undefined);
    expect(parts.length > 0).toBe(way === 'is picked at once');
  });
}
