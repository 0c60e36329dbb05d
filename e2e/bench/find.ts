/** Finding by name among a million entries, a keystroke after the other, as a person types. */
import type { Browser, Page } from '@playwright/test';
import { inPage, openImage } from './page.ts';
import { median, table } from './table.ts';

/** What the issue aims at. Milliseconds. */
const AIM = { keystroke: 50, task: 50 };
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
  await page.waitForTimeout(1500);
  return page.evaluate((since) => {
    const { longTasks } = window as unknown as { longTasks: { start: number; duration: number }[] };
    const tasks = longTasks.filter((task) => task.start >= since).map(({ duration }) => duration);
    const times = performance.getEntriesByName('stratascope.find').map(({ duration }) => duration);
    return { times, longest: Math.max(0, ...tasks) };
  }, start);
}
