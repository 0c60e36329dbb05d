/** A journey in an engine that is not Chromium: the browsers, and the app as the README lets anyone script it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from '@playwright/test';
import { stage } from '../fixtures/stage.ts';
import type { Browser, Handle, Role } from './browser.ts';
import { startDisplay } from './display.ts';
import { startFirefox } from './firefox.ts';
import { startWebKit } from './webkit.ts';

export interface EngineOptions {
  readonly engine: 'firefox' | 'webkit';
}

/** A machine with other work may be slow. Milliseconds. */
const PATIENCE = { timeout: 20_000 };

export class Visit {
  readonly browser: Browser;
  readonly #page: string;
  readonly #downloads: string;

  constructor(browser: Browser, page: string, downloads: string) {
    this.browser = browser;
    this.#page = page;
    this.#downloads = downloads;
  }

  /** `hash` without its `#`. */
  async goto(hash = ''): Promise<void> {
    // Another fragment alone would be no navigation: begin from elsewhere.
    await this.browser.goto('about:blank');
    await this.browser.goto(`${this.#page}${hash === '' ? '' : `#${hash}`}`);
  }

  /** The element, when there is one. */
  async find(role: Role, name: string): Promise<Handle> {
    let found: Handle | null = null;
    await expect(async () => (found = await this.browser.byRole(role, name))).toPass(PATIENCE);
    return found!;
  }

  async press(name: string): Promise<void> {
    await this.browser.click(await this.find('button', name));
  }

  async openLocal(path: string): Promise<void> {
    await this.find('button', 'Open');
    await this.browser.fill(await this.browser.query('input[type=file]:not([webkitdirectory])'), path);
  }

  /** `data-phase data-verified` */
  state(): Promise<string> {
    return this.browser.evaluate(() => {
      const { phase, verified } = document.documentElement.dataset;
      return `${phase} ${verified}`;
    });
  }

  async expectState(state: string): Promise<void> {
    await expect.poll(() => this.state(), PATIENCE).toBe(state);
  }

  /** Of the first element that `selector` finds, shadow roots included; empty where there is none. */
  text(selector: string): Promise<string> {
    return this.browser.evaluate((selector) => {
      const shadows = Array.from(document.querySelectorAll('*'), ({ shadowRoot }) => shadowRoot ?? []).flat();
      for (const root of [document, ...shadows]) {
        const found = root.querySelector<HTMLElement>(selector);
        if (found !== null) return found.innerText;
      }
      return '';
    }, selector);
  }

  async expectText(selector: string, says: string | RegExp): Promise<void> {
    const matching = typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says);
    await expect.poll(() => this.text(selector), PATIENCE).toEqual(matching);
  }

  /** What the browser puts among its downloads when `name` is pressed. */
  async download(name: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    await rm(this.#downloads, { recursive: true, force: true });
    await mkdir(this.#downloads);
    await this.press(name);
    let file = '';
    let size = -1;
    await expect(async () => {
      const names = await readdir(this.#downloads);
      expect(names).toHaveLength(1);
      file = names[0]!;
      const before = size;
      size = (await readFile(join(this.#downloads, file))).length;
      // It has its name before it has its bytes, and is whole when it grows no more.
      expect(size > 0 && size === before).toBe(true);
    }).toPass({ ...PATIENCE, intervals: [100] });
    return { name: file, bytes: await readFile(join(this.#downloads, file)) };
  }
}

interface Fixtures {
  readonly folder: string;
  /** Starts the browser, over what it kept of earlier starts in the same test; the one before, if any, ends. */
  readonly start: (options?: { readonly page?: string; readonly isPrivate?: boolean }) => Promise<Visit>;
}

interface WorkerFixtures extends EngineOptions {
  readonly display: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  engine: ['firefox', { option: true, scope: 'worker' }],
  display: [
    async ({ engine }, use) => {
      const display = engine === 'webkit' ? await startDisplay() : null;
      await use(display?.name ?? '');
      await display?.stop();
    },
    { scope: 'worker' },
  ],
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  start: async ({ engine, display, folder }, use, info) => {
    const started: Browser[] = [];
    await use(async ({ page = stage().page, isPrivate = false } = {}) => {
      await started.at(-1)?.close();
      const downloads = join(folder, 'downloads');
      await mkdir(downloads, { recursive: true });
      const how = { profile: isPrivate ? null : join(folder, 'profile'), downloads };
      const browser = await (engine === 'firefox' ? startFirefox(FIREFOX, how) : startWebKit(display, how));
      started.push(browser);
      return new Visit(browser, page, downloads);
    });
    const last = started.at(-1);
    if (last !== undefined && info.status !== info.expectedStatus)
      await writeFile(info.outputPath('screen.png'), await last.screenshot());
    await last?.close();
    for (const { version } of started.slice(0, 1))
      info.annotations.push({ type: 'engine', description: version });
    expect(started.flatMap(({ errors }) => errors)).toEqual([]);
  },
});

/** Debian's, unless told otherwise. */
const FIREFOX = process.env['FIREFOX'] ?? 'firefox-esr';

export { expect };
