/** A person changes their mind: nothing goes on behind their back. */
import { expect, stage, test } from './fixtures/app.ts';
import { BrowserMemory } from './fixtures/memory.ts';

test('sees the progress of each layer, cancels, and no byte comes any more', async ({
  app,
  faulty,
  page,
}) => {
  const host = await faulty({ faults: [{ when: /GET .*blobs/, how: { slow: 4000 } }] });
  await app.open(`${host.host}/team/bedrock:1.4`);
  await app.expectPhase('opening');
  await expect(page.getByRole('progressbar').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await app.expectPhase('empty');
  await expect.poll(() => host.abandoned()).toBeGreaterThan(0);
  const asked = host.asked.length;
  await page.waitForTimeout(1000);
  expect(host.asked.length).toBe(asked);
  await app.type(`${stage().registry}/team/bedrock:1.4`);
  await app.expectVerified();
});

test('cancels where the host does not answer', async ({ app, faulty, page }) => {
  const host = await faulty({ faults: [{ when: /./, how: { hang: true } }] });
  await app.open(`${host.host}/team/bedrock:1.4`);
  await app.expectPhase('opening');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await app.expectPhase('empty');
  await expect.poll(() => host.abandoned()).toBeGreaterThan(0);
});

test('opens another image while one is coming', async ({ app, faulty }) => {
  const host = await faulty({ faults: [{ when: /GET .*blobs/, how: { slow: 4000 } }] });
  await app.open(`${host.host}/team/bedrock:1.4`);
  await app.expectPhase('opening');
  await app.type(`${stage().registry}/forms:gzip`);
  await app.expectVerified();
  await expect(app.row('data')).toBeVisible();
});

test('cancels a bomb: 10 GB of zeros in 10 MB', async ({ app, page }) => {
  await app.open(`${stage().registry}/damaged:bomb`);
  await app.expectPhase('opening');
  await expect.poll(() => page.workers().length).toBeGreaterThan(0);
  await page.waitForTimeout(2000);
  await app.expectPhase('opening');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await app.expectPhase('empty');
  // Also those that were started when the reference was typed, and wait for what comes next.
  await expect.poll(() => page.workers().length, { timeout: 40_000 }).toBe(0);
});

test('opens the bomb, which streams through to its end in flat memory', async ({ app, page, browser }) => {
  // Some 100 s on two cores: what 10 GB cost to unpack, hash and hash.
  test.setTimeout(10 * 60_000);
  const memory = await BrowserMemory.of(browser);
  const before = memory.now();
  const opening = app
    .open(`${stage().registry}/damaged:bomb`)
    .then(() => page.waitForSelector('html[data-verified=true]', { timeout: 9 * 60_000 }));
  const samples = await memory.sampleUntil(opening, 500);
  const highest = (part: readonly number[]) => Math.max(...part) - before;
  const half = samples.length >> 1;
  expect(samples.length).toBeGreaterThan(20);
  expect(highest(samples)).toBeLessThan(800e6);
  // Gigabytes have passed by half of the time, and as many come after it.
  expect(highest(samples.slice(half))).toBeLessThan(highest(samples.slice(0, half)) + 200e6);
  await expect(app.row('zeros')).toContainText('10');
});
