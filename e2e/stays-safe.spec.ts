/** An image full of what would do harm, under the policy that ships: nothing of it runs, nothing is asked for, all is named. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { fontOf } from '../src/testing/font-of.ts';
import { pdfOf } from '../src/testing/pdf-of.ts';
import { tarOf, type TestEntry } from '../src/testing/tar-of.ts';
import { expect, stage, test, type App } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { pushFiles, wavOf } from './fixtures/previews.ts';

const EVIL = 'http://127.0.0.1:9/evil';
/** What every payload would do first. */
const RUN = 'window.ran=1;alert(1)';

const HTML = `<!doctype html><html><head><base href="${EVIL}/"><meta http-equiv="refresh" content="0;url=${EVIL}">
<link rel="stylesheet" href="${EVIL}.css"><script src="${EVIL}.js"></script><script>${RUN}</script></head>
<body onload="${RUN}"><img src="x" onerror="${RUN}"><iframe src="javascript:${RUN}"></iframe>
<form action="${EVIL}" method="post"><input autofocus onfocus="${RUN}"></form></body></html>`;

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" onload="${RUN}">
<script>${RUN}</script><script href="${EVIL}.js"/><image href="${EVIL}.png" width="9" height="9"/>
<style>@import url(${EVIL}.css); @font-face { font-family: x; src: url(${EVIL}.woff2) } rect { fill: url(${EVIL}#g) }</style>
<use href="${EVIL}.svg#x"/><a href="javascript:${RUN}"><rect width="40" height="40" fill="green"/></a>
<foreignObject width="40" height="40"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${EVIL}"/></foreignObject>
<animate attributeName="href" to="javascript:${RUN}"/></svg>`;

/** An XML entity that reads a file, and one that grows. */
const XXE = `<?xml version="1.0"?><!DOCTYPE svg SYSTEM "${EVIL}.dtd"><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>`;

const PAYLOADS: readonly (readonly [name: string, content: string | Uint8Array])[] = [
  ['page.html', HTML],
  ['picture.svg', SVG],
  ['entity.svg', XXE],
  ['lies.png', HTML],
  ['style.css', `@import url(${EVIL}.css); body { background: url(${EVIL}.png) }`],
  [
    'paper.pdf',
    pdfOf({ by: 'table', title: `<img src=x onerror=${RUN}>`, pages: 1, script: RUN, lead: EVIL }),
  ],
  ['font.ttf', fontOf({ family: `<script>${RUN}</script>\u202e` })],
  ['broken.woff2', new Uint8Array([...Buffer.from('wOF2\0\x01\0\0'), ...new Uint8Array(200).fill(255)])],
  ['tone.wav', wavOf(1)],
  ['broken.mp4', new Uint8Array([0, 0, 0, 24, ...Buffer.from(`ftypisom${EVIL}`)])],
  ['list.m3u8', `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${EVIL}.ts\n`],
  ['page.mhtml', `From: x\nMIME-Version: 1.0\nContent-Type: multipart/related\n\n${HTML}`],
  ['page.md', `[x](javascript:${RUN}) <script>${RUN}</script> ![x](${EVIL}.png)`],
  [
    'data.json',
    `{"__proto__": {"ran": 1}, "constructor": {"prototype": {"ran": 1}}, "x": "</script><script>${RUN}</script>"}`,
  ],
  ['page.html.gz', gzipSync(HTML)],
  [
    'names.tar',
    tarOf([{ name: `../../<img src=x onerror=${RUN}>` }, { name: '__proto__' }, { name: '\u202egpj.exe\n' }]),
  ],
  [
    'desktop.xml',
    `<?xml version="1.0"?><?xml-stylesheet href="${EVIL}.xsl"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${RUN}</script></html>`,
  ],
];

/** How each is written out on the page, where it must not be drawn as it is. */
const NAMES: readonly (readonly [name: string | Uint8Array, shown: string])[] = [
  [`<img src=x onerror=${RUN}>`, `<img src=x onerror=${RUN}>`],
  ['"onmouseover="alert(1)', '"onmouseover="alert(1)'],
  [`javascript:${RUN}`, `javascript:${RUN}`],
  ['\u202egpj.exe', '\\u{202e}gpj.exe'],
  ['new\nline', 'new\\nline'],
  ['bell\x07 escape\x1b[2J', 'bell\\u{7} escape\\e[2J'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['hasOwnProperty', 'hasOwnProperty'],
  ['CON', 'CON'],
  ['trailing. ', 'trailing. '],
  [Uint8Array.of(0x62, 0xff, 0xfe, 0x63), 'b\ufffd\ufffdc'],
  ['n'.repeat(10_000), 'n'.repeat(10_000)],
];

const contents = (page: Page) => page.getByRole('region', { name: 'Contents' });

/** Watches for all that must not be; says what was. */
async function watch(page: Page): Promise<() => Promise<unknown>> {
  const asked: string[] = [];
  const dialogs: string[] = [];
  const pages: string[] = [];
  const context = page.context();
  // Of the page, its frames, its workers and its service worker.
  context.on('request', (request) => asked.push(request.url()));
  context.on('page', (opened) => pages.push(opened.url()));
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      const seen = ((window as unknown as { broken?: string[] }).broken ??= []);
      seen.push(`${violatedDirective} ${blockedURI}`);
    });
  });
  const ours = [new URL(stage().page).host, stage().registry];
  return async () => {
    const inPage = await page.evaluate(() => ({
      ran: ['ran' in window, (Object.prototype as { ran?: unknown }).ran !== undefined],
      broken: (window as unknown as { broken?: string[] }).broken ?? [],
      scripts: [...document.querySelectorAll('script')].filter(({ src }) => !src.startsWith(location.origin))
        .length,
      inside: document.querySelectorAll('iframe, embed, object, frame, portal').length,
      links: [...document.querySelectorAll('a')].filter(({ protocol }) => protocol === 'javascript:').length,
    }));
    return {
      ...inPage,
      frames: page.frames().length,
      asked: asked.filter((url) => !/^(?:blob|data|about):/.test(url) && !ours.includes(new URL(url).host)),
      dialogs,
      pages,
    };
  };
}

const NOTHING = {
  ran: [false, false],
  broken: [],
  scripts: 0,
  inside: 0,
  links: 0,
  frames: 1,
  asked: [],
  dialogs: [],
  pages: [],
};

/** Row by row with the keys, as a person would: the page is loaded once. */
async function pick(app: App, page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => (location.hash = to), hash);
  await expect(app.files.locator('[aria-selected=true]')).toHaveCount(1);
}

/** Each view that the file on the screen has. */
async function seeAll(page: Page): Promise<void> {
  const views = contents(page).getByRole('group', { name: 'Show as' }).getByRole('button');
  await expect(contents(page).locator('[aria-busy]')).toHaveAttribute('aria-busy', 'false');
  await expect(contents(page)).not.toContainText('Reading');
  for (let i = 0; i < (await views.count()); i++) {
    await views.nth(i).click();
    await expect(views.nth(i)).toHaveAttribute('aria-pressed', 'true');
  }
}

// What it asks for is watched, too.
test.use({ keepsApp: true });

test('shows pages, pictures, documents, fonts and media of an image, and runs nothing', async ({
  app,
  page,
}) => {
  test.setTimeout(120_000);
  const seen = await watch(page);
  const image = 'harmful';
  await pushFiles(
    stage().registry,
    image,
    PAYLOADS.map(([name, content]) => ({ name, content })),
  );
  const base = `image=${stage().registry}/${image}&path=/`;
  await app.goto(`${base}page.html`);
  await app.expectPhase('open');
  for (const [name] of PAYLOADS) {
    await pick(app, page, `#${base}${name}`);
    await expect(contents(page).getByRole('heading', { name })).toBeVisible();
    // What draws it takes a moment to come.
    if (name === 'paper.pdf') await expect(contents(page).getByRole('img', { name: 'Page 1' })).toBeVisible();
    await seeAll(page);
    expect({ name, ...((await seen()) as object) }).toEqual({ name, ...NOTHING });
  }
});

