/** What can be checked of accessibility by machine (axe-core: WCAG 2.2 A and AA), in both schemes, on each page that a person meets. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { expect, stage, test } from './fixtures/app.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** One line a fault: the rule, what it says, and where. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Not as a script of the page: its policy would refuse that.
    await page.evaluate(AXE);
    const results = await page.evaluate(
      (tags) =>
        (
          globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<unknown> } }
        ).axe.run(document, { runOnly: tags, resultTypes: ['violations'] }),
      TAGS,
    );
    for (const { id, help, nodes } of (results as AxeResults).violations)
      for (const { target, any } of nodes)
        found.push(`${colorScheme}: ${id}: ${help}: ${target.join(' ')} ${any[0]?.message ?? ''}`);
  }
  return found;
}

test('the empty page', async ({ app, page }) => {
  await app.goto();
  await expect(app.reference).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('an open image, each of its views', async ({ app, page }) => {
  test.slow();
  await app.goto('layout=sample/&path=/etc/passwd');
  await app.expectVerified();
  await expect(page.getByRole('textbox', { name: 'Text of the file' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  for (const view of await page.getByRole('tab').all()) {
    await view.click();
    expect(await faults(page)).toEqual([]);
  }
});

test('a package, and keys that were looked for', async ({ app, page }) => {
  await app.goto('layout=sample/&view=packages&item=deb:strata@1.4-1');
  await expect(page.getByRole('region', { name: 'Package', exact: true })).toContainText(
    'Say what lies below',
  );
  expect(await faults(page)).toEqual([]);
  await app.goto('layout=sample/&find=secrets:');
  await expect(page.getByText('No text file has a key or a token')).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('what is different between two images', async ({ app, page }) => {
  await app.goto('layout=sample/&view=compare&with-platform=linux/arm64');
  await expect(page.getByRole('button', { name: 'Export differences' })).toBeEnabled();
  await page.getByRole('grid', { name: 'Differences' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('region', { name: 'The path that is selected' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByText('/var/lib/pkg/status').click();
  await expect(page.getByRole('textbox', { name: 'Lines that are different' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('a failure', async ({ app, page }) => {
  await app.open(`${stage().registry}/nobody/knows:1`);
  await app.expectPhase('failed');
  await expect(app.alert).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('the settings', async ({ app, page }) => {
  await app.goto('settings');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('what is kept', async ({ app, page }) => {
  await app.goto('layout=sample/');
  await app.expectVerified();
  await page.getByRole('link', { name: 'Kept' }).click();
  await expect(page.getByRole('heading', { name: 'Kept in this browser' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
});
