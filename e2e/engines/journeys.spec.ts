/** The journeys that matter most, in Firefox and in WebKit. What every browser does alike is told in `../*.spec.ts`. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { startFaultProxy } from '../fixtures/fault-proxy.ts';
import { realListing, stage } from '../fixtures/stage.ts';
import { differences } from '../fixtures/umoci-listing.ts';
import { unpackedFiles } from '../fixtures/unpacked.ts';
import { servePage } from '../serve-page.ts';
import { expect, test, type Visit } from './engine.ts';

test.describe.configure({ timeout: 120_000 });

const CONTENTS = '[role=region][aria-label=Contents], section[aria-label=Contents]';

async function listing(visit: Visit): Promise<string> {
  const { name, bytes } = await visit.download('Export listing');
  expect(name).toBe('listing.jsonl');
  return bytes.toString();
}

async function sumOfDownload(visit: Visit): Promise<string> {
  const { bytes } = await visit.download('Download');
  return createHash('sha256').update(bytes).digest('hex');
}

test('opens an image of a registry, and lists what umoci unpacks', async ({ start }) => {
  const visit = await start();
  await visit.goto();
  const reference = await visit.find('textbox', 'Image reference');
  await visit.browser.fill(reference, `${stage().registry}/torture:latest`);
  await visit.press('Open');
  await visit.expectState('open true');
  await visit.find('treegrid', 'Files');
  expect(differences(await listing(visit), realListing('torture'))).toEqual([]);
});

test('opens tarballs of this machine', async ({ start }) => {
  const visit = await start();
  for (const name of ['skopeo-docker.tar', 'skopeo-docker.tar.gz', 'skopeo-oci.tar.zst']) {
    await visit.goto();
    await visit.openLocal(join(stage().local, name));
    await visit.expectState('open true');
    expect(differences(await listing(visit), realListing('torture'))).toEqual([]);
  }
});

test('reads the same bytes, however a layer is compressed', async ({ start }) => {
  const visit = await start();
  const real = await unpackedFiles(stage().registry, 'forms:none');
  // Browsers differ in what their own inflate says of a second member and of trailing bytes.
  for (const form of ['gzip', 'gzip-members', 'gzip-padded', 'zstd']) {
    await visit.goto(`image=${stage().registry}/forms:${form}&path=/data/39`);
    await visit.expectState('open true');
    await visit.expectText(CONTENTS, 'Download');
    expect(await sumOfDownload(visit)).toBe(real.get('./data/39'));
  }
});

test('shows a text with its lines, and a picture', async ({ start }) => {
  const visit = await start();
  await visit.goto('layout=sample/&path=/etc/passwd&line=2');
  await visit.expectText('.cm-content', 'bedrock:x:1000');
  await visit.expectText('.cm-asked', 'bedrock');
  await visit.goto('layout=sample/&path=/app/public/strata.png');
  await visit.expectText(CONTENTS, /PNG\s*\d+ × \d+/);
});

test('opens again after a restart, with no network at all', async ({ start }) => {
  const page = await servePage(4673);
  const front = await startFaultProxy({ upstream: stage().registry });
  let isUp = true;
  const goDown = async () => {
    if (isUp) await Promise.all([page.stop(), front.stop()]);
    isUp = false;
  };
  const where = { page: `http://${page.host}/` };
  const hash = `image=${front.host}/torture:latest&path=/etc/passwd`;
  try {
    let visit = await start(where);
    await visit.goto(hash);
    await visit.expectState('open true');
    const sum = await sumOfDownload(visit);
    await visit.browser.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await visit.goto('cache');
    await visit.expectText('main', 'opens offline');
    await goDown();
    visit = await start(where);
    await visit.goto(hash);
    await visit.expectState('open true');
    await visit.expectText('main', 'As of');
    expect(await sumOfDownload(visit)).toBe(sum);
    expect(differences(await listing(visit), realListing('torture'))).toEqual([]);
  } finally {
    await goDown();
  }
});

test('leaves an image that is being kept for another one, and comes back', async ({ start }) => {
  const visit = await start();
  // More than a second of work, so that one leaves in the middle of it.
  const large = `image=${stage().registry}/forms:gzip-members`;
  await visit.goto(large);
  await expect.poll(() => visit.state(), { timeout: 20_000, intervals: [20] }).not.toContain('empty');
  await visit.browser.goto('about:blank');
  await visit.goto('layout=sample/');
  await visit.expectState('open true');
  await visit.goto(large);
  await visit.expectState('open true');
  await visit.browser.goto('about:blank');
  await visit.browser.back();
  await visit.expectState('open true');
  await visit.find('treegrid', 'Files');
});
