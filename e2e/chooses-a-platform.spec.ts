/** A person changes the platform, or is asked for one. */
import { expect, realListing, stage, test } from './fixtures/app.ts';
import { OCI_INDEX, OCI_MANIFEST } from './fixtures/layout.ts';
import { Pusher } from './fixtures/push.ts';
import { differences } from './fixtures/umoci-listing.ts';

test('changes the platform with one click; the address and the tree follow', async ({ app, page }) => {
  await app.goto('layout=sample/');
  await app.expectVerified();
  const platforms = page.getByRole('group', { name: 'Platform' });
  await platforms.getByRole('button', { name: /arm64/ }).click();
  await expect.poll(() => app.hash()).toContain('platform=linux/arm64');
  await app.expectVerified();
  expect(differences(await app.exportListing(), realListing('sample-arm64'))).toEqual([]);
  await page.goBack();
  await app.expectVerified();
  expect(differences(await app.exportListing(), realListing('sample-amd64'))).toEqual([]);
});

test('asks where none is linux/amd64, and remembers the answer in the address', async ({ app, page }) => {
  await app.open(`${stage().registry}/forms:index-no-amd64`);
  await app.expectPhase('choosing-platform');
  await page.getByRole('button', { name: /s390x/ }).click();
  await app.expectVerified();
  expect(app.hash()).toContain('platform=linux/s390x');
  await page.reload();
  await app.expectVerified();
});

test('never offers an attestation as a platform', async ({ app, page }) => {
  await app.open(`${stage().registry}/forms:index-attested`);
  await app.expectVerified();
  await expect(page.getByText('unknown/unknown')).toHaveCount(0);
});

test('offers the platforms that there are when the one in the address is not', async ({ app, page }) => {
  await app.goto(`layout=sample/&platform=linux/riscv64&path=/etc/passwd`);
  await app.expectFailure('not-found', /linux\/riscv64/);
  const platforms = page.getByRole('group', { name: 'Platforms of this image' }).getByRole('button');
  await expect(platforms).toHaveText(['linux/amd64', 'linux/arm64/v8']);
  await platforms.last().focus();
  await page.keyboard.press('Enter');
  await app.expectVerified();
  expect(app.hash()).toBe('#layout=sample/&platform=linux/arm64/v8&path=/etc/passwd');
  await page.goBack();
  await app.expectFailure('not-found', /linux\/riscv64/);
});

test('asks which, by name, where an index holds several things that are no images', async ({ app, page }) => {
  const pusher = new Pusher(stage().registry, 'things');
  const thing = async (text: string, artifactType: string, title: string) => {
    const layer = await pusher.blob(Buffer.from(text), 'text/plain');
    const config = await pusher.json({}, 'application/vnd.oci.empty.v1+json');
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType, config, layers: [layer] };
    const annotations = { 'org.opencontainers.image.title': title };
    return { ...(await pusher.manifest(manifest, title)), artifactType, annotations };
  };
  const manifests = [
    await thing('one', 'application/vnd.cncf.helm.config.v1+json', 'app-1.2.tgz'),
    await thing('two', 'application/vnd.example.notes', 'notes'),
  ];
  await pusher.manifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }, 'latest');
  await app.open(`${stage().registry}/things`);
  await app.expectPhase('choosing-platform');
  await expect(page.getByRole('heading', { name: 'Which of these?' })).toBeVisible();
  await expect(page.getByRole('button', { name: /app-1\.2\.tgz, Helm chart/ })).toBeVisible();
  await page.getByRole('button', { name: /notes, application\/vnd\.example\.notes/ }).click();
  await app.expectPhase('artifact');
});
