/** Everything in view is in the address: a person goes back and forward, and sends a link to a friend. */
import { expect, stage, test, type App } from './fixtures/app.ts';

test('shows each view by its link', async ({ app, page }) => {
  for (const [view, text] of [
    ['layers', /sha256/],
    ['history', /ENTRYPOINT/],
    ['config', /diff_ids/],
    ['manifest', /layers/],
    ['index', /arm64/],
  ] as const) {
    await app.goto(`layout=sample/&view=${view}`);
    await app.expectVerified();
    await expect(page.getByRole('main')).toContainText(text);
    expect(app.hash()).toContain(`view=${view}`);
  }
});

test('goes back and forward through what was looked at', async ({ app, page }) => {
  await app.goto('layout=sample/');
  await app.expectVerified();
  await app.row('etc').click();
  await expect.poll(() => app.hash()).toContain('path=/etc');
  await page.goto(`${stage().page}#layout=sample/&view=history`);
  await expect(page.getByRole('main')).toContainText('ENTRYPOINT');
  await app.expectPhase('open');

  await page.goBack();
  await expect.poll(() => app.hash()).toContain('path=/etc');
  await expect(app.row('etc')).toHaveAttribute('aria-selected', 'true');
  await page.goForward();
  await expect(page.getByRole('main')).toContainText('ENTRYPOINT');
});

test('shows what one layer brought by its link, and all of them on the way back', async ({ app, page }) => {
  await app.goto('layout=sample/&layer=1');
  await app.expectVerified();
  await expect(page.getByRole('button', { name: 'Alone' })).toHaveAttribute('aria-pressed', 'true');
  const some = await app.files.getAttribute('aria-rowcount');
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(app.files).not.toHaveAttribute('aria-rowcount', some!);
  expect(app.hash()).toBe('#layout=sample/');
  const strata = page.getByRole('list', { name: 'Layers, the newest first' }).getByRole('button');
  await strata.last().click();
  await expect.poll(() => app.hash()).toBe('#layout=sample/&layer=0');
  await expect(strata.last()).toHaveAttribute('aria-pressed', 'true');
  await page.goBack();
  await page.goBack();
  await expect(app.files).toHaveAttribute('aria-rowcount', some!);
  expect(app.hash()).toBe('#layout=sample/&layer=1');
});

test('leads from the digest of a layer in the manifest to that layer', async ({ app, page }) => {
  await app.goto('layout=sample/');
  await app.expectVerified();
  await page.getByRole('tab', { name: 'Manifest' }).click();
  const manifest = page.getByRole('region', { name: 'Manifest' });
  // The config's digest comes first, then the layers', the lowest first.
  const link = manifest.getByRole('link').filter({ hasText: 'sha256:' }).nth(2);
  const digest = await link.innerText();
  await link.click();
  const marked = page.getByRole('list', { name: 'Layers, the newest first' }).locator('[aria-current=true]');
  await expect(marked).toHaveCount(1);
  await expect(marked).toBeFocused();
  await expect(marked).toBeInViewport();
  await expect(marked.getByTitle(digest).first()).toBeVisible();
  expect(app.hash()).toBe('#layout=sample/&layer=1&view=layers');
  await page.goBack();
  await expect(link).toBeVisible();
});

test('goes back to the image before', async ({ app, page }) => {
  await app.open(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
  await app.type(`${stage().registry}/forms:gzip`);
  await expect(app.row('data')).toBeVisible();
  await app.expectVerified();
  await page.goBack();
  await expect(app.row('app')).toBeVisible();
  await app.expectVerified();
  await page.goForward();
  await expect(app.row('data')).toBeVisible();
});

test('gives the same view to whoever opens the link', async ({ app, browser }) => {
  await app.goto(
    'layout=sample/&platform=linux/arm64&path=/usr/share/strata/' + encodeURIComponent('地層.txt'),
  );
  await app.expectVerified();
  const seen = await rows(app);
  const link = app.page.url();

  const context = await browser.newContext();
  const friend = await context.newPage();
  await friend.goto(link);
  await expect(friend.locator('html')).toHaveAttribute('data-verified', 'true');
  await expect(friend.getByRole('row', { name: /地層\.txt/ })).toHaveAttribute('aria-selected', 'true');
  expect(await friend.getByRole('treegrid').getByRole('row').allInnerTexts()).toEqual(seen);
  await context.close();
});

test('says so where the image has nothing at the path of the link', async ({ app, page }) => {
  await app.goto('layout=sample/&path=/etc/granite');
  await app.expectVerified();
  const says = page.getByRole('status').filter({ hasText: '/etc/granite' });
  await expect(says).toContainText(/has no/);
  await app.row('etc').click();
  await expect(says).toHaveCount(0);
});

async function rows(app: App): Promise<string[]> {
  await expect(app.row('地層.txt')).toHaveAttribute('aria-selected', 'true');
  return app.files.getByRole('row').allInnerTexts();
}
