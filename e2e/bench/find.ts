/** Finding: by name among a million entries, a keystroke after the other, as a person types; and in what files hold, against zcat and grep. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { run } from '../fixtures/process.ts';
import { inPage, openImage } from './page.ts';
import { median, seconds, table, times } from './table.ts';

/** What the issue aims at. Milliseconds. */
const AIM = { keystroke: 50, task: 50, ofGrep: 2 };
/** Between two keys: what a fast typist takes. Milliseconds. */
const BETWEEN = 120;

const TYPED = [
  ['a name', 'a1b2c'],
  ['all of them', '.js'],
  ['a path', 'package-3/lib/part-1'],
  ['a glob', '*a?f*.js'],
  ['a regular expression', 're:^[0-9a-f]+7-2\\.js$'],
  ['facts', 'type:file owner:0 layer:1 ff'],
] as const;

export async function benchFind(browser: Browser, address: string, entries: string): Promise<void> {
  console.log('\nFinding among 1,000,000 entries');
  await inPage(browser, address, async (page) => {
    await openImage(page, entries);
    await page.keyboard.press('/');
    // The first question waits for the copy of the columns.
    const first = await keystrokes(page, 'p');
    const rows: string[][] = [['typed', 'median', 'slowest', 'aim', 'longest task', 'aim']];
    rows.push(['first letter ever', ms(first.times[0]!), '', '', ms(first.longest), `≤ ${AIM.task} ms`]);
    for (const [what, text] of TYPED) {
      const { times, longest } = await keystrokes(page, text);
      const slowest = Math.max(...times);
      const aim = `≤ ${AIM.keystroke} ms`;
      rows.push([what, ms(median(times)), ms(slowest), aim, ms(longest), `≤ ${AIM.task} ms`]);
    }
    table(rows);
  });
}

const ms = (value: number) => `${value.toFixed(0)} ms`;

/** From each key to its results on the screen, by the page's own measures, and the longest task meanwhile. */
async function keystrokes(page: Page, text: string): Promise<{ times: number[]; longest: number }> {
  const box = page.getByRole('textbox', { name: 'Find in this image' });
  await box.fill('');
  await page.waitForTimeout(500);
  const start = await page.evaluate(() => {
    performance.clearMeasures('stratascope.find');
    return performance.now();
  });
  await box.pressSequentially(text, { delay: BETWEEN });
  // The first question may take long; of those after it some are overtaken by the next key.
  await page.waitForFunction(() => performance.getEntriesByName('stratascope.find').length > 0);
  await page.waitForTimeout(1500);
  return page.evaluate((since) => {
    const { longTasks } = window as unknown as { longTasks: { start: number; duration: number }[] };
    const tasks = longTasks.filter((task) => task.start >= since).map(({ duration }) => duration);
    const times = performance.getEntriesByName('stratascope.find').map(({ duration }) => duration);
    return { times, longest: Math.max(0, ...tasks) };
  }, start);
}

/** They are in no file: all that is text is looked at, whatever the limit of lines. Each run asks for another one. */
const LOOKED_FOR = [
  [
    'a text',
    (run: number) => [`text:Stratascope-is-not-here-${run}`, `grep -Fc Stratascope-is-not-here-${run}`],
  ],
  [
    'whatever the case',
    (run: number) => [`text:stratascope-is-not-here-${run}`, `grep -iFc Stratascope-is-not-here-${run}`],
  ],
  [
    'an expression',
    (run: number) => [`grep:Stratascope[0-9]+x${run}$`, `grep -Ec 'Stratascope[0-9]+x${run}$'`],
  ],
] as const;
const RUNS = 3;

export async function benchContents(
  browser: Browser,
  address: string,
  real: string,
  urls: readonly string[],
  folder: string,
): Promise<void> {
  const files: string[] = [];
  for (const [i, url] of urls.entries()) {
    const file = join(folder, `contents-${i}.tar.gz`);
    writeFileSync(file, new Uint8Array(await (await fetch(url)).arrayBuffer()));
    files.push(file);
  }
  console.log('\nLooking into all files of the image of real files');
  await inPage(browser, address, async (page) => {
    await openImage(page, real);
    // The layers are written down, and their seek points found.
    await page.waitForTimeout(12_000);
    const rows: string[][] = [['', 'zcat | grep', 'in the page', 'of it', 'aim']];
    for (const [what, ask] of LOOKED_FOR) {
      const theirs: number[] = [];
      const ours: number[] = [];
      for (let i = 0; i < RUNS; i++) {
        const [query, command] = ask(i) as [string, string];
        theirs.push(await timeGrep(files, command));
        ours.push(await timeSearch(page, query));
      }
      const [native, own] = [median(theirs), median(ours)];
      rows.push([what, seconds(native), seconds(own), (own / native).toFixed(2), `≤ ${AIM.ofGrep}`]);
      console.log(`runs (s), ${what}: zcat | grep ${times(theirs)}; in the page ${times(ours)}`);
    }
    table(rows);
  });
}

async function timeGrep(files: readonly string[], command: string): Promise<number> {
  const start = performance.now();
  await run('bash', [
    '-c',
    `for file in "$@"; do zcat "$file" | ${command} > /dev/null || true; done`,
    'grep',
    ...files,
  ]);
  return performance.now() - start;
}

async function timeSearch(page: Page, query: string): Promise<number> {
  const box = page.getByRole('textbox', { name: 'Find in this image' });
  // A link to a text looks for it at once; this is a person, who presses Enter.
  await box.fill('name');
  await box.fill(query);
  await page.waitForTimeout(1000);
  const start = performance.now();
  await box.press('Enter');
  await page.getByText('No file has a line like that.').waitFor({ timeout: 10 * 60_000 });
  return performance.now() - start;
}
