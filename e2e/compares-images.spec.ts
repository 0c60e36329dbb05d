/** A person asks what is different between two images, and is told what the two are when umoci has unpacked them. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { tarOf, type TestEntry } from '../src/testing/tar-of.ts';
import { expect, realListing, stage, test, type App } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from './fixtures/layout.ts';
import { run, runAsRoot } from './fixtures/process.ts';
import { pushCut, Pusher } from './fixtures/push.ts';
import { umociListing, type RealEntry } from './fixtures/umoci-listing.ts';

const list = (page: Page) => page.getByRole('grid', { name: 'Differences' });
const row = (page: Page, path: string) =>
  list(page)
    .getByRole('row')
    .filter({ has: page.locator(`[title="${path}"]`) });

async function push(
  name: string,
  tag: string,
  layers: readonly TestEntry[][],
  config: object = {},
): Promise<string> {
  const { registry } = stage();
  const pusher = new Pusher(registry, name);
  const tars = layers.map((entries) => tarOf(entries));
  const descriptors = [];
  for (const tar of tars) descriptors.push(await pusher.blob(gzipSync(tar), OCI_LAYER_GZIP));
  const rootfs = { type: 'layers', diff_ids: tars.map((tar) => sha256(tar)) };
  const own = await pusher.json({ architecture: 'amd64', os: 'linux', rootfs, config }, OCI_CONFIG);
  await pusher.manifest(
    { schemaVersion: 2, mediaType: OCI_MANIFEST, config: own, layers: descriptors },
    tag,
    OCI_MANIFEST,
  );
  return `${registry}/${name}:${tag}`;
}

const BASE: TestEntry[] = [
  { name: 'etc/', type: 'dir' },
  { name: 'etc/os-release', content: 'ID=bedrock\n' },
  { name: 'bin/', type: 'dir' },
  { name: 'bin/sh', content: 'x'.repeat(5000), mode: 0o755 },
];

/** A layer that a build has made anew: other times everywhere. */
const release = (time: number, entries: readonly TestEntry[]): TestEntry[] =>
  entries.map((entry) => ({ mtime: time, ...entry }));

const OLD = release(1_700_000_000, [
  { name: 'app/', type: 'dir' },
  { name: 'app/same', content: 'nothing new\n' },
  { name: 'app/same-size', content: 'version=1\n' },
  { name: 'app/grown', content: 'short\n' },
  { name: 'app/tool', content: '#!/bin/sh\n', mode: 0o755 },
  { name: 'app/owner', content: 'me\n', uid: 1000 },
  { name: 'app/link', type: 'symlink', linkname: 'grown' },
  { name: 'app/thing', content: 'a file\n' },
  { name: 'app/old/', type: 'dir' },
  { name: 'app/old/gone', content: 'bye\n' },
  { name: 'app/cap', content: 'cap\n' },
]);
const NEW = release(1_800_000_000, [
  { name: 'app/', type: 'dir' },
  { name: 'app/same', content: 'nothing new\n' },
  { name: 'app/same-size', content: 'version=2\n' },
  { name: 'app/grown', content: 'not so short any more\n' },
  { name: 'app/tool', content: '#!/bin/sh\n', mode: 0o4755 },
  { name: 'app/owner', content: 'me\n', uid: 1001 },
  { name: 'app/link', type: 'symlink', linkname: 'same' },
  { name: 'app/thing/', type: 'dir' },
  { name: 'app/thing/inside', content: 'a folder\n' },
  { name: 'app/new', content: 'hello\n' },
  { name: 'app/cap', content: 'cap\n', pax: { 'SCHILY.xattr.user.why': 'because' } },
]);
const ENV = ['PATH=/bin', 'MODE=old'];

