/** A person opens an image: by a link, by typing, the sample; in every form that registries have. */
import { expect, stage, test } from './fixtures/app.ts';
import { FORM_TREE, FORMS } from './fixtures/images/forms.ts';

test('opens a reference from the URL, verified to the last layer', async ({ app }) => {
  await app.open(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
  await expect(app.files).toBeVisible();
  await expect(app.row('app')).toBeVisible();
  await expect(app.row('etc')).toBeVisible();
});

test('takes ?image= too, and moves it into the hash', async ({ app, page }) => {
  await page.goto(`${stage().page}?image=${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
  expect(new URL(page.url()).search).toBe('');
  expect(app.hash()).toContain(`image=${stage().registry}/team/bedrock:1.4`);
});

test('takes ?image= beside a fragment that says what to look at', async ({ app, page }) => {
  await page.goto(`${stage().page}?image=${stage().registry}/team/bedrock:1.4#view=layers`);
  await app.expectVerified();
  expect(page.url()).toBe(`${stage().page}#image=${stage().registry}/team/bedrock:1.4&view=layers`);
});

test('opens what is typed, and the address follows', async ({ app }) => {
  await app.goto();
  await app.expectPhase('empty');
  await app.type(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
  expect(app.hash()).toContain(`image=${stage().registry}/team/bedrock:1.4`);
});

test('opens by Enter in the reference box', async ({ app }) => {
  await app.goto();
  await app.reference.fill(`${stage().registry}/team/bedrock:1.4`);
  await app.reference.press('Enter');
  await app.expectVerified();
});

test('opens by digest, and the digest is what was asked for', async ({ app, request }) => {
  const answer = await request.get(`http://${stage().registry}/v2/team/bedrock/manifests/1.4`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  const digest = answer.headers()['docker-content-digest'];
  await app.open(`${stage().registry}/team/bedrock:1.4@${digest}`);
  await app.expectVerified();
});

test('opens the sample from the empty page, and its link again', async ({ app, page }) => {
  await app.goto();
  await page.getByRole('button', { name: /sample/i }).click();
  await app.expectVerified();
  await expect(app.row('app')).toBeVisible();
  expect(app.hash()).toContain('layout=sample/');
  await page.reload();
  await app.expectVerified();
});

test('opens a layout that another server has', async ({ app, faulty }) => {
  const host = new URL(stage().page).host;
  const elsewhere = await faulty({ upstream: host });
  await app.goto(`layout=http://${elsewhere.host}/sample`);
  await app.expectVerified();
});

test('leaves the marks that scripts wait for, each once', async ({ app, page }) => {
  await app.open(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
  const times = await page.evaluate(() =>
    ['stratascope.open', 'stratascope.tree', 'stratascope.verified'].map((name) =>
      performance.getEntriesByName(name).map((entry) => entry.startTime),
    ),
  );
  expect(times.map((each) => each.length)).toEqual([1, 1, 1]);
  const [[open = NaN], [tree = NaN], [verified = NaN]] = times as [number[], number[], number[]];
  expect(tree).toBeGreaterThan(open);
  // Whoever waits for the last finds the others.
  expect(verified).toBeGreaterThanOrEqual(tree);
});

for (const tag of FORMS) {
  test(`opens the same tree from the form ${tag}`, async ({ app }) => {
    await app.open(`${stage().registry}/forms:${tag}`);
    await app.expectVerified();
    const listing = await app.listing();
    expect(listing.map(({ path, size }) => `${path} ${size ?? 0}`)).toEqual(FORM_TREE);
  });
}
