/** A person walks the merged tree by keyboard and by mouse. */
import { expect, stage, test, type App } from './fixtures/app.ts';

/** The text of the row that the keys move. */
async function active(app: App): Promise<string> {
  const id = await app.files.getAttribute('aria-activedescendant');
  return id === null
    ? ''
    : (await app.page.locator(`[id="${id}"] [role=gridcell]`).first().innerText()).trim();
}

test.beforeEach(async ({ app }) => {
  await app.open(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
});

test('goes through it with the keyboard alone', async ({ app, page }) => {
  await app.files.focus();
  await page.keyboard.press('Home');
  expect(await active(app)).toBe('app');
  await expect(app.row('app')).toHaveAttribute('aria-expanded', 'false');

  await page.keyboard.press('ArrowRight');
  await expect(app.row('app')).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  // In the order of bytes, as in the export: capitals first.
  expect(await active(app)).toBe('LICENCE');
  await page.keyboard.type('da');
  expect(await active(app)).toBe('data');
  await expect(app.row('data')).toHaveAttribute('aria-level', '2');
  await expect(app.row('data')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  expect(await active(app)).toBe('app');
  await page.keyboard.press('ArrowLeft');
  await expect(app.row('app')).toHaveAttribute('aria-expanded', 'false');

  await page.keyboard.press('End');
  expect(await active(app)).toBe('var');
  await page.keyboard.press('ArrowDown');
  expect(await active(app)).toBe('var');
  // What was typed before is forgotten after a pause.
  await page.waitForTimeout(1200);
  await page.keyboard.type('us');
  expect(await active(app)).toBe('usr');
  await page.keyboard.press('Enter');
  await expect(app.row('usr')).toHaveAttribute('aria-expanded', 'true');
});

test('unfolds with a click; the row says what is in it', async ({ app }) => {
  await app.row('usr').click();
  await app.row('bin').last().click();
  await expect(app.row('as-root')).toBeVisible();
  await expect(app.row('as-root')).toContainText('rws');
  await expect(app.row('strata')).toBeVisible();
});

test('shows the facts of what is selected: owner, capability, where a link leads', async ({ app, page }) => {
  await app.goto(`image=${stage().registry}/team/bedrock:1.4&path=/usr/bin/probe`);
  await app.expectVerified();
  await expect(app.row('probe')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/cap_net_raw/).first()).toBeVisible();
  await app.goto(`image=${stage().registry}/team/bedrock:1.4&path=/etc/motd`);
  await app.expectVerified();
  await expect(page.getByText('../app/README.md').first()).toBeVisible();
});

test('says how many rows there are, while few are in the document', async ({ app, page }) => {
  await app.open(`${stage().registry}/forms:gzip`);
  await app.expectVerified();
  await app.row('data').click();
  await expect(app.files).toHaveAttribute('aria-rowcount', '43');
  await page.setViewportSize({ width: 1280, height: 500 });
  await expect.poll(() => app.files.getByRole('row').count()).toBeLessThan(43);
});

test('sees what layers carry and nobody sees any more, by layer, and what took its place', async ({
  app,
  page,
}) => {
  await app.goto('layout=sample/');
  const unseen = page.getByRole('region', { name: 'Not seen any more' });
  await expect(unseen).toContainText('94.9 kB in 10 files');
  await expect(unseen.getByRole('listitem')).toHaveText([/layer 0\s*233 B/, /layer 1/, /layer 2/]);
  await page.getByRole('tab', { name: 'Layers' }).click();
  await expect(page.locator('[data-layer="2"]')).toContainText('76.1 kB in 5 files not seen any more');
  await expect(page.locator('[data-layer="4"]')).not.toContainText('not seen any more');
  await page.goBack();
  await unseen.getByRole('button', { name: 'Show the deleted' }).click();
  await expect.poll(() => app.hash()).toContain('find=is:deleted');
  await expect(page.getByRole('grid', { name: 'Found' })).toContainText('templates');
});