test('tells what a release brought, down to files of one size', async ({ app, page }) => {
  const old = await push('compare/app', '1', [BASE, OLD], { Env: ENV, User: 'app' });
  const now = await push('compare/app', '2', [BASE, NEW], { Env: ['PATH=/bin', 'MODE=new'], User: 'app' });
  await app.open(now);
  await app.expectVerified();
  await page.getByRole('tab', { name: 'Compare' }).click();
  // The repository stands there already.
  const box = page.getByRole('textbox', { name: 'Reference of the other image' });
  await expect(box).toHaveValue(now.replace(/2$/, ''));
  await box.press('End');
  await box.pressSequentially('1');
  await box.press('Enter');
  await expect(page.getByRole('group', { name: 'Show' }).getByRole('button')).toHaveText([
    /2\s*added/,
    /2\s*removed/,
    /7\s*changed/,
    /2\s*other time only/,
  ]);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '12');
  await expect(row(page, '/app/same-size')).toContainText('contents, time');
  await expect(row(page, '/app/thing')).toContainText('type');
  await expect(row(page, '/app/tool')).toContainText('mode');
  await expect(row(page, '/app/link')).toContainText('where it leads');
  await expect(row(page, '/app/cap')).toContainText('attributes');
  await expect(row(page, '/app/old/gone')).toContainText('removed');
  await expect(row(page, '/app/same')).toHaveCount(0);
  await expect(page.getByText('1 of 2 layers shared')).toBeVisible();
  // How it runs.
  await page.getByText('1 difference in how they run').click();
  await expect(page.getByRole('table', { name: 'How they run' }).getByRole('row')).toContainText([
    'This image',
    /\$MODE\s*old\s*new/,
  ]);
  // One path.
  await row(page, '/app/tool').click();
  const facts = page.getByRole('table', { name: 'What is different' });
  await expect(facts.getByRole('row', { name: /^Mode/ })).toContainText(/-rwxr-xr-x\s*-rwsr-xr-x/);
  await expect(facts.getByRole('row', { name: /^Size/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show here' }).click();
  await expect.poll(() => app.hash()).toContain('&path=/app/tool');
  await page.goBack();
  // The link brings it back, in another tab too.
  const link = page.url();
  expect(link).toContain(`&view=compare&with=${old.replace('[', '%5B')}`);
  await app.goto();
  await page.goto(link);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '12');
  // Narrowed, ordered, and what a clock has made different.
  await page.getByRole('button', { name: /other time only/ }).click();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '14');
  await page.getByRole('searchbox', { name: 'Part of the path' }).fill('app/old');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '3');
  await row(page, '/app/old/gone').click();
  await page.getByRole('link', { name: 'Show in the other' }).click();
  await expect(page.getByRole('region', { name: 'Contents' })).toContainText('bye');
  expect(app.hash()).toContain(`#image=${old}`);
});

