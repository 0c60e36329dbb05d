import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, defineConfig } from '@playwright/test';
import type { EngineOptions } from './engines/engine.ts';

/** Playwright's own, where it could be had, else the system's. */
function executablePath(): string | undefined {
  const given = process.env['PLAYWRIGHT_CHROMIUM'];
  if (given) return given;
  if (existsSync(chromium.executablePath())) return undefined;
  return ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
}

const path = executablePath();
const ALONE = '**/stays-responsive.spec.ts';

export const LAUNCH = {
  ...(path === undefined ? {} : { executablePath: path }),
  args: [
    // The sandbox cannot be had by root, as whom containers and many CI systems run.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ],
};

export default defineConfig<object, EngineOptions>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  globalSetup: './set-up.ts',
  fullyParallel: true,
  workers: 2,
  // A journey that only sometimes arrives is a fault: it is not tried again.
  retries: 0,
  forbidOnly: !!process.env['CI'],
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [
    { name: 'chromium', testIgnore: [join(import.meta.dirname, 'engines/**'), ALONE] },
    // By their own protocols: Playwright drives only the Firefox and the WebKit that it builds itself.
    { name: 'firefox', testDir: 'engines', use: { engine: 'firefox' } },
    { name: 'webkit', testDir: 'engines', use: { engine: 'webkit' } },
    // What measures the page has the machine for itself: two browsers beside it made its tasks half as long again.
    { name: 'alone', testMatch: ALONE, dependencies: ['chromium', 'firefox', 'webkit'] },
  ],
  use: {
    browserName: 'chromium',
    launchOptions: LAUNCH,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    // A trace records each step of each journey, those that arrive too; on two cores that is a third of the time.
    trace: process.env['TRACE'] ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    acceptDownloads: true,
    actionTimeout: 20_000,
  },
});
