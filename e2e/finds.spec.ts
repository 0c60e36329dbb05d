/** A person finds entries by what they are, and lines by what they say: as much as find and grep do on the unpacked image. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { tarOf, type TestEntry } from '../src/testing/tar-of.ts';
import { expect, stage, test, type App } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from './fixtures/layout.ts';
import { run, runAsRoot, runScript } from './fixtures/process.ts';
import { Pusher } from './fixtures/push.ts';

const box = (page: Page) => page.getByRole('textbox', { name: 'Find in this image' });
const found = (page: Page) => page.getByRole('grid', { name: 'Found' });
const lines = (page: Page) => page.getByRole('listbox', { name: 'Lines found' });

/** Runs `script` in the image as umoci unpacks it; its lines, sorted. */
async function inUnpacked<T>(
  image: string,
  use: (sh: (script: string) => Promise<string[]>) => Promise<T>,
): Promise<T> {
  const work = await mkdtemp(join(tmpdir(), 'stratascope-'));
  try {
    const layout = join(work, 'layout');
    const options = ['--quiet', '--src-tls-verify=false'];
    await run('skopeo', ['copy', ...options, `docker://${stage().registry}/${image}`, `oci:${layout}:image`]);
    await runScript('umoci unpack --image "$layout:image" "$work/bundle" > /dev/null', { layout, work });
    return await use(async (script) => {
      const out = await runScript(`cd "$work/bundle/rootfs"; { ${script}; } || true`, { work });
      return out
        .split('\n')
        .filter((line) => line !== '')
        .sort();
    });
  } finally {
    await runAsRoot('rm', ['-rf', work]);
  }
}

async function push(
  name: string,
  layers: readonly (readonly TestEntry[])[],
  run: object = {},
): Promise<void> {
  const pusher = new Pusher(stage().registry, name);
  const tars = layers.map((entries) => tarOf(entries));
  const blobs = [];
  for (const tar of tars) blobs.push(await pusher.blob(gzipSync(tar), OCI_LAYER_GZIP));
  const rootfs = { type: 'layers', diff_ids: tars.map(sha256) };
  const config = await pusher.json({ architecture: 'amd64', os: 'linux', rootfs, config: run }, OCI_CONFIG);
  await pusher.manifest({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: blobs }, 'latest');
}

/** The paths of all rows, as they are drawn; few enough to be in view. */
async function paths(page: Page): Promise<string[]> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  const rows = await found(page).locator('.path').allTextContents();
  return rows.map((text) => text.replace(/ [→=] .*$/s, '')).sort();
}

async function open(app: App, image: string, query = ''): Promise<void> {
  await app.goto(
    `image=${stage().registry}/${image}${query === '' ? '' : `&find=${encodeURIComponent(query)}`}`,
  );
  await app.expectPhase('open');
}

/** Entries with the attribute `user.folder`: getfattr is not everywhere. */
const LIST_FOLDERS = `
import os
for folder, folders, files in os.walk("."):
    for name in folders + files:
        path = folder + "/" + name
        if "user.folder" in os.listxattr(path, follow_symlinks=False): print(path)
`;

test('finds what find(1) finds in the unpacked image', async ({ app, page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1400, height: 2400 });
  // Names that a terminal would not show are written out by the page, and left out here.
  const plain = `| LC_ALL=C grep -av '[^ -~]' | sed 's,^\\.,,'`;
  await inUnpacked('torture:latest', async (sh) => {
    await open(app, 'torture:latest');
    for (const [query, script] of [
      ['passwd', 'find . -iname "*passwd*"'],
      ['su', 'find . -iname "*su*"'],
      ['*.conf', 'find . -name "*.conf"'],
      ['etc/con', 'find . -path "*etc/con*"'],
      ['re:^o..$', 'find . -regextype posix-extended -regex ".*/o..$"'],
      ['mode:setuid', 'find . -perm -4000 ! -type l'],
      ['mode:world-writable', 'find . -perm -0002 ! -type l'],
      ['type:fifo', 'find . -type p'],
      ['type:char,block', 'find . -type c -o -type b'],
      ['type:symlink', 'find . -type l'],
      ['size:>100k', 'find . -type f -size +100000c'],
      ['owner:3000000', 'find . -uid 3000000'],
      ['group:5', 'find . -gid 5'],
      ['cap:net_raw', 'getcap -r . | grep -i net_raw | cut -d" " -f1'],
      ['xattr:user.folder', `python3 -c '${LIST_FOLDERS}'`],
      ['-type:dir -type:file -type:symlink', 'find . ! -type d ! -type f ! -type l'],
    ] as const) {
      const real = await sh(`( ${script} ) ${plain}`);
      await box(page).fill(query);
      await expect(page.getByText(/^\d[\d,]* entr(y|ies)/).first()).toBeVisible();
      await expect
        .poll(async () => (await paths(page)).filter((path) => /^[ -~]*$/.test(path)), { message: query })
        .toEqual(real);
      expect(real.length, query).toBeGreaterThan(0);
    }
  });
});

