import { describe, expect, it } from 'vitest';
import { utf8, type Bytes } from '../base/bytes.ts';
import {
  cycloneDx,
  envelopeOf,
  fulcioCertificate,
  IDENTITY,
  ISSUER,
  provenanceV02,
  provenanceV1,
  spdxOf,
  statementOf,
} from '../testing/attestation-of.ts';
import { Random } from '../testing/random.ts';
import { packageField } from '../formats/attestation/packages.ts';
import { readAttachedDocument } from './statement.ts';

const DIGEST = `sha256:${'c'.repeat(64)}`;
const NONE = new Map<string, string>();
const bytesOf = (value: unknown): Bytes => utf8(JSON.stringify(value));
const signer = fulcioCertificate();
const slsa = (predicate: unknown, version = 'v0.2') =>
  statementOf(`https://slsa.dev/provenance/${version}`, predicate, DIGEST);

const bundle = () => ({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: {
    certificate: { rawBytes: Buffer.from(signer.der).toString('base64') },
    tlogEntries: [{ logIndex: '42', integratedTime: '1761991231' }],
  },
  dsseEnvelope: envelopeOf(slsa(provenanceV1(), 'v1'), signer.key),
});
const cosign = () => ({
  critical: {
    identity: { 'docker-reference': 'example.org/app' },
    image: { 'docker-manifest-digest': DIGEST },
    type: 'cosign container image signature',
  },
  optional: { by: 'ada' },
});
const annotated = new Map([
  ['dev.sigstore.cosign/certificate', signer.pem],
  ['dev.cosignproject.cosign/signature', 'MEUC'],
  ['dev.sigstore.cosign/bundle', JSON.stringify({ Payload: { logIndex: 7, integratedTime: 1761991231 } })],
]);

describe('a document that is attached', () => {
  it('is provenance, also in an envelope, also in a bundle with who signed it', () => {
    const plain = readAttachedDocument(bytesOf(slsa(provenanceV02())), NONE);
    expect(plain.provenance).toMatchObject({
      version: 'v0.2',
      builder: 'https://github.com/stratum/app/actions/runs/42',
      entryPoint: 'Dockerfile',
      started: '2025-11-01T10:00:00.123Z',
    });
    expect(plain.provenance!.materials.map(({ uri }) => uri)).toEqual([
      'pkg:docker/golang@1.23-alpine?platform=linux%2Famd64',
      'https://github.com/stratum/app.git#refs/tags/v1.4',
    ]);
    expect(plain.subjects).toEqual([{ name: 'app', digests: [['sha256', 'c'.repeat(64)]] }]);
    const enveloped = readAttachedDocument(bytesOf(envelopeOf(slsa(provenanceV02()), signer.key)), annotated);
    expect(enveloped.provenance).toEqual(plain.provenance);
    expect(enveloped.signature).toMatchObject({
      scheme: 'cosign',
      signer: { identity: [IDENTITY], identityIssuer: ISSUER },
      log: { index: '7', time: 1761991231 },
    });
    const bundled = readAttachedDocument(bytesOf(bundle()), NONE);
    expect(bundled.provenance).toMatchObject({ version: 'v1', builder: IDENTITY });
    expect(bundled.signature).toMatchObject({
      scheme: 'sigstore-bundle',
      signer: { identity: [IDENTITY], identityIssuer: ISSUER },
      log: { index: '42', time: 1761991231 },
    });
  });

  it('is a bill of materials: every package once, by name', () => {
    const { bill } = readAttachedDocument(bytesOf(spdxOf(50)), NONE);
    expect(bill).toMatchObject({ format: 'SPDX', version: '2.3', isCut: false });
    const names = Array.from({ length: bill!.packages.count }, (_, row) =>
      packageField(bill!.packages, row, 0),
    );
    expect(names).toEqual(spdxOf(50).packages.map(({ name }) => name));
    expect(packageField(bill!.packages, 3, 2)).toBe('deb');
    expect(readAttachedDocument(bytesOf(cycloneDx()), NONE).bill).toMatchObject({ format: 'CycloneDX' });
  });

  it("is cosign's signature, with what it signs and who says so", () => {
    expect(readAttachedDocument(bytesOf(cosign()), annotated).signature).toMatchObject({
      scheme: 'cosign',
      signedDigest: DIGEST,
      reference: 'example.org/app',
      claims: [['by', 'ada']],
      signature: 'MEUC',
      signer: { identity: [IDENTITY] },
    });
  });

  it('may be anything else', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '[',
      '[]',
      '{}',
      'null',
      '\u0000',
      '{"payload":"="}',
      '[[[[',
      '{"a":1e999}',
    ]) {
      const read = readAttachedDocument(utf8(text), NONE);
      expect(read.provenance ?? read.bill ?? read.signature, text).toBeNull();
    }
    const deep = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","predicate":${'[{"a":'.repeat(20_000)}1${'}]'.repeat(20_000)}}`;
    expect(readAttachedDocument(utf8(deep), NONE).bill).toBeNull();
  });
});

describe('whatever stands where something was expected', () => {
  const ODD: readonly unknown[] = [
    null,
    true,
    -0,
    2 ** 60,
    1e308,
    '',
    '\ud800',
    '\u202e%00=\n',
    'x'.repeat(5000),
    [],
    {},
    [[]],
    [null],
    [{}],
    { length: 3 },
    JSON.parse('{"__proto__":{"text":1},"constructor":{"prototype":[]}}'),
    'AAAA',
    '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----',
  ];

  /** The paths to all that a document has. */
  function pathsOf(
    value: unknown,
    path: readonly (string | number)[] = [],
  ): (readonly (string | number)[])[] {
    if (typeof value !== 'object' || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
  }

  function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
    if (key === undefined) return by;
    const copy: Record<string | number, unknown> = Array.isArray(value)
      ? ([...(value as unknown[])] as unknown as Record<string, unknown>)
      : { ...(value as object) };
    copy[key] = replaced(copy[key], rest, by);
    return copy;
  }

  it.each<[name: string, document: unknown]>([
    ['provenance v0.2', slsa(provenanceV02())],
    ['provenance v1', slsa(provenanceV1(), 'v1')],
    ['an envelope', envelopeOf(slsa(provenanceV02()), signer.key)],
    ['a bundle', bundle()],
    ['SPDX', spdxOf(2)],
    ['CycloneDX', cycloneDx()],
    ['cosign', cosign()],
  ])('%s is read, and never fails', (_, document) => {
    for (const path of pathsOf(document)) {
      for (const odd of ODD) {
        const read = readAttachedDocument(bytesOf(replaced(document, path, odd)), annotated);
        // Plain data, which crosses threads.
        expect(() => structuredClone(read), path.join('.')).not.toThrow();
      }
    }
  });

  it('nor where bytes of it are damaged', () => {
    const random = new Random(3);
    const whole = bytesOf(bundle());
    for (let round = 0; round < 2000; round++) {
      const bytes = whole.slice(0, random.below(4) === 0 ? random.below(whole.length) : whole.length);
      for (let i = 0; i <= random.below(4); i++) bytes[random.below(bytes.length)] = random.below(256);
      expect(() => readAttachedDocument(bytes, annotated)).not.toThrow();
    }
  });
});
