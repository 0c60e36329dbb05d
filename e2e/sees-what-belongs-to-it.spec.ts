/** A person sees what else belongs to an image: how it was built, what is in it, who signed it; and what is no image. */
import { IDENTITY, ISSUER } from '../src/testing/attestation-of.ts';
import { expect, stage, test, type App } from './fixtures/app.ts';
import { download } from './fixtures/download.ts';
import { PACKAGES } from './fixtures/images/attached.ts';
import { run } from './fixtures/process.ts';

const image = () => `${stage().registry}/attached:latest`;

/** The item of the list that says so. */
const item = (app: App, name: RegExp) =>
  app.page.getByRole('region', { name: 'Attached' }).getByRole('button', { name });
const details = (app: App) => app.page.getByRole('region', { name: 'Document' });

async function openAttached(app: App, reference = image()): Promise<void> {
  await app.goto(`image=${reference}&view=attached`);
  await app.expectPhase('open');
  await expect(item(app, /SLSA provenance/).first()).toBeVisible();
}

test('reads how it was built', async ({ app, page }) => {
  await openAttached(app);
  await item(app, /SLSA provenance.*in the index/).click();
  const built = details(app).getByRole('region', { name: 'How it was built' });
  await expect(built).toContainText('https://github.com/stratum/app/actions/runs/42');
  await expect(built).toContainText('2025-11-01 10:00:00 UTC');
  const materials = details(app).getByRole('region', { name: 'Materials' });
  await expect(materials.getByRole('link', { name: /pkg:docker\/golang/ })).toHaveAttribute(
    'href',
    /^#image=golang:1\.23-alpine@sha256:a{63}1$/,
  );
  await expect(details(app).getByRole('region', { name: 'Parameters' })).toContainText('build-arg:VERSION');
  // The JSON is one click away, and is what the registry has.
  await details(app).getByRole('button', { name: 'JSON', exact: true }).click();
  await expect(details(app).locator('pre')).toContainText('"buildInvocationID"');
  await page.reload();
  await expect(built).toBeVisible();
});

test('reads what is in it, and searches it', async ({ app }) => {
  await openAttached(app);
  await item(app, /SBOM \(SPDX\)/).click();
  const packages = details(app).getByRole('region', { name: 'Packages' });
  await expect(packages).toContainText(`${PACKAGES.toLocaleString('en')} packages`);
  const grid = packages.getByRole('grid', { name: 'Packages' });
  expect(await grid.getByRole('row').count()).toBeLessThan(60);
  await packages.getByRole('searchbox').fill('package-03999');
  await expect(grid.getByRole('row')).toHaveCount(2);
  await expect(grid.getByRole('row').last()).toContainText('1.9.3999');
});

