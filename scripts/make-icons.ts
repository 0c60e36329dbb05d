/**
 * Draws public/icon-*.png from public/icon.svg, for home screens, which take no SVG: `node scripts/run.mjs
 * scripts/make-icons.ts`. On the ground of the app, with room around the mark, so that a round mask cuts nothing off.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { LAUNCH } from '../e2e/playwright.config.ts';

/** Pixels: Apple's touch icon, and the two that web app manifests ask for. */
const SIZES = [180, 192, 512];
/** Of the icon's width; a maskable icon keeps what is within 80 % (W3C, "Web Application Manifest", maskable). */
const MARK = 0.62;

const folder = join(import.meta.dirname, '../public');
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
const browser = await chromium.launch(LAUNCH);
try {
  const page = await browser.newPage({ colorScheme: 'light' });
  for (const size of SIZES) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(
      `<style>body{margin:0;height:100vh;display:grid;place-items:center;background:#f4f1ea}
       svg{width:${MARK * 100}vw}</style>${svg}`,
    );
    await page.screenshot({ path: join(folder, `icon-${size}.png`) });
  }
} finally {
  await browser.close();
}