test('is led there from a list of tags', async ({ app, page }) => {
  await push('compare/versions', '1.9', [BASE, OLD]);
  await push('compare/versions', '1.10', [BASE, NEW]);
  await push('compare/versions', 'latest', [BASE, NEW]);
  await app.goto(`tags=${stage().registry}/compare/versions&item=1.10`);
  await page.getByRole('link', { name: 'since 1.9' }).click();
  await expect(row(page, '/app/new')).toContainText('added');
  expect(app.hash()).toMatch(/^#image=.*:1\.10&view=compare&with=.*:1\.9$/);
});

test('tells which lines of a text are different', async ({ app, page }) => {
  const lines = (changed: string) =>
    Array.from({ length: 400 }, (_, i) => (i === 200 ? changed : `key${i} = value ${i}`)).join('\n') + '\n';
  const folder: TestEntry = { name: 'etc/', type: 'dir' };
  const of = (settings: string, others: readonly TestEntry[]) =>
    release(1_700_000_000, [folder, { name: 'etc/app.conf', content: settings }, ...others]);
  const old = await push('compare/lines', '1', [
    of(lines('password = hunter2\nverbose = no'), [
      { name: 'etc/ends', content: 'a\nb\n' },
      { name: 'etc/tool', content: '\0\x01\x02 old' },
      { name: 'etc/other', content: 'all of it\n'.repeat(20_000) },
      { name: 'etc/large', content: 'x\n'.repeat(1_100_000) },
    ]),
  ]);
  const now = await push('compare/lines', '2', [
    of(lines('password = correct horse'), [
      { name: 'etc/ends', content: 'a\r\nb\r\n' },
      { name: 'etc/tool', content: '\0\x01\x02 new!' },
      { name: 'etc/other', content: 'nothing of that\n'.repeat(20_000) },
      { name: 'etc/large', content: 'y\n'.repeat(1_100_000) },
    ]),
  ]);
  await app.open(now);
  await app.goto(`image=${now}&view=compare&with=${old}`);
  const details = page.getByRole('region', { name: 'The path that is selected' });
  await row(page, '/etc/app.conf').click();
  await expect(details.getByRole('status')).toContainText('+1 line');
  await expect(details.getByRole('status')).toContainText('\u22122 lines');
  const text = details.getByRole('textbox', { name: 'Lines that are different' });
  await expect(text).toContainText('password = hunter2');
  await expect(text).toContainText('password = correct horse');
  await expect(text).toContainText('key199 = value 199');
  await expect(text).not.toContainText('key100 = value 100');
  await details.getByRole('button', { name: 'All lines' }).click();
  await expect(text).toContainText('key1 = value 1');
  // What has no lines to compare is told so, and is no matter for the rest.
  for (const [path, told] of [
    ['/etc/ends', /how they end is different/],
    ['/etc/tool', /No text/],
    ['/etc/other', /Nearly all of it is different/],
    ['/etc/large', /files up to 2/],
  ] as const) {
    await row(page, path).click();
    await expect(details.getByRole('status')).toContainText(told);
  }
  await row(page, '/etc/app.conf').click();
  await expect(text).toContainText('password = hunter2');
});

interface DifferenceLine {
  readonly change: string;
  readonly what?: readonly string[];
  readonly before?: Listed;
  readonly after?: Listed;
}

/** What two folders of a disk have different, in the words of the export. */
function realDifferences(before: readonly RealEntry[], after: readonly RealEntry[]): string[] {
  const others = new Map(before.map((entry) => [entry.path, entry]));
  const lines: string[] = [];
  for (const entry of after) {
    const other = others.get(entry.path);
    others.delete(entry.path);
    if (other === undefined) {
      lines.push(`${entry.path} added`);
      continue;
    }
    const sees = (what: string, of: (it: RealEntry) => unknown) =>
      JSON.stringify(of(other)) === JSON.stringify(of(entry)) ? [] : [what];
    const what =
      other.type !== entry.type
        ? ['type']
        : [
            ...sees('contents', (it) => it.sha256),
            ...sees('target', (it) => it.linkname),
            ...(entry.type === 'symlink' ? [] : sees('mode', (it) => it.mode)),
            ...sees('owner', (it) => [it.uid, it.gid]),
            ...sees('xattrs', (it) => Object.entries(it.xattrs).toSorted()),
            ...sees('device', (it) => [it.devmajor, it.devminor]),
          ];
    if (what.length > 0) lines.push(`${entry.path} changed ${what.join(',')}`);
  }
  for (const path of others.keys()) lines.push(`${path} removed`);
  return lines.sort();
}

/** What is exported of the comparison with `other`, in the words of `realDifferences`. */
async function saidOf(app: App, page: Page, name: string, other: string): Promise<string[]> {
  await app.goto(`image=${stage().registry}/${name}:latest&view=compare&with=${other}`);
  const exporting = page.getByRole('button', { name: 'Export differences' });
  await expect(exporting).toBeEnabled({ timeout: 30_000 });
  const file = await download(exporting);
  return (await readFile(await file.path(), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DifferenceLine)
    .filter(({ change }) => change !== 'time')
    .map(({ change, what = [], before, after }) => {
      const facts = what.filter((fact) => fact !== 'time');
      return [binaryPath((after ?? before)!), change, facts.join(',')].join(' ').trimEnd();
    })
    .sort();
}

test('tells what umoci changed in an image, as it is on a disk', async ({ app, page }) => {
  const other = await pushCut(stage().registry, 'torture', 1);
  const work = await mkdtemp(join(tmpdir(), 'stratascope-'));
  try {
    const layout = join(work, 'layout');
    const options = ['--quiet', '--src-tls-verify=false'];
    await run('skopeo', ['copy', ...options, `docker://${other}`, `oci:${layout}:cut`]);
    const before = await umociListing(layout, 'cut', join(work, 'unpacked'));
    const said = await saidOf(app, page, 'torture', other);
    expect(said).toEqual(realDifferences(before, realListing('torture')));
    for (const change of ['added', 'removed', 'changed contents', 'changed type'])
      expect(said.join('\n')).toContain(change);
  } finally {
    await runAsRoot('rm', ['-rf', work]);
  }
});

test('tells what is different between two images that share nothing', async ({ app, page }) => {
  const said = await saidOf(app, page, 'rare', `${stage().registry}/gnu-tar:latest`);
  expect(said).toEqual(realDifferences(realListing('gnu-tar'), realListing('rare')));
});

interface Listed {
  readonly path: string;
  readonly pathBytes?: string;
}

/** A character for each byte, as the real listing has it. */
const binaryPath = ({ path, pathBytes }: Listed) =>
  Buffer.from(pathBytes ?? path, pathBytes === undefined ? 'utf8' : 'base64').toString('latin1');

test('compares platforms of one image, and says what is the same', async ({ app, page }) => {
  await app.goto('layout=sample/&view=compare');
  await page.getByRole('tabpanel').getByRole('button', { name: 'linux/arm64' }).click();
  await expect.poll(() => app.hash()).toContain('&with-platform=linux/arm64');
  await expect(page.getByText(/layers shared/)).toBeVisible();
  const [own, other] = [realListing('sample-amd64'), realListing('sample-arm64')];
  const expected = realDifferences(other, own);
  await expect(list(page)).toHaveAttribute('aria-rowcount', String(expected.length + 1));
  // As one writes it by hand.
  await app.goto('layout=sample/&view=compare&with-platform=linux/arm64');
  const button = page.getByRole('tabpanel').getByRole('button', { name: 'linux/arm64' });
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  // With itself.
  await app.goto('layout=sample/&view=compare&with-platform=linux/amd64');
  await expect(page.getByText(/Both have the same files/)).toBeVisible();
});

test('an image that cannot be had leaves the other one as it is', async ({ app, page }) => {
  const now = await push('compare/app', '2', [BASE, NEW]);
  // The registry of a run may be that of the one before.
  const later = `later-${Date.now()}`;
  await app.goto(`image=${now}&view=compare&with=${stage().registry}/compare/app:${later}`);
  await expect(page.getByRole('alert')).toContainText('Open the other image by itself');
  await expect(page.getByRole('alert')).toHaveAttribute('data-failure', 'not-found');
  await app.expectPhase('open');
  await push('compare/app', later, [BASE]);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, '/app/new')).toContainText('added');
  const box = page.getByRole('textbox', { name: 'Reference of the other image' });
  await box.fill('NOT a reference');
  await box.press('Enter');
  await expect(page.getByRole('alert')).toHaveAttribute('data-failure', 'bad-reference');
  await box.fill(now);
  await box.press('Enter');
  await expect(page.getByText(/Both have the same files/)).toBeVisible();
});
