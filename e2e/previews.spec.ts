/** A person sees what is in a file, whatever kind of file it is. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, stage, test } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { pushPreviews, pushVast, type Previews } from './fixtures/previews.ts';

const contents = (page: Page) => page.getByRole('region', { name: 'Contents' });

// One after the other: each that makes the image makes another certificate.
test.describe.configure({ mode: 'default' });

let previews: Previews;
test.beforeAll(async ({ browser }) => {
  const page = await browser.newPage();
  previews = await pushPreviews(stage().registry, { film: await filmBy(page), book: await bookBy(page) });
  await page.close();
});

/** A second of a film, recorded by the browser itself. */
async function filmBy(page: Page): Promise<Uint8Array> {
  const base64 = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 48];
    const context = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm;codecs=vp8' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let i = 0; i < 12; i++) {
      context.fillStyle = `hsl(${i * 30} 80% 50%)`;
      context.fillRect(0, 0, 64, 48);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
  return Buffer.from(base64, 'base64');
}

/** A book, printed by the browser itself. */
async function bookBy(page: Page): Promise<Uint8Array> {
  const chapters = Array.from(
    { length: 30 },
    (_, i) =>
      `<section><h1>Chapter ${i + 1}</h1><div></div><p>${'Of stones and strata. '.repeat(80)}</p></section>`,
  );
  await page.setContent(
    `<style>div { width: 50%; height: 120px; background: rgb(0, 120, 200) } section { break-after: page }</style>${chapters.join('')}`,
  );
  return new Uint8Array(await page.pdf({ format: 'A5', printBackground: true }));
}

const at = (path: string, image = 'previews') => `image=${stage().registry}/${image}&path=${path}`;

test('a program says what it needs, and leads there', async ({ app, page }) => {
  await app.goto(at('/bin/sh'));
  const view = contents(page);
  await expect(view).toContainText(/ELF 64-bit program/);
  await expect(view.getByRole('button', { name: 'Program' })).toHaveAttribute('aria-pressed', 'true');
  await expect(view.getByLabel('Hardening').first()).toContainText('Stack');
  const needs = view.getByRole('region', { name: 'Needs' }).getByRole('button');
  await expect(needs).toHaveCount(previews.libraries.length);
  const libc = previews.libraries.find((path) => path.includes('libc.so'))!;
  await needs.filter({ hasText: 'libc.so' }).click();
  await expect.poll(() => app.hash()).toContain(`path=${libc}`);
  await expect(view).toContainText(/ELF 64-bit library/);
  await expect(view).toContainText('Library name');
  // A file that ends in its headers says so, and its bytes are one click away.
  await app.goto(at('/srv/broken.so'));
  await expect(view.getByRole('alert')).toContainText('cannot be read on');
  await view.getByRole('button', { name: 'Show its bytes' }).click();
  await expect(view).toContainText('7f 45 4c 46');
  await app.goto(at('/srv/tool.exe'));
  await expect(view).toContainText('Windows program');
  await expect(view.getByRole('region', { name: 'Needs' })).toContainText('KERNEL32.dll');
  await app.goto(at('/srv/assembly.dll'));
  await expect(view).toContainText('managed (.NET)');
});

test('a certificate says whose it is and until when; a private key is called one', async ({ app, page }) => {
  const view = contents(page);
  for (const path of ['/etc/cert.pem', '/etc/cert.der']) {
    await app.goto(at(path));
    await expect(view).toContainText('host.example');
    await expect(view).toContainText('not verified');
    await expect(view).toContainText(/Valid for 39\d days more/);
    await expect(view).toContainText('host.example, *.host.example');
    await expect(view).toContainText(previews.fingerprint);
  }
  await app.goto(at('/etc/key.pem'));
  await expect(view).toContainText('Private key (RSA, 2048 bits)');
  await expect(view).toContainText('Everyone who can pull this image has it.');
  await view.getByRole('button', { name: 'Text' }).click();
  await expect(view.getByRole('textbox', { name: 'Text of the file' })).toContainText('BEGIN PRIVATE KEY');
});