test('reads who signed it, and says that nobody has checked', async ({ app }) => {
  await openAttached(app);
  await item(app, /cosign signature/).click();
  const signature = details(app).getByRole('region', { name: 'Signature', exact: true });
  await expect(signature).toContainText('not verified');
  await expect(signature).toContainText(IDENTITY);
  await expect(signature).toContainText(ISSUER);
  const says = details(app).getByRole('region', { name: 'What the signature says' });
  const raw = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${image()}`]);
  const { manifests } = JSON.parse(raw) as { manifests: { digest: string }[] };
  await expect(says).toContainText(manifests[0]!.digest);
  await expect(says).toContainText('https://github.com/stratum/app/actions/runs/42/attempts/1');

  await item(app, /Notary signature/).click();
  await expect(signature).toContainText('CN=release signing');
  await expect(signature).toContainText('CN=Stratum CA');
  await item(app, /SLSA provenance.*referrers tag/).click();
  await expect(signature).toContainText('Sigstore bundle');
  await expect(details(app).getByRole('region', { name: 'How it was built' })).toContainText(
    'SLSA provenance v1',
  );
  await item(app, /SLSA provenance.*cosign tag/).click();
  await expect(signature).toContainText(IDENTITY);
  await item(app, /CycloneDX/).click();
  await expect(details(app).getByRole('row', { name: /@babel\/core 7\.0\.0 npm MIT/ })).toBeVisible();
});

test('asks the referrers API where there is one, and sees a document that was changed', async ({
  app,
  faulty,
}) => {
  const raw = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${image()}`]);
  const { digest } = (JSON.parse(raw) as { manifests: { digest: string }[] }).manifests[0]!;
  const tag = digest.replace(':', '-');
  const accept = 'application/vnd.oci.image.index.v1+json';
  const listed = await fetch(`http://${stage().registry}/v2/attached/manifests/${tag}`, {
    headers: { accept },
  });
  const index = await listed.text();
  const { manifests } = JSON.parse(index) as { manifests: { digest: string }[] };
  const bundle = await fetch(`http://${stage().registry}/v2/attached/manifests/${manifests[0]!.digest}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  const { layers } = (await bundle.json()) as { layers: { digest: string }[] };
  const proxy = await faulty({
    faults: [
      { when: new RegExp(`referrers/${digest}`), how: { body: index, type: accept } },
      { when: new RegExp(`blobs/${layers[0]!.digest}`), how: { flip: 40 } },
    ],
  });
  await openAttached(app, `${proxy.host}/attached:latest`);
  await item(app, /SLSA provenance.*referrers API/).click();
  await expect(details(app).getByRole('alert')).toHaveAttribute('data-failure', 'digest-mismatch');
});

test('tells a chart as what it is, and looks into it', async ({ app, page }) => {
  await app.open(`${stage().registry}/charts/web:0.1.0`);
  await app.expectPhase('artifact');
  await expect(page.getByRole('region', { name: 'Summary' })).toContainText('Helm chart');
  await expect(page.locator('html')).toHaveAttribute('data-verified', 'true');
  expect((await app.listing()).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/web/Chart.yaml', '/web/templates/deployment.yaml']),
  );
  await app.goto(`image=${stage().registry}/charts/web:0.1.0&path=/web/values.yaml`);
  await expect(page.getByRole('region', { name: 'Contents' })).toContainText('replicas: 2');
  await page.getByRole('tab', { name: 'Config' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('"A chart"');
});

test('lists the blobs of an artifact by title and type, shows and downloads them', async ({ app, page }) => {
  await app.open(`${stage().registry}/files:v1`);
  await app.expectPhase('artifact');
  await expect(page.locator('html')).toHaveAttribute('data-verified', 'true');
  expect((await app.listing()).map(({ path }) => path)).toEqual([
    '/docs',
    '/docs/README.md',
    '/filter.wasm',
    '/policy.rego',
  ]);
  await page.getByRole('tab', { name: 'Blobs' }).click();
  const blobs = page.getByRole('list', { name: 'Blobs' }).getByRole('listitem');
  await expect(blobs).toHaveCount(3);
  await expect(blobs.nth(1)).toContainText('filter.wasm');
  await expect(blobs.nth(1)).toContainText('application/wasm');
  await expect(blobs.nth(1)).toContainText('verified');
  const file = await download(blobs.nth(1).getByRole('button', { name: /Download/ }));
  expect(file.suggestedFilename()).toBe('filter.wasm');
  await blobs.nth(0).getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('region', { name: 'Contents' })).toContainText('All of them.');
});

test('says that nothing is attached where that is so', async ({ app, page }) => {
  await app.goto(`image=${stage().registry}/tagged:latest&view=attached`);
  await expect(page.getByText('Nothing is attached, as far as this place tells.')).toBeVisible();
  await app.goto('layout=sample/&view=attached');
  await expect(page.getByRole('region', { name: 'Attached' })).toContainText(/Nothing is attached|document/);
});

test('lays out the platforms of an index, and shows another with one click', async ({ app, page }) => {
  await app.goto(`image=${image()}&view=index`);
  const matrix = page.getByRole('table', { name: 'Platforms' });
  await expect(matrix.getByRole('row', { name: /linux\/arm64/ })).toContainText(/\d+ B/);
  await matrix.getByRole('button', { name: 'Show linux/arm64' }).click();
  await app.expectVerified();
  await expect.poll(() => app.hash()).toContain('platform=linux/arm64');
});