test('finds the lines that grep finds in the unpacked image, and leads to them', async ({ app, page }) => {
  await inUnpacked('forms:none', async (sh) => {
    await page.setViewportSize({ width: 1400, height: 1400 });
    for (const form of ['gzip', 'none', 'gzip-members', 'zstd']) {
      const word = '098f6bc';
      await open(app, `forms:${form}`, `text:${word}`);
      await expect(page.getByText(/lines? in \d+ files? ?,? of/)).toBeVisible();
      const files = await lines(page).locator('.path').allInnerTexts();
      expect(files.sort()).toEqual((await sh(`grep -rl ${word} . | sed 's,^\\.,,'`)).slice());
    }
  });
});

test('looks for an expression in the files that other words find, cancels, and opens the line', async ({
  app,
  page,
}) => {
  const many = Array.from(
    { length: 3000 },
    (_, i) => `${i} ${i % 7 === 0 ? 'seventh' : 'other'} line\n`,
  ).join('');
  await push('lines', [
    [
      { name: 'etc/one.conf', content: 'a=1\nSecret=x\n' },
      { name: 'etc/two.conf', content: 'nothing\n' },
      { name: 'etc/other', content: 'secret=y\n' },
      { name: 'log', content: many },
      { name: 'binary', content: 'secret=\0' },
      { name: 'utf16', content: new Uint8Array([...Buffer.from('\ufeffno\nsecret=z\n', 'utf16le')]) },
    ],
  ]);
  await open(app, 'lines', '*.conf grep:^secret=.');
  await expect(lines(page).getByRole('option')).toHaveText([/\/etc\/one\.conf/, /2\s*Secret=x/]);
  await expect(lines(page).locator('mark')).toHaveText('Secret=x');
  await lines(page).getByRole('option').nth(1).click();
  await expect.poll(() => app.hash()).toContain('&path=/etc/one.conf&line=2');
  const contents = page.getByRole('region', { name: 'Contents' });
  await expect(contents.locator('.cm-asked')).toHaveText('Secret=x');
  // The same link shows the same.
  await page.reload();
  await expect(lines(page).getByRole('option', { selected: true })).toContainText('Secret=x');
  await box(page).fill('text:secret');
  await box(page).press('Enter');
  await expect(page.getByText('3 lines in 3 files')).toBeVisible();
  await expect(page.getByText('1 binary passed by')).toBeVisible();
  await box(page).fill('text:seventh');
  await box(page).press('Enter');
  await expect(page.getByText('429 lines in 1 file')).toBeVisible();
});

test('gives up an expression that would never end, in names and in files', async ({ app, page }) => {
  test.setTimeout(60_000);
  const name = `${'a'.repeat(60)}!`;
  await push('runaway', [[{ name, content: `${'a'.repeat(60)}!\n` }]]);
  await open(app, 'runaway');
  await box(page).fill('re:^(a+)+$');
  await expect(page.getByRole('alert')).toContainText('took too long', { timeout: 15_000 });
  await box(page).fill('grep:^(a+)+$');
  await box(page).press('Enter');
  await expect(page.getByRole('alert')).toContainText('took too long', { timeout: 15_000 });
  // And goes on with what can be done.
  await box(page).fill('aaa');
  const bar = page.getByRole('region', { name: 'Filesystem' });
  await expect(bar.getByText('1 entry', { exact: true })).toBeVisible();
});