test('a file in an archive is opened, one in an archive in it too, and each has its link', async ({
  app,
  page,
}) => {
  const view = contents(page);
  const grid = view.getByRole('grid', { name: 'Members of the archive' });
  const text = view.getByRole('textbox', { name: 'Text of the file' });
  await app.goto(at('/srv/app.war'));
  await grid.getByRole('button', { name: 'WEB-INF/lib/app.jar' }).click();
  await expect(view).toContainText('3,001 members');
  await view.getByRole('searchbox', { name: 'Filter by name' }).fill('class0007');
  await grid.getByRole('button', { name: 'org/example/Class0007.class' }).click();
  await expect(view.getByRole('heading', { name: 'org/example/Class0007.class' })).toBeVisible();
  await expect(view).toContainText('ca fe ba be ca fe ba be');
  await expect(view).toContainText('Verified');
  await expect(page).toHaveURL(/&member=WEB-INF\/lib\/app\.jar%21\/org\/example\/Class0007\.class/);

  // The way back is there at once, as it was left.
  await view.getByRole('button', { name: 'WEB-INF/lib/app.jar' }).click();
  await expect(view.getByRole('searchbox', { name: 'Filter by name' })).toHaveValue('class0007');
  await page.goBack();
  await expect(view).toContainText('ca fe ba be ca fe ba be');
  await page.goBack();
  await page.goBack();
  await expect(view).toContainText('4 members');

  // By its keys alone, also while it is still read.
  await app.goto(at('/srv/app.war'));
  await expect(grid.getByRole('button').first()).toBeVisible();
  await grid.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(view).toContainText('The file is empty.');
  await view.getByRole('button', { name: 'app.war' }).click();

  // By a link, to a line.
  await app.goto(`${at('/srv/app.war')}&member=notes.txt&line=1234`);
  await expect(text.locator('.cm-activeLine, .cm-line').filter({ hasText: 'stone 1234' })).toBeVisible();
  expect(
    readFileSync((await (await download(view.getByRole('button', { name: 'Download' }))).path())!, 'utf8'),
  ).toBe(Array.from({ length: 2000 }, (_, i) => `stone ${i + 1}\n`).join(''));
  await app.goto(`${at('/srv/thing.deb')}&member=./usr/share/thing/data`);
  await expect(text).toContainText('x'.repeat(77));

  // Behind a lot that has to be unpacked; meanwhile one may go back.
  await app.goto(at('/srv/deep.tar.gz'));
  await grid.getByRole('button', { name: 'end.txt' }).click();
  await expect(view.getByRole('status')).toHaveText('Reading end.txt …');
  await view.getByRole('button', { name: 'deep.tar.gz' }).click();
  await expect(view).toContainText('2 members');
  await grid.getByRole('button', { name: 'end.txt' }).click();
  await expect(text).toContainText('the end');
  await view.getByRole('button', { name: 'deep.tar.gz' }).click();
  await grid.getByRole('button', { name: 'hole' }).click();
  await expect(view.getByRole('alert')).toContainText('larger than');

  await app.goto(`${at('/srv/app.war')}&member=WEB-INF/web.xml`);
  await expect(view.getByRole('alert')).toContainText('The archive has no such file');
  await view.getByRole('button', { name: 'Show what the archive holds' }).click();
  await expect(view).toContainText('4 members');
});

test('archives are listed, and what is compressed alone is read', async ({ app, page }) => {
  const view = contents(page);
  const table = view.getByRole('grid', { name: 'Members of the archive' });
  await app.goto(at('/srv/app.jar'));
  await expect(view).toContainText('Java archive');
  await expect(view).toContainText('3,001 members');
  await expect(table).toContainText('org/example/Class0003.class');
  await table.focus();
  await page.keyboard.press('End');
  await expect(table).toContainText('Class2999.class');
  await view.getByRole('searchbox', { name: 'Filter by name' }).fill('class1234');
  await expect(table.getByRole('row')).toHaveCount(2);
  await view.locator('summary').click();
  await expect(view).toContainText('Main-Class: org.example.Main');
  await app.goto(at('/srv/thing.deb'));
  await expect(view).toContainText('Debian package');
  await expect(table).toContainText('./usr/share/thing/data');
  await app.goto(at('/srv/changelog.gz'));
  await expect(view.getByRole('textbox', { name: 'Text of the file' })).toContainText(
    'thing (1.500) unstable',
  );
  await view.getByRole('button', { name: 'Open it by itself' }).click();
  await expect(view).toContainText('500 lines');
  await expect(view.getByRole('heading', { name: 'changelog', exact: true })).toBeVisible();
});