test('writes out names that would deceive, and downloads under names that no disk minds', async ({
  app,
  page,
}) => {
  test.setTimeout(120_000);
  const seen = await watch(page);
  const image = 'names';
  const entries: TestEntry[] = NAMES.map(([name]) => ({ name, content: `<script>${RUN}</script>` }));
  await pushFiles(stage().registry, image, entries);
  await app.goto(`image=${stage().registry}/${image}`);
  await app.expectPhase('open');
  for (const [name, shown] of NAMES) {
    const bytes = typeof name === 'string' ? Buffer.from(name) : Buffer.from(name);
    const path = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    await pick(app, page, `#image=${stage().registry}/${image}&path=/${path}`);
    await expect(contents(page).getByRole('heading')).toHaveText(shown);
    await expect(app.files.locator('[aria-selected=true]')).toContainText(shown);
    const file = await download(contents(page).getByRole('button', { name: 'Download' }));
    const given = file.suggestedFilename();
    expect(given).not.toMatch(/[\x00-\x1f\x7f/\\<>:"|?*\u200b\u202e\ufffd]|^\.*$|^con$|[. ]$/i);
    expect(Buffer.byteLength(given)).toBeLessThanOrEqual(255);
    expect(await readFile(await file.path(), 'utf8')).toBe(`<script>${RUN}</script>`);
    expect({ shown, ...((await seen()) as object) }).toEqual({ shown, ...NOTHING });
  }
  // What is not a letter is marked as such, not only spelled.
  await pick(app, page, `#image=${stage().registry}/${image}&path=/new%0aline`);
  await expect(contents(page).getByRole('heading').locator('.mark')).toHaveText('\\n');
});

test('runs nothing of what is in an archive, whatever it is called there', async ({ app, page }) => {
  test.setTimeout(120_000);
  const seen = await watch(page);
  const image = 'harmful-archive';
  // What cannot be a folder of the image can be one here.
  const deceits = [
    `../../<img src=x onerror=${RUN}>.svg`,
    '/etc/passwd',
    '\u202egpj.exe\n',
    '__proto__',
    'a!/b%21',
    'n'.repeat(10_000),
  ];
  const members = [...PAYLOADS, ...deceits.map((name) => [name, SVG] as const)];
  const inner = tarOf(members.map(([name, content]) => ({ name, content })));
  await pushFiles(stage().registry, image, [
    { name: 'outer.tar.gz', content: gzipSync(tarOf([{ name: 'inner.tar', content: inner }])) },
  ]);
  await app.goto(`image=${stage().registry}/${image}&path=/outer.tar.gz&member=inner.tar`);
  await app.expectPhase('open');
  const grid = contents(page).getByRole('grid', { name: 'Members of the archive' });
  await expect(grid.getByRole('button').first()).toBeVisible();
  await grid.focus();
  await page.keyboard.press('Home');
  for (const [name] of members) {
    await page.keyboard.press('Enter');
    await expect(contents(page).getByRole('button', { name: 'inner.tar' })).toBeVisible();
    await seeAll(page);
    if (name === members.at(-1)![0] || deceits.includes(name)) {
      const file = await download(contents(page).getByRole('button', { name: 'Download' }));
      expect(file.suggestedFilename()).not.toMatch(/[\x00-\x1f\x7f/\\<>:"|?*\u202e]|^\.*$|[. ]$/);
      expect(await readFile(await file.path(), 'utf8')).toBe(SVG);
    }
    expect({ name, ...((await seen()) as object) }).toEqual({ name, ...NOTHING });
    await contents(page).getByRole('button', { name: 'inner.tar' }).click();
    await expect(grid).toBeVisible();
    await grid.focus();
    await page.keyboard.press('ArrowDown');
  }
});
