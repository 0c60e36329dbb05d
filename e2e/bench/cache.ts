/** What keeping costs the first opening, and what it saves the next one, with the network off. */
import type { Page } from '@playwright/test';
import { inProfile, openImage, type Opening } from './page.ts';
import { median, seconds, table, times } from './table.ts';

/** What the issue aims at. Milliseconds, and ratios. */
const AIM = { again: 0.1, tree: 500, entries: 2000, cost: 1.1 };

const RUNS = 3;
/** Milliseconds. A disk takes its time; what is not written by then never will be. */
const KEPT_LIMIT = 60_000;

export async function benchCache(
  address: string,
  images: { readonly real: string; readonly entries: string },
): Promise<void> {
  console.log('\nThe cache, on the image of real files');
  const without: number[] = [];
  const first: number[] = [];
  const again: Opening[] = [];
  for (let run = 0; run < RUNS; run++) {
    without.push((await inProfile(address, (page) => openWithoutStore(page, images.real))).tree);
    const { opened, reopened } = await inProfile(address, (page) => openTwice(page, images.real));
    first.push(opened.tree);
    again.push(reopened);
  }
  const [bare, kept] = [median(without), median(first)];
  const tree = median(again.map((it) => it.tree));
  table([
    ['', 'time', 'ratio', 'aim'],
    ['first opening, no store: tree', seconds(bare), '1.00', ''],
    ['first opening, kept: tree', seconds(kept), (kept / bare).toFixed(2), `≤ ${AIM.cost}`],
    [
      'opened again, offline: tree',
      seconds(tree),
      (tree / kept).toFixed(2),
      `≤ ${AIM.again}, ${AIM.tree} ms`,
    ],
    ['opened again, offline: verified', seconds(median(again.map((it) => it.verified))), '', ''],
  ]);
  console.log(
    `runs (s): no store ${times(without)}; kept ${times(first)}; again ${times(again.map((it) => it.tree))}`,
  );
  const { reopened } = await inProfile(address, (page) => openTwice(page, images.entries));
  table([
    ['1,000,000 entries', 'time', 'aim'],
    ['opened again, offline: tree', seconds(reopened.tree), `≤ ${seconds(AIM.entries)}`],
    ['opened again, offline: verified', seconds(reopened.verified), ''],
  ]);
}

/** With a database of a newer version in its place, the app goes on without. */
export async function openWithoutStore(page: Page, reference: string): Promise<Opening> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('stratascope', 9999);
        request.onsuccess = () => (request.result.close(), resolve());
        request.onerror = () => reject(request.error as DOMException);
        request.onblocked = () => setTimeout(() => reject(new Error('blocked by the app')), 5000);
      }),
  );
  await page.reload();
  await page.waitForSelector('html[data-phase=empty]');
  return openImage(page, reference);
}

/** What the app keeps, it keeps behind the scenes. Fails where that does not end. */
async function isKept(page: Page): Promise<void> {
  const partsOf = () =>
    page.evaluate(
      () =>
        new Promise<string>((resolve, reject) => {
          const opening = indexedDB.open('stratascope');
          opening.onerror = () => reject(opening.error as DOMException);
          opening.onsuccess = () => {
            const db = opening.result;
            const tx = db.transaction(['contents', 'images']);
            const contents = tx.objectStore('contents').getAllKeys();
            const whole = tx.objectStore('contents').getAll();
            const images = tx.objectStore('images').getAll();
            tx.oncomplete = () => {
              db.close();
              const kept = new Set(
                contents.result.filter((_, i) => (whole.result[i] as { whole: boolean }).whole),
              );
              const digests = (images.result as { digests: string[] }[]).flatMap((image) => image.digests);
              resolve(digests.filter((digest) => !kept.has(digest)).join(' '));
            };
          };
        }),
    );
  const end = Date.now() + KEPT_LIMIT;
  for (let missing = await partsOf(); missing !== ''; missing = await partsOf()) {
    if (Date.now() > end) throw new Error(`not kept after ${KEPT_LIMIT / 1000} s: ${missing}`);
    await page.waitForTimeout(500);
  }
  // The seek points come last.
  await page.waitForTimeout(5000);
}

/** The second time in a page that was loaded anew, offline. */
async function openTwice(page: Page, reference: string): Promise<{ opened: Opening; reopened: Opening }> {
  const opened = await openImage(page, reference);
  await isKept(page);
  const { origin, pathname } = new URL(page.url());
  await page.goto('about:blank');
  await page.goto(origin + pathname);
  await page.waitForSelector('html[data-phase=empty]');
  await page.waitForTimeout(1000);
  await page.context().setOffline(true);
  try {
    return { opened, reopened: await openImage(page, reference) };
  } finally {
    await page.context().setOffline(false);
  }
}