test('works with the keyboard, the controls, the tree and the address', async ({ app, page }) => {
  await app.goto('layout=sample/');
  await app.expectVerified();
  const named = (await app.listing()).filter(({ path }) => /s[^/]*$/i.test(path));
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type('s');
  await expect(page.getByText(new RegExp(`^${named.length} entries`))).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(found(page)).toBeFocused();
  await expect(found(page).locator('[aria-selected=true]')).toHaveCount(1);
  await found(page).getByRole('button', { name: 'Size' }).click();
  await expect(found(page).getByRole('row').nth(1)).toContainText('samples.csv');
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('combobox', { name: 'Type' }).selectOption('Symbolic links');
  await expect(box(page)).toHaveValue('s type:symlink');
  await expect(found(page).locator('.path')).toContainText([/sbin/]);
  await expect.poll(() => app.hash()).toContain('&find=s%20type:symlink');
  await page.getByRole('button', { name: 'Tree' }).click();
  await expect(app.row('sbin')).toBeVisible();
  await expect(app.row('app')).toHaveCount(0);
  await page.keyboard.press('Control+f');
  await expect(box(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(box(page)).toHaveValue('');
  await expect(app.row('app')).toBeVisible();
  await page.goBack();
  await box(page).fill('size:big');
  await expect(page.getByText('size:big is no size')).toBeVisible();
});

test('walks what was found with the keys, and stays where it is when a row is picked', async ({
  app,
  page,
}) => {
  await page.setViewportSize({ width: 1000, height: 700 });
  await app.goto('layout=sample/&find=e');
  await app.expectVerified();
  const rows = found(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') });
  const selected = found(page).locator('[aria-selected=true]');
  await rows.first().click();
  for (const row of [3, 4, 5, 6]) {
    await page.keyboard.press('ArrowDown');
    await expect(selected).toHaveAttribute('aria-rowindex', `${row}`);
    // Whatever is asked again by a move has its answer by then.
    await page.waitForTimeout(150);
  }
  await page.keyboard.press('End');
  const last = Number(await found(page).getAttribute('aria-rowcount'));
  expect(last).toBeGreaterThan(25);
  await expect(selected).toHaveAttribute('aria-rowindex', `${last}`);
  const top = () => found(page).evaluate((list) => list.scrollTop);
  await expect.poll(top).toBeGreaterThan(200);
  await page.waitForTimeout(150);
  const before = await top();
  await selected.locator('xpath=preceding-sibling::*').last().click();
  await expect(selected).toHaveAttribute('aria-rowindex', `${last - 1}`);
  await page.waitForTimeout(150);
  expect(await top()).toBe(before);
});

test('takes what was found along as a tar', async ({ app, page }) => {
  await app.goto('layout=sample/&find=*.css');
  await app.expectVerified();
  const file = await download(page.getByRole('button', { name: 'Download results as tar' }));
  expect(file.suggestedFilename()).toBe('found.tar');
  // One entry by itself has its own name, and no folders around it.
  expect((await run('tar', ['tf', await file.path()])).trim()).toBe('style.css');
});

test('shows what layers changed, and what they took away', async ({ app, page }) => {
  const mtime = 1_700_000_000;
  await push('layers-of-changes', [
    [
      { name: 'etc/kept', content: '1', mtime },
      { name: 'etc/gone', content: 'the secret', mtime },
      { name: 'etc/changed', content: '1', mtime },
      { name: 'opt/', type: 'dir', mtime },
      { name: 'opt/hidden', content: '1', mtime },
    ],
    [
      { name: 'etc/.wh.gone', mtime },
      { name: 'etc/changed', content: '22', mtime },
      { name: 'opt/.wh..wh..opq', mtime },
      { name: 'opt/new', content: '1', mtime },
    ],
  ]);
  await open(app, 'layers-of-changes', 'is:deleted');
  await expect.poll(() => paths(page)).toEqual(['/etc/gone', '/opt/hidden']);
  await expect(found(page).getByRole('row', { name: /gone/ })).toContainText('by 1');
  await box(page).fill('is:deleted by:0');
  await expect(page.getByText(/^0 entries/)).toBeVisible();
  await box(page).fill('is:changed');
  await expect.poll(() => paths(page)).toEqual(['/etc/changed']);
  await box(page).fill('is:deleted text:secret');
  await box(page).press('Enter');
  await expect(lines(page).getByRole('option')).toHaveText([/\/etc\/gone/, /1\s*the secret/]);
});

test('finds keys and tokens that got in, also where a later layer deleted them', async ({ app, page }) => {
  // Put together here, so that nobody who looks for such finds this file.
  const key = `${'AKIA'}ABCDEFGHIJKLMNOP`;
  const token = `${'ghp'}_${'a1B2'.repeat(9)}`;
  await push(
    'with-secrets',
    [
      [
        {
          name: 'root/.npmrc',
          content: `registry=x\n//registry.npmjs.org/:_authToken=${'a1B2'.repeat(9)}\n`,
        },
        { name: 'app/.env', content: `MODE=production\nAWS_ACCESS_KEY_ID=${key}\n` },
        { name: 'app/readme', content: 'Set AWS_ACCESS_KEY_ID to your key.\n' },
        { name: 'app/blob', content: Uint8Array.from([0, ...Buffer.from(token)]) },
      ],
      [{ name: 'root/.wh..npmrc' }],
    ],
    { Env: ['PATH=/bin', `TOKEN=${token}`] },
  );
  await open(app, 'with-secrets');
  await app.expectVerified();
  await page.getByRole('button', { name: 'Look for secrets' }).click();
  await expect(box(page)).toHaveValue('secrets:');
  await expect(lines(page).getByRole('option')).toHaveText([
    /\/app\/\.env/,
    /2\s*AWS access key\s*AWS_ACCESS_KEY_ID=AKIA/,
    /\/root\/\.npmrc\s*deleted by layer 1/,
    /2\s*npm token/,
  ]);
  await expect(page.getByText('GitHub token in ENV TOKEN')).toBeVisible();
  // The deleted one is opened where it was last.
  await lines(page).getByRole('option').nth(3).click();
  await expect.poll(() => app.hash()).toContain('upto=0');
  await expect(page.getByRole('textbox', { name: 'Text of the file' })).toContainText('_authToken');
  await page.goBack();
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('button', { name: 'Secrets', exact: true }).click();
  await expect(box(page)).toHaveValue('');
  // An image without any.
  await app.goto('layout=sample/&find=secrets:');
  await expect(page.getByText('No text file has a key or a token')).toBeVisible();
});
