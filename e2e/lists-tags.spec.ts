/** A person looks through the tags of a repository, and what a registry has. */
import { TAGS } from './fixtures/images/attached.ts';
import { run } from './fixtures/process.ts';
import { expect, stage, test } from './fixtures/app.ts';

const repository = () => `${stage().registry}/tagged`;
const skopeo = (...args: string[]) => run('skopeo', args);

test('lists them all, the newest version first, and tells which are the same', async ({ app, page }) => {
  await app.goto(`tags=${repository()}`);
  await app.expectPhase('tags');
  const grid = page.getByRole('grid', { name: 'Tags' });
  await expect(page.getByText(`${(TAGS + 2).toLocaleString('en')} tags`)).toBeVisible();
  const rows = grid.getByRole('row');
  await expect(rows.nth(1).getByRole('gridcell').first()).toHaveText('latest');
  await expect(rows.nth(2).getByRole('gridcell').first()).toHaveText('14.9.9');
  await expect(rows.nth(3).getByRole('gridcell').first()).toHaveText('14.9.8');
  // What is in view is asked about, and nothing else.
  await expect(rows.nth(2)).toContainText('linux/arm64');
  await expect(rows.nth(2)).toContainText('latest, 14.9.7');
  expect(await rows.count()).toBeLessThan(80);

  const real = JSON.parse(await skopeo('list-tags', '--tls-verify=false', `docker://${repository()}`)) as {
    Tags: string[];
  };
  expect(real.Tags.length).toBe(TAGS + 2);
  await grid.focus();
  await page.keyboard.press('End');
  await expect(rows.last().getByRole('gridcell').first()).toHaveText('multi');
});

test('filters them, and shows what one means, as skopeo does', async ({ app, page }) => {
  await app.goto(`tags=${repository()}`);
  await page.getByRole('searchbox', { name: 'Filter tags' }).fill('multi');
  const grid = page.getByRole('grid', { name: 'Tags' });
  await expect(grid.getByRole('row')).toHaveCount(2);
  await grid.getByRole('row').nth(1).click();
  const details = page.getByRole('complementary', { name: 'Tag' });
  const digest = (
    await skopeo('inspect', '--tls-verify=false', '--format={{.Digest}}', `docker://${repository()}:multi`)
  ).trim();
  await expect(details.locator(`code[title="${digest}"]`)).toBeVisible();
  const matrix = details.getByRole('table', { name: 'Platforms' });
  await expect(matrix.getByRole('row')).toHaveCount(3);
  await expect(matrix.getByRole('row', { name: /linux\/arm64/ })).toContainText(/\d+ B/);
  await expect.poll(() => app.hash()).toBe(`#tags=${repository()}&item=multi`);

  await matrix.getByRole('button', { name: 'Show linux/arm64' }).click();
  await app.expectVerified();
  await expect.poll(() => app.hash()).toBe(`#image=${repository()}:multi&platform=linux/arm64`);
  await page.goBack();
  await expect(details.getByRole('heading', { name: 'multi' })).toBeVisible();
  await details.getByRole('button', { name: 'Open', exact: true }).click();
  await app.expectVerified();
  await page.getByRole('link', { name: 'tags' }).click();
  await app.expectPhase('tags');
});

test('lists the repositories of a registry that tells', async ({ app, page }) => {
  await app.goto(`catalog=${stage().registry}`);
  await app.expectPhase('catalog');
  await page.getByRole('searchbox', { name: 'Filter repositories' }).fill('tagg');
  const grid = page.getByRole('grid', { name: 'Repositories' });
  await expect(grid.getByRole('row')).toHaveCount(2);
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await app.expectPhase('tags');
  await expect.poll(() => app.hash()).toBe(`#tags=${repository()}`);
});

test('says why where there is no such repository, and signs in where it must', async ({ app, page }) => {
  await app.goto(`tags=${stage().registry}/nothing/here`);
  await app.expectFailure('not-found', /no such repository/);
  await app.goto(`tags=${stage().basic}/tagged`);
  await app.expectFailure('unauthorized', /name and a password/i);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('stratum');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await app.expectPhase('tags');
  await expect(page.getByRole('grid', { name: 'Tags' }).getByRole('row').nth(2)).toContainText('linux/arm64');
});

test('is led to the tags of a repository from one that it has not, and to the repositories of a host', async ({
  app,
  page,
}) => {
  await app.open(`${repository()}:no-such-tag`);
  await app.expectFailure('not-found', /no such tag/);
  await page.getByRole('link', { name: 'List its tags' }).click();
  await app.expectPhase('tags');
  await expect.poll(() => app.hash()).toBe(`#tags=${repository()}`);
  await app.type(`${stage().registry}/`);
  await app.expectPhase('catalog');
  await expect(page.getByRole('grid', { name: 'Repositories' })).toContainText('tagged');
  await app.goto(`image=http://${stage().registry}/`);
  await app.expectFailure('bad-reference', /not an image reference/);
  await page.getByRole('link', { name: `List the repositories of ${stage().registry}` }).click();
  await app.expectPhase('catalog');
  await expect(page.getByRole('grid', { name: 'Repositories' })).toContainText('tagged');
});