test('sound and film are played, and a font is drawn', async ({ app, page }) => {
  const view = contents(page);
  await app.goto(at('/srv/tone.wav'));
  await expect(view).toContainText(/WAV\s*0:02/);
  await expect(view.locator('audio')).toBeVisible();
  await app.goto(at('/srv/film.webm'));
  await expect(view).toContainText(/WebM.*64 × 48/);
  await app.goto(at('/srv/boxes.ttf'));
  await expect(view.getByRole('img', { name: 'A specimen of the font' })).toBeVisible();
  await expect(view).toContainText('2 glyphs');
  expect(
    await page.evaluate(() => [...document.fonts].filter((font) => font.status === 'loaded').length),
  ).toBe(1);
  await view.getByRole('textbox', { name: 'Your text' }).fill('my own words');
  await expect(view.getByRole('img')).toContainText('my own words');
});

test('a PDF is drawn page by page, its letters can be read, and its scripts are told of', async ({
  app,
  page,
}) => {
  const view = contents(page);
  const pages = view.getByRole('region', { name: 'Pages', exact: true });
  await app.goto(at('/srv/book.pdf'));
  await expect(view).toContainText('30 pages');
  const first = view.getByRole('region', { name: 'Page 1 of 30' });
  await expect(first).toContainText('Chapter 1');
  // The field that was printed, in its colour, half as wide as the page.
  const blue = await first.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === 0 && data[i + 1] === 120 && data[i + 2] === 200) count++;
    return count / (data.length / 4);
  });
  expect(blue).toBeGreaterThan(0.03);
  expect(blue).toBeLessThan(0.15);
  const number = view.getByRole('spinbutton', { name: 'Page' });
  await number.fill('17');
  await number.press('Enter');
  const later = view.getByRole('region', { name: 'Page 17 of 30' });
  await expect(later).toContainText('Chapter 17');
  // What is far away is let go.
  await expect(first.locator('canvas')).toHaveCount(0);
  const { width: before } = (await later.boundingBox())!;
  await view.getByRole('button', { name: 'Larger' }).click();
  await expect.poll(async () => (await later.boundingBox())!.width / before).toBeCloseTo(1.5, 1);
  await expect(number).toHaveValue('17');
  await pages.focus();
  await page.keyboard.press('End');
  await expect(number).toHaveValue('30');
  // One that would run scripts, in viewers that do.
  await app.goto(at('/srv/paper.pdf'));
  await expect(view).toContainText(/PDF 1\.7\s*12 pages/);
  await view.getByText('About the document').click();
  await expect(view).toContainText('On strata');
  await expect(view).toContainText('Nothing of it runs here.');
  await expect(view.getByRole('img', { name: 'Page 1', exact: true })).toBeVisible();
  await expect(view.locator('iframe, embed, object')).toHaveCount(0);
});

test('a PDF with a password asks for it, until it is the right one', async ({ app, page }) => {
  const view = contents(page);
  const password = view.getByLabel('Password of the document');
  await app.goto(at('/srv/secret.pdf'));
  await password.fill('sesame');
  await view.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(view).toContainText('That is not its password.');
  await password.fill('open sesame');
  await password.press('Enter');
  await expect(view.getByRole('region', { name: 'Page 3 of 3' })).toBeAttached();
  await expect(password).toHaveCount(0);
});

test('a JSON text without lines is laid out, and as it stands when asked', async ({ app, page }) => {
  await app.goto(at('/etc/minified.json'));
  await expect(contents(page)).toContainText('15 lines');
  await contents(page).getByRole('button', { name: 'Lay out' }).click();
  await expect(contents(page)).toContainText('1 line');
});

test('databases and others are called what they are', async ({ app, page }) => {
  const view = contents(page);
  await app.goto(at('/srv/app.db'));
  await expect(view).toContainText(/SQLite database\s*1 table/);
  await view.getByText('rocks', { exact: true }).click();
  await expect(view).toContainText('CREATE TABLE rocks');
  await app.goto(at('/srv/Main.class'));
  await expect(view).toContainText('Java class, for Java 17');
});

test('any byte of a file of gigabytes is shown', async ({ app, page }) => {
  await pushVast(stage().registry);
  await app.goto(at('/vast', 'vast'));
  const bytes = contents(page).getByRole('region', { name: 'Bytes of the file' });
  await expect(contents(page)).toContainText('5,000,000,012 bytes');
  await contents(page).getByLabel('Go to byte').fill('5000000000');
  await page.keyboard.press('Enter');
  await expect(bytes).toContainText('the very end');
  await contents(page).getByLabel('Go to byte').fill('0x10');
  await page.keyboard.press('Enter');
  await expect(bytes).toContainText('000000010');
});
