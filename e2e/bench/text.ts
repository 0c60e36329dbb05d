/** A text of 50 MB: how soon its last line is there, and whether the page stays free while it loads and is scrolled through. */
import { gzipSync } from 'node:zlib';
import type { Browser } from '@playwright/test';
import { tarOf } from '../../src/testing/tar-of.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from '../fixtures/layout.ts';
import { Pusher } from '../fixtures/push.ts';
import { inPage } from './page.ts';
import { seconds, table } from './table.ts';

const LINES = 1_000_000;
/** Milliseconds. */
const LONGEST = 50;

export async function benchText(browser: Browser, address: string, host: string): Promise<void> {
  const lines = Array.from(
    { length: LINES },
    (_, i) => `${i + 1} the quick brown fox jumps over the lazy dog`,
  );
  const text = `${lines.join('\n')}\n`;
  console.log(`\nA text of ${(text.length / 1e6).toFixed(0)} MB, ${LINES.toLocaleString('en')} lines`);
  await push(host, text);
  await inPage(browser, address, async (page) => {
    const longestSince = (since: number) =>
      page.evaluate((start) => {
        const { longTasks } = window as unknown as { longTasks: { start: number; duration: number }[] };
        return Math.max(0, ...longTasks.filter((it) => it.start >= start).map(({ duration }) => duration));
      }, since);
    const now = () => page.evaluate(() => performance.now());
    const start = await now();
    await page.evaluate(
      (hash) => (location.hash = hash),
      `#image=${host}/bench/text&path=/log&line=${LINES}`,
    );
    await page.locator('.cm-asked').waitFor({ timeout: 120_000 });
    const there = (await now()) - start;
    await page.waitForTimeout(500);
    const loading = await longestSince(start);
    const from = await now();
    const editor = page.getByRole('textbox', { name: 'Text of the file' });
    await editor.focus();
    for (const key of ['Control+Home', 'Control+End', 'Control+Home']) await page.keyboard.press(key);
    for (let i = 0; i < 100; i++) await page.keyboard.press('PageDown');
    await editor.hover();
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, 3000);
      await page.waitForTimeout(16);
    }
    await page.locator('.cm-scroller').evaluate(async (scroller) => {
      for (let i = 0; i < 60; i++) {
        scroller.scrollTop = (scroller.scrollHeight * ((i * 37) % 60)) / 60;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await page.waitForTimeout(300);
    table([
      ['', 'value', 'aim'],
      ['its last line on the screen, by a link', seconds(there), ''],
      ['longest task until then', `${loading.toFixed(0)} ms`, `≤ ${LONGEST} ms`],
      ['longest task while scrolling', `${(await longestSince(from)).toFixed(0)} ms`, `≤ ${LONGEST} ms`],
    ]);
  });
}

async function push(host: string, text: string): Promise<void> {
  const pusher = new Pusher(host, 'bench/text');
  const tar = tarOf([{ name: 'log', content: text }]);
  const layer = await pusher.blob(gzipSync(tar), OCI_LAYER_GZIP);
  const rootfs = { type: 'layers', diff_ids: [sha256(tar)] };
  const config = await pusher.json({ architecture: 'amd64', os: 'linux', rootfs }, OCI_CONFIG);
  await pusher.manifest({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }, 'latest');
}
