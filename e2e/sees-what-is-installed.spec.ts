/** A person asks what is installed in an image, what of it no package has, and whose a file is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { tarOf, type TestEntry } from '../src/testing/tar-of.ts';
import { expect, stage, test } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { dpkgLayer, dpkgPackages, npmLayer, type DpkgPackage } from './fixtures/images/installed.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from './fixtures/layout.ts';
import { Pusher } from './fixtures/push.ts';

const ROOT = join(import.meta.dirname, '..');
const NPM = ['idb', 'pako'];

async function push(name: string, layers: readonly TestEntry[][]): Promise<string> {
  const { registry } = stage();
  const pusher = new Pusher(registry, name);
  const tars = layers.map((entries) => tarOf(entries));
  const descriptors = [];
  for (const tar of tars) descriptors.push(await pusher.blob(gzipSync(tar), OCI_LAYER_GZIP));
  const rootfs = { type: 'layers', diff_ids: tars.map((tar) => sha256(tar)) };
  const config = await pusher.json({ architecture: 'amd64', os: 'linux', rootfs }, OCI_CONFIG);
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: descriptors };
  await pusher.manifest(manifest, 'latest', OCI_MANIFEST);
  return `${registry}/${name}:latest`;
}

/** grep's manual page was deleted later, and what the program is comes from the last layer. */
async function image(): Promise<{ reference: string; packages: DpkgPackage[]; gone: string }> {
  const packages = dpkgPackages();
  const grep = packages.find(({ name }) => name === 'grep')!;
  const gone = grep.files.find((path) => path.includes('/man/')) ?? grep.files.at(-1)!;
  const parts = gone.slice(1).split('/');
  const whiteout = [...parts.slice(0, -1), `.wh.${parts.at(-1)}`].join('/');
  const reference = await push('installed/all', [
    dpkgLayer(packages),
    npmLayer(ROOT, NPM),
    [{ name: whiteout }, { name: 'app/server.js', content: 'x'.repeat(3000) }],
  ]);
  return { reference, packages, gone };
}

/** Of the manifest that the registry has under a tag. */
async function digestOf(reference: string): Promise<string> {
  const [, host, name, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference)!;
  const answer = await fetch(`http://${host}/v2/${name}/manifests/${tag}`, {
    headers: { accept: OCI_MANIFEST },
  });
  return sha256(new Uint8Array(await answer.arrayBuffer()));
}

const list = (page: Page) => page.getByRole('grid', { name: 'Packages' });
const row = (page: Page, name: string) =>
  list(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell', { name, exact: true }) });
const details = (page: Page) => page.getByRole('region', { name: 'Package', exact: true });

test('lists what dpkg and npm say is installed, each with its files', async ({ app, page }) => {
  const { reference, packages, gone } = await image();
  await app.open(reference);
  await app.expectVerified();
  await page.getByRole('tab', { name: 'Packages' }).click();
  await expect(list(page)).toHaveAttribute('aria-rowcount', String(packages.length + NPM.length + 1));
  for (const { name, version } of packages) await expect(row(page, name)).toContainText(version);
  await expect(row(page, 'idb')).toContainText('Node.js');
  await expect(page.getByText(`${packages.length + NPM.length} packages`)).toBeVisible();

  // One of them, and what of it is not there any more.
  const grep = packages.find(({ name }) => name === 'grep')!;
  await row(page, 'grep').click();
  await expect(details(page).getByRole('heading', { name: 'grep' })).toBeVisible();
  await expect(details(page)).toContainText('1 path that it lists is not there');
  const files = details(page).getByRole('grid', { name: 'Files' });
  await expect(files).toHaveAttribute('aria-rowcount', String(grep.files.length));
  await expect(files).not.toContainText(gone);
  await expect(details(page)).toContainText(`pkg:deb/`);

  // The view is in the address.
  await expect.poll(() => app.hash()).toContain('view=packages&item=deb:grep@');
  await page.reload();
  await expect(details(page).getByRole('heading', { name: 'grep' })).toBeVisible();

  // By type, and by what is typed.
  await page
    .getByRole('group', { name: 'Show' })
    .getByRole('button', { name: /^Node\.js/ })
    .click();
  await expect(list(page)).toHaveAttribute('aria-rowcount', String(NPM.length + 1));
  await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: /^All/ }).click();
  await page.getByRole('searchbox', { name: 'Search packages' }).fill('zlib1');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await page.getByRole('searchbox', { name: 'Search packages' }).fill('nothing is called so');
  await expect(page.getByText('No package is like that.')).toBeVisible();
});

test('shows what no package has, and goes on to its file', async ({ app, page }) => {
  const { reference } = await image();
  await app.goto(`image=${reference}&view=packages`);
  await page.getByRole('button', { name: /^In no package/ }).click();
  const files = details(page).getByRole('grid', { name: 'Files' });
  await expect(files.getByRole('row').filter({ hasText: '/app/server.js' })).toBeVisible();
  await expect(files).not.toContainText('/usr/bin/grep');
  // The arrows stop at the end, and open nothing.
  await files.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowDown');
  await expect(files.locator('[aria-selected=true]')).toHaveCount(1);
  expect(app.hash()).toContain('view=packages');
  await files.getByRole('row').filter({ hasText: '/app/server.js' }).dblclick();
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('/app/server.js');
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('none says it is its own');
});

