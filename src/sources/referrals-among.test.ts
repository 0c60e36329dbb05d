import { expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { imageOf, indexOf, type TestImage } from '../testing/image-of.ts';
import { MemorySource } from './memory.ts';
import { referralsAmong } from './referrals-among.ts';
import { referrersTag } from './registry/referrers.ts';

const { signal } = new AbortController();
const tar = utf8('a'.repeat(1024));
const about = (subject: TestImage, artifactType: string) =>
  imageOf({ layers: [], manifest: { artifactType, subject: subject.root } });

const image = imageOf({ layers: [tar] });
const other = imageOf({ layers: [] });
const sbom = about(image, 'application/spdx+json');
const signature = imageOf({ layers: [utf8('signed')] });
const ofOther = about(other, 'application/x');
const tag = referrersTag(image.root.digest);

/** What is found about `image`, each as its digest's name here, the way, and the tag. */
async function found(...listed: readonly (readonly [manifest: TestImage, ...names: string[]])[]) {
  const names = new Map([
    [sbom.root.digest, 'sbom'],
    [signature.root.digest, 'signature'],
    [ofOther.root.digest, 'of the other'],
  ]);
  const blobs = new Map(listed.flatMap(([{ blobs }]) => [...blobs]));
  // One that is named, and is not there.
  blobs.delete(other.root.digest);
  const among = listed.map(([{ root }, ...names]) => ({ descriptor: root, names }));
  const referrals = await referralsAmong(among, new MemorySource(image.root, blobs), image.root, signal);
  return referrals.map(({ descriptor, way, tag: by = '' }) =>
    [names.get(descriptor.digest) ?? descriptor.digest, way, by.replace(tag, 'sha256-…')].join(' ').trim(),
  );
}

it('is what names it as its subject, and not what names another one, or is not there', async () => {
  expect(await found([image, 'latest'], [sbom], [ofOther], [other])).toEqual(['sbom subject']);
});

it("is what cosign's tags tie to it, also in a whole reference", async () => {
  expect(await found([image], [signature, `${tag}.sig`])).toEqual(['signature cosign-tag sha256-….sig']);
  expect(await found([image], [signature, `example.org/app:${tag}.att`])).toEqual([
    'signature cosign-tag sha256-….att',
  ]);
});

it('is what the tag lists that stands in for the referrers API, and that tag itself is not', async () => {
  const fallback = indexOf([sbom, signature]);
  expect(await found([image], [fallback, tag])).toEqual([
    'sbom fallback-tag sha256-…',
    'signature fallback-tag sha256-…',
  ]);
});

it('is nothing where nothing is about it, or nothing can be read', async () => {
  expect(await found([image, 'a', 'b'])).toEqual([]);
  expect(await found([image], [{ root: signature.root, blobs: new Map() }])).toEqual([]);
  expect(await found([image], [{ root: { ...sbom.root, size: 1 }, blobs: sbom.blobs }])).toEqual([]);
});
