/** Statements and signatures as their tools write them, byte by byte after the published formats; really signed. */
import { sign, type KeyObject } from 'node:crypto';
import { certificateOf, der, nameOf, type TestCertificate } from './certificate-of.ts';

const FULCIO = '1.3.6.1.4.1.57264.1';
export const IDENTITY = 'https://github.com/stratum/app/.github/workflows/release.yml@refs/tags/v1.4';
export const ISSUER = 'https://token.actions.githubusercontent.com';

/** As Sigstore's authority issues it (sigstore/fulcio, docs/certificate-specification.md and oid-info.md). */
export function fulcioCertificate(): TestCertificate {
  const text = (value: string) => der(0x0c, value);
  return certificateOf({
    subject: der(0x30),
    issuer: nameOf(['2.5.4.10', 'sigstore.dev'], ['2.5.4.3', 'sigstore-intermediate']),
    notBefore: '251101100000Z',
    notAfter: '251101101000Z',
    extensions: [
      ['2.5.29.17', der(0x30, der(0x86, IDENTITY)), true],
      // The first is a text as it is, the eighth the same in DER.
      [`${FULCIO}.1`, new TextEncoder().encode(ISSUER)],
      [`${FULCIO}.8`, text(ISSUER)],
      [`${FULCIO}.11`, text('github-hosted')],
      [`${FULCIO}.12`, text('https://github.com/stratum/app')],
      [`${FULCIO}.13`, text('b8e5f3a0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6')],
      [`${FULCIO}.21`, text('https://github.com/stratum/app/actions/runs/42/attempts/1')],
    ],
  });
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const jsonOf = (value: unknown) => Buffer.from(JSON.stringify(value));

/** DSSE, protocol.md: what is signed is this, not the payload. */
function preAuth(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

const IN_TOTO = 'application/vnd.in-toto+json';

export function envelopeOf(statement: unknown, key: KeyObject) {
  const payload = jsonOf(statement);
  const sig = base64(sign('sha256', preAuth(IN_TOTO, payload), key));
  return { payloadType: IN_TOTO, payload: base64(payload), signatures: [{ keyid: '', sig }] };
}

export const statementOf = (predicateType: string, predicate: unknown, digest: string, name = 'app') => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType,
  subject: [{ name, digest: { sha256: digest.replace('sha256:', '') } }],
  predicate,
});

const BASE = 'a'.repeat(63) + '1';

/** What BuildKit's `mode=max` writes, v0.2 (moby/buildkit, docs/attestations/slsa-provenance.md). */
export const provenanceV02 = () => ({
  builder: { id: 'https://github.com/stratum/app/actions/runs/42' },
  buildType: 'https://mobyproject.org/buildkit@v1',
  materials: [
    { uri: 'pkg:docker/golang@1.23-alpine?platform=linux%2Famd64', digest: { sha256: BASE } },
    {
      uri: 'https://github.com/stratum/app.git#refs/tags/v1.4',
      digest: { sha1: 'b8e5f3a0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6' },
    },
  ],
  invocation: {
    configSource: {
      uri: 'https://github.com/stratum/app.git#refs/tags/v1.4',
      digest: { sha1: 'b8e5f3a0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6' },
      entryPoint: 'Dockerfile',
    },
    parameters: { frontend: 'dockerfile.v0', args: { 'build-arg:VERSION': '1.4', target: 'release' } },
    environment: { platform: 'linux/amd64' },
  },
  metadata: {
    buildInvocationID: 'f7qg2x',
    buildStartedOn: '2025-11-01T10:00:00.123Z',
    buildFinishedOn: '2025-11-01T10:02:30Z',
    completeness: { parameters: true, environment: true, materials: false },
    reproducible: false,
  },
});

/** What GitHub's attest-build-provenance writes, v1 (slsa.dev/spec/v1.0/provenance). */
export const provenanceV1 = () => ({
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: {
        ref: 'refs/tags/v1.4',
        repository: 'https://github.com/stratum/app',
        path: '.github/workflows/release.yml',
      },
    },
    internalParameters: { github: { event_name: 'push', runner_environment: 'github-hosted' } },
    resolvedDependencies: [
      {
        uri: 'git+https://github.com/stratum/app@refs/tags/v1.4',
        digest: { gitCommit: 'b8e5f3a0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6' },
      },
    ],
  },
  runDetails: {
    builder: { id: IDENTITY },
    metadata: { invocationId: 'https://github.com/stratum/app/actions/runs/42/attempts/1' },
  },
});

