/** A person exports the listing, and it is what umoci (or GNU tar) makes of the same image on a disk. */
import { expect, realListing, stage, test } from './fixtures/app.ts';
import { differences } from './fixtures/umoci-listing.ts';

for (const [name, what] of [
  ['torture', 'everything that a root filesystem may hold, changed by umoci twice'],
  ['rare', 'the rare shapes of layers'],
  ['gnu-tar', 'every format of GNU tar'],
] as const) {
  test(`lists ${what}`, async ({ app }) => {
    await app.open(`${stage().registry}/${name}:latest`);
    await app.expectVerified();
    expect(differences(await app.exportListing(), realListing(name))).toEqual([]);
  });
}

for (const architecture of ['amd64', 'arm64']) {
  test(`lists the sample for ${architecture}`, async ({ app }) => {
    await app.goto(`layout=sample/&platform=linux/${architecture}`);
    await app.expectVerified();
    expect(differences(await app.exportListing(), realListing(`sample-${architecture}`))).toEqual([]);
  });
}

test('the comparison would notice', () => {
  const real = realListing('rare');
  const lines = real
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, type, mode, uid, gid, size }) =>
      JSON.stringify({
        path,
        type,
        mode: mode.toString(8),
        uid,
        gid,
        size: size + (type === 'file' ? 1 : 0),
      }),
    );
  const found = differences(lines.join('\n'), real);
  expect(found).toHaveLength(real.filter(({ type }) => type === 'file').length);
  expect(found[0]).toMatch(/^\/.*: size is \d+, really \d+$/);
});