test('finds among the files what a package has, and what none has', async ({ app, page }) => {
  const { reference, packages } = await image();
  const zlib = packages.find(({ name }) => name === 'zlib1g')!;
  // The question waits until it is known.
  await app.goto(`image=${reference}&find=package:zlib`);
  const found = page.getByRole('grid', { name: 'Found' });
  await expect(page.getByText(`${zlib.files.length} entries`, { exact: true })).toBeVisible();
  const box = page.getByRole('textbox', { name: 'Find in this image' });
  await box.fill('package:none server');
  await expect(page.getByText('1 entry', { exact: true })).toBeVisible();
  await expect(found).toContainText('server.js');
  await box.fill('package:"zlib"');
  await expect(page.getByText('0 entries', { exact: true })).toBeVisible();
  // As it was before npm's came.
  await app.goto(`image=${reference}&upto=0&find=package:"idb"`);
  await expect(page.getByText('0 entries', { exact: true })).toBeVisible();
  await box.fill('package:"zlib1g"');
  await expect(page.getByText(`${zlib.files.length} entries`, { exact: true })).toBeVisible();
  // And from the list of packages.
  await app.goto(`image=${reference}&view=packages`);
  await row(page, 'idb').click();
  await details(page).getByRole('button', { name: 'Show all among the files' }).click();
  await expect(box).toHaveValue('package:"idb"');
  await expect(found).toContainText('/app/node_modules/idb/');
});

test('says of a file whose it is, and leads there', async ({ app, page }) => {
  const { reference, packages } = await image();
  const zlib = packages.find(({ name }) => name === 'zlib1g')!;
  const library = zlib.files.find((path) => path.includes('libz.so.1.'))!;
  await app.goto(`image=${reference}&path=${library.replace(/^\/lib\//, '/usr/lib/')}`);
  await app.expectVerified();
  const side = page.getByRole('complementary', { name: 'Details' });
  await side.getByRole('button', { name: 'Find out' }).click();
  await side.getByRole('button', { name: `zlib1g ${zlib.version}` }).click();
  await expect(details(page).getByRole('heading', { name: 'zlib1g' })).toBeVisible();
  await page.goBack();
  await expect(side.getByRole('button', { name: `zlib1g ${zlib.version}` })).toBeVisible();
});

test('hands it over as a bill of materials', async ({ app, page }) => {
  const { reference, packages } = await image();
  await app.goto(`image=${reference}&view=packages`);
  const file = await download(page.getByRole('button', { name: 'Export CycloneDX' }));
  const bill = JSON.parse(await readFile(await file.path(), 'utf8')) as {
    readonly bomFormat: string;
    readonly metadata: { readonly component: { readonly name: string } };
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly purl?: string;
    }[];
  };
  expect(bill.bomFormat).toBe('CycloneDX');
  expect(bill.metadata.component.name).toBe(reference);
  const named = bill.components.map(({ name, version }) => `${name} ${version}`);
  for (const { name, version } of packages) expect(named).toContain(`${name} ${version}`);
  const versions = NPM.map(async (name) => {
    const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
    return `pkg:npm/${name}@${(JSON.parse(text) as { readonly version: string }).version}`;
  });
  const urls = bill.components.map(({ purl }) => purl);
  for (const url of await Promise.all(versions)) expect(urls).toContain(url);
});

test('tells which packages a release has in other versions', async ({ app, page }) => {
  const { reference, packages } = await image();
  const grep = packages.find(({ name }) => name === 'grep')!;
  const newer = dpkgLayer(packages).map((entry) =>
    entry.name === 'var/lib/dpkg/status'
      ? { ...entry, content: String(entry.content).replace(`Version: ${grep.version}\n`, 'Version: 99.1\n') }
      : entry,
  );
  const next = await push('installed/next', [newer, npmLayer(ROOT, ['idb'])]);
  await app.goto(`image=${next}&view=compare&with=${reference}`);
  await page.getByText('Which packages are different').click();
  await expect(page.getByText('2 differences in packages')).toBeVisible();
  const rows = page.getByRole('grid', { name: 'Packages that are different' }).getByRole('row');
  await expect(rows.filter({ hasText: 'grep' })).toContainText(`changedgrepDebian${grep.version}99.1`);
  await expect(rows.filter({ hasText: 'pako' })).toContainText('removedpakoNode.js');
  // With itself.
  await app.goto(`image=${next}&view=compare&with=${next.replace(':latest', '')}@${await digestOf(next)}`);
  await page.getByText('Which packages are different').click();
  await expect(page.getByText('Both have the same packages in the same versions.')).toBeVisible();
});

test('says that nobody has written anything down', async ({ app, page }) => {
  await app.open(await push('installed/none', [[{ name: 'app', content: 'x' }]]));
  await page.getByRole('tab', { name: 'Packages' }).click();
  await expect(page.getByText('No package manager has written down what it installed.')).toBeVisible();
  await page.getByRole('button', { name: 'Look at the files' }).click();
  await expect(app.row('app')).toBeVisible();
});