/** SPDX 2.3, as Syft writes it for BuildKit; `count` packages. */
export const spdxOf = (count: number) => ({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'sbom',
  documentNamespace: 'https://example.org/sbom',
  creationInfo: {
    created: '2025-11-01T10:01:00Z',
    creators: ['Organization: Anchore, Inc', 'Tool: syft-v1.0.0'],
  },
  packages: Array.from({ length: count }, (_, i) => ({
    name: `package-${String(i).padStart(5, '0')}`,
    SPDXID: `SPDXRef-Package-${i}`,
    versionInfo: `1.${i % 10}.${i}`,
    downloadLocation: 'NOASSERTION',
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: i % 3 === 0 ? 'MIT' : 'GPL-2.0-or-later',
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:deb/debian/package-${i}@1.${i % 10}.${i}?arch=amd64`,
      },
    ],
  })),
  files: [{ SPDXID: 'SPDXRef-File-1', fileName: '/etc/name' }],
  relationships: [],
});

/** CycloneDX 1.5, with components in components. */
export const cycloneDx = () => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: {
    timestamp: '2025-11-01T10:01:00Z',
    tools: { components: [{ type: 'application', name: 'trivy', version: '0.50.0' }] },
    component: { type: 'container', name: 'app:1.4' },
  },
  components: [
    {
      type: 'library',
      group: '@babel',
      name: 'core',
      version: '7.0.0',
      purl: 'pkg:npm/%40babel/core@7.0.0',
      licenses: [{ license: { id: 'MIT' } }],
    },
    {
      type: 'operating-system',
      name: 'debian',
      version: '12',
      components: [{ type: 'library', name: 'zlib', version: '1.3', licenses: [{ expression: 'Zlib' }] }],
    },
  ],
  dependencies: [{ ref: 'app', dependsOn: [] }],
});

/** cosign's payload (sigstore/cosign, SIGNATURE_SPEC.md), and the annotations that stand beside it. */
export function cosignOf(reference: string, digest: string, { key, pem }: TestCertificate) {
  const payload = jsonOf({
    critical: {
      identity: { 'docker-reference': reference },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: { creator: 'stratum' },
  });
  return {
    payload: new Uint8Array(payload),
    annotations: {
      'dev.cosignproject.cosign/signature': base64(sign('sha256', payload, key)),
      'dev.sigstore.cosign/certificate': pem,
      'dev.sigstore.cosign/chain': fulcioCertificate().pem,
      'dev.sigstore.cosign/bundle': JSON.stringify({
        SignedEntryTimestamp: 'MEU=',
        Payload: { body: 'e30=', integratedTime: 1_761_991_230, logIndex: 424_242, logID: 'c0d23d6a' },
      }),
    },
  };
}

/** sigstore/protobuf-specs, v0.3, in protobuf's JSON. */
export function bundleOf(statement: unknown, certificate: TestCertificate) {
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate.der) },
      tlogEntries: [{ logIndex: '424243', logId: { keyId: 'wNI9at' }, integratedTime: '1761991231' }],
    },
    dsseEnvelope: envelopeOf(statement, certificate.key),
  };
}

/** notaryproject/specifications, signature-envelope-jws.md. */
export function notationOf(target: { mediaType: string; digest: string; size: number }) {
  const certificate = certificateOf({
    subject: nameOf(['2.5.4.6', 'DE'], ['2.5.4.10', 'Stratum'], ['2.5.4.3', 'release signing']),
    issuer: nameOf(['2.5.4.10', 'Stratum'], ['2.5.4.3', 'Stratum CA']),
  });
  const guarded = base64url(
    jsonOf({
      alg: 'ES256',
      cty: 'application/vnd.cncf.notary.payload.v1+json',
      crit: ['io.cncf.notary.signingScheme'],
      'io.cncf.notary.signingScheme': 'notary.x509',
      'io.cncf.notary.signingTime': '2025-11-01T10:03:00Z',
    }),
  );
  const payload = base64url(jsonOf({ targetArtifact: target }));
  const signature = sign('sha256', Buffer.from(`${guarded}.${payload}`), {
    key: certificate.key,
    dsaEncoding: 'ieee-p1363',
  });
  return {
    payload,
    protected: guarded,
    header: { 'io.cncf.notary.signingAgent': 'notation-go/1.3.0', x5c: [base64(certificate.der)] },
    signature: base64url(signature),
  };
}
