/** The app in a real Chromium, timed by its own marks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { BrowserMemory } from '../fixtures/memory.ts';
import { LAUNCH } from '../playwright.config.ts';

/** A layer may take long on a slow machine; what takes longer than this has stopped. */
const PATIENCE_MS = 4 * 60_000;

/** Milliseconds since `stratascope.open`. */
export interface Opening {
  readonly tree: number;
  readonly verified: number;
  /** From the last byte of the last blob to the tree on screen. */
  readonly treeAfterLastByte: number;
  /** The longest the page was busy in one go while it opened. */
  readonly longestTask: number;
}

const VIEWPORT = { width: 1280, height: 800 };

export async function inPage<T>(
  browser: Browser,
  address: string,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  // A context of its own: nothing is in any cache.
  return inContext(await browser.newContext({ viewport: VIEWPORT }), address, use);
}

/** In a browser with a profile on disk, as a person has it: what another context keeps, it keeps in memory. */
export async function inProfile<T>(address: string, use: (page: Page) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const context = await chromium.launchPersistentContext(folder, { ...LAUNCH, viewport: VIEWPORT });
    return await inContext(context, address, use);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inContext<T>(
  context: BrowserContext,
  address: string,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  try {
    const page = await context.newPage();
    await page.addInitScript(() => {
      const tasks: { start: number; duration: number }[] = [];
      Object.assign(window, { longTasks: tasks });
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) tasks.push({ start: startTime, duration });
      }).observe({ type: 'longtask', buffered: true });
    });
    await page.goto(address);
    await page.waitForSelector('html[data-phase=empty]');
    return await use(page);
  } finally {
    await context.close();
  }
}

/** Types the reference, so that the page itself is loaded before the clock runs. */
export async function openImage(page: Page, reference: string): Promise<Opening> {
  let lastByte = 0;
  page.on('requestfinished', (request) => {
    if (!request.url().includes('/blobs/')) return;
    const { startTime, responseEnd } = request.timing();
    lastByte = Math.max(lastByte, startTime + responseEnd);
  });
  await page.getByRole('textbox', { name: 'Image reference' }).fill(reference);
  // From the last key to the button.
  await page.waitForTimeout(200);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  const facts = await factsOf(page);
  return { ...timesOf(facts), treeAfterLastByte: facts.origin + facts.tree - lastByte };
}

/** Gives the page a file of this machine. */
export async function openFile(page: Page, file: string): Promise<Omit<Opening, 'treeAfterLastByte'>> {
  const input = page.getByLabel('Open a local image');
  // A person goes to the button, and is seconds in the system's dialog.
  await input.hover();
  await page.waitForTimeout(500);
  await input.setInputFiles(file);
  return timesOf(await factsOf(page));
}

const timesOf = ({ open, tree, verified, longest }: Facts) => ({
  tree: tree - open,
  verified: verified - open,
  longestTask: longest,
});

type Facts = Awaited<ReturnType<typeof factsOf>>;

/** Until all is verified. Fails with what the page says where it never will be, and where it takes too long. */
async function verified(page: Page): Promise<void> {
  const end = 'html[data-verified=true], html[data-verified=false], html[data-phase=failed]';
  const isOver = await page.waitForSelector(end, { state: 'attached', timeout: PATIENCE_MS }).then(
    () => true,
    () => false,
  );
  const { phase, verified } = await page.evaluate(() => ({ ...document.documentElement.dataset }));
  if (isOver && verified === 'true') return;
  const alert = await page.getByRole('alert').allInnerTexts();
  const late = isOver ? '' : ` after ${PATIENCE_MS / 1000} s`;
  throw new Error(`${page.url()} is not verified${late}: ${phase}, ${verified}. ${alert.join(' ')}`);
}

/** The page's own marks, in milliseconds of its clock, when all is verified. */
async function factsOf(page: Page) {
  await verified(page);
  return page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(`stratascope.${name}`).at(-1)?.startTime ?? NaN;
    const { longTasks } = window as unknown as { longTasks: { start: number; duration: number }[] };
    return {
      open: at('open'),
      tree: at('tree'),
      verified: at('verified'),
      origin: performance.timeOrigin,
      longest: Math.max(0, ...longTasks.map(({ duration }) => duration)),
    };
  });
}

/**
 * Peak above the empty page, in bytes; a run of its own, as looking costs time. In a profile on disk, or what the page
 * keeps between visits would count too.
 */
export async function measurePeak(address: string, open: (page: Page) => Promise<unknown>): Promise<number> {
  return inProfile(address, async (page) => {
    await page.waitForTimeout(500);
    const memory = await BrowserMemory.of(page.context().browser()!);
    const idle = memory.now();
    return (await memory.peakUntil(open(page), 50)) - idle;
  });
}

/** Pages, jumps and wheels through a tree that is open; the longest task meanwhile, in ms, and how many were over 50. */
export async function scrollThrough(page: Page): Promise<{ longest: number; over50: number; rows: number }> {
  const files = page.getByRole('treegrid', { name: 'Files' });
  await page.getByRole('button', { name: /(unfold|expand) all/i }).click();
  await page.waitForFunction(
    () => Number(document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount')) > 100_000,
  );
  await files.focus();
  await page.waitForTimeout(500);
  const start = await page.evaluate(() => performance.now());
  for (let i = 0; i < 100; i++) await page.keyboard.press('PageDown');
  await page.keyboard.press('End');
  for (let i = 0; i < 50; i++) await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  await files.hover();
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 1500);
    await page.waitForTimeout(16);
  }
  await files.evaluate(async (grid) => {
    for (let i = 0; i < 60; i++) {
      grid.scrollTop = (grid.scrollHeight * ((i * 37) % 60)) / 60;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  // Observers hear of a task a little after it.
  await page.waitForTimeout(300);
  return page.evaluate((since) => {
    const { longTasks } = window as unknown as { longTasks: { start: number; duration: number }[] };
    const tasks = longTasks.filter((task) => task.start >= since).map(({ duration }) => duration);
    const rows = Number(document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount'));
    return { longest: Math.max(0, ...tasks), over50: tasks.filter((ms) => ms > 50).length, rows };
  }, start);
}
