import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { MemorySource } from '../sources/memory.ts';
import type { Place } from '../sources/place.ts';
import type { Referrals } from '../sources/referrals.ts';
import { describeBytes } from '../testing/image-of.ts';
import { readAttached, type Attached } from './attached.ts';

const { signal } = new AbortController();
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const IN_TOTO = 'application/vnd.in-toto+json';
const EMPTY = describeBytes('application/vnd.oci.empty.v1+json', utf8('{}'));
const SUBJECT = describeBytes(MANIFEST, utf8('the image'));

const blob = (content: string, mediaType: string, annotations?: object) => ({
  ...describeBytes(mediaType, utf8(content)),
  ...(annotations && { annotations }),
});

/** A repository with these manifests, and what it says is attached to SUBJECT. */
function placeOf(manifests: readonly object[], more: readonly Descriptor[] = []) {
  const documents = manifests.map((members) => {
    const bytes = utf8(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: EMPTY, ...members }));
    return { descriptor: describeBytes(MANIFEST, bytes), bytes };
  });
  const source = new MemorySource(
    SUBJECT,
    new Map(documents.map(({ descriptor, bytes }) => [descriptor.digest, bytes])),
  );
  const found = [...documents.map(({ descriptor }) => descriptor), ...more].map((descriptor) => ({
    descriptor,
    way: 'api' as const,
  }));
  const referrals = (): Promise<Referrals> => Promise.resolve({ found, hasApi: true });
  return Object.assign(source, { referrals }) as unknown as Place;
}

const draw = ({ kind, name, annotations, failure }: Attached) =>
  failure === null ? `${kind} ${name} ${JSON.stringify(Object.fromEntries(annotations))}` : failure.code;

const listed = async (place: Place) => (await readAttached(place, [SUBJECT], [], signal)).items;

describe('what is attached', () => {
  it('is each blob of a manifest, as the blob says, and what it does not say, the manifest', async () => {
    const place = placeOf([
      {
        artifactType: IN_TOTO,
        layers: [
          blob('a', IN_TOTO, { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1', by: 'blob' }),
          blob('b', 'application/spdx+json'),
        ],
        annotations: { by: 'manifest', at: 'noon' },
      },
      { layers: [blob('c', 'application/vnd.dev.cosign.simplesigning.v1+json')] },
      { artifactType: 'application/vnd.example', layers: [] },
    ]);
    expect((await listed(place)).map(draw)).toEqual([
      'provenance SLSA provenance {"in-toto.io/predicate-type":"https://slsa.dev/provenance/v1","by":"blob","at":"noon"}',
      'packages SBOM (SPDX) {"by":"manifest","at":"noon"}',
      'signature cosign signature {}',
      'other application/vnd.example {}',
    ]);
  });

  it('is told where it cannot be read', async () => {
    const lost: Descriptor = { mediaType: MANIFEST, digest: `sha256:${'0'.repeat(64)}` as Digest, size: 2 };
    expect((await listed(placeOf([], [lost]))).map(draw)).toEqual(['not-found']);
  });

  it('has no more annotations than anybody reads, and what tells its kind among them', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key-${i}`, 'x']));
    const predicate = { predicateType: 'https://cyclonedx.org/bom' };
    const layers = Array.from({ length: 64 }, (_, i) => blob(`${i}`, IN_TOTO, { own: `${i}` }));
    const items = await listed(placeOf([{ layers, annotations: { ...many, ...predicate } }]));
    expect(items).toHaveLength(64);
    for (const [i, { annotations, kind }] of items.entries()) {
      expect(kind).toBe('packages');
      expect(annotations.get('own')).toBe(`${i}`);
      expect(annotations.size).toBeLessThanOrEqual(200);
    }
  });
});
