import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { parseManifest } from '../formats/manifest.ts';
import * as type from '../formats/media-type.ts';
import { artifactName, entryName } from './artifact.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const TAR = `${type.OCI_LAYER}+gzip`;

/** What a manifest with a config of this type, these layers and this artifactType is taken for. */
function taken(config: string, layers: readonly string[], artifactType?: string): string | null {
  const descriptor = (mediaType: string) => ({ mediaType, digest, size: 1 });
  const document = {
    schemaVersion: 2,
    artifactType,
    config: descriptor(config),
    layers: layers.map(descriptor),
  };
  const manifest = parseManifest(utf8(JSON.stringify(document)));
  if (manifest.kind === 'index') throw new Error('an index');
  return artifactName(manifest);
}

describe('a manifest', () => {
  it.each<[why: string, config: string, layers: string[], artifactType?: string]>([
    ['OCI', type.OCI_CONFIG, [TAR, `${type.OCI_LAYER}+zstd`, type.OCI_LAYER]],
    ['Docker', type.DOCKER_CONFIG, [type.DOCKER_LAYER_GZIP]],
    ['without layers', type.OCI_CONFIG, []],
    [
      'with foreign layers',
      type.DOCKER_CONFIG,
      ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'],
    ],
    ['with encrypted layers', type.OCI_CONFIG, [`${TAR}+encrypted`]],
    ['with one odd layer', type.OCI_CONFIG, [TAR, 'application/vnd.example']],
    ['with an artifactType of its own', type.OCI_CONFIG, [TAR], 'application/vnd.example'],
    ['with parameters and capitals', 'Application/vnd.OCI.image.config.v1+json; charset=utf-8', [TAR]],
    ['of Docker 1.10', 'application/octet-stream', [type.DOCKER_LAYER_GZIP]],
    ['without types', '', ['']],
    ['with a config of somebody, and tars', 'application/vnd.example.config+json', [TAR]],
  ])('may be of an image: %s', (_, config, layers, artifactType) => {
    expect(taken(config, layers, artifactType)).toBe(null);
  });

  it.each<[name: string, config: string, layers: string[], artifactType?: string]>([
    [
      'Helm chart',
      'application/vnd.cncf.helm.config.v1+json',
      ['application/vnd.cncf.helm.chart.content.v1.tar+gzip'],
    ],
    [
      'Flux artifact',
      'application/vnd.cncf.flux.config.v1+json',
      ['application/vnd.cncf.flux.content.v1.tar+gzip'],
    ],
    ['cosign signature', type.OCI_CONFIG, ['application/vnd.dev.cosign.simplesigning.v1+json']],
    ['DSSE attestation', type.OCI_CONFIG, ['application/vnd.dsse.envelope.v1+json']],
    [
      'in-toto attestation',
      type.OCI_CONFIG,
      ['application/vnd.in-toto+json', 'application/vnd.in-toto+json'],
    ],
    ['SBOM (SPDX)', type.OCI_CONFIG, ['text/spdx+json']],
    ['SBOM (CycloneDX)', type.OCI_EMPTY, ['application/vnd.cyclonedx+json']],
    [
      'Sigstore bundle',
      type.OCI_EMPTY,
      ['application/octet-stream'],
      'application/vnd.dev.sigstore.bundle.v0.3+json',
    ],
    ['Notary signature', type.OCI_EMPTY, ['application/jose+json'], 'application/vnd.cncf.notary.signature'],
    [
      'Ollama model',
      type.DOCKER_CONFIG,
      ['application/vnd.ollama.image.model', 'application/vnd.ollama.image.license'],
    ],
    ['WebAssembly module', 'application/vnd.wasm.config.v0+json', ['application/wasm']],
    [
      'WebAssembly module',
      'application/vnd.unknown.config.v1+json',
      ['application/vnd.wasm.content.layer.v1+wasm'],
    ],
    ['SOCI index', 'application/vnd.amazon.soci.index.v1+json', ['application/octet-stream']],
    ['Docker plugin', 'application/vnd.docker.plugin.v1+json', [type.DOCKER_LAYER_GZIP]],
    ['application/vnd.example', type.OCI_EMPTY, [type.OCI_EMPTY], 'application/vnd.example'],
    ['application/vnd.example+type', type.OCI_EMPTY, ['application/vnd.example+type']],
    ['text/plain', 'application/vnd.oras.config.v1+json', ['text/plain']],
    [
      'application/vnd.example.config+json',
      'application/vnd.example.config+json',
      ['application/vnd.example.data+type'],
    ],
    [type.OCI_EMPTY, type.OCI_EMPTY, []],
  ])('is of something else: %s', (name, config, layers, artifactType) => {
    expect(taken(config, layers, artifactType)).toBe(name);
  });
});

describe('an entry of an index', () => {
  const entry = (artifactType: string | undefined, title?: string) =>
    ({
      mediaType: type.OCI_MANIFEST,
      digest: digest as Digest,
      size: 1,
      ...(artifactType === undefined ? {} : { artifactType }),
      annotations: new Map(title === undefined ? [] : [['org.opencontainers.image.title', title]]),
    }) satisfies Descriptor;

  it.each([
    ['application/vnd.cncf.helm.config.v1+json', undefined, 'Helm chart'],
    ['application/vnd.cncf.helm.config.v1+json', 'app-1.2.tgz', 'app-1.2.tgz, Helm chart'],
    ['application/vnd.example.thing', undefined, 'application/vnd.example.thing'],
    [undefined, 'notes.txt', 'notes.txt'],
    [undefined, undefined, null],
  ])('of the type %s and the title %s is called %s', (artifactType, title, name) => {
    expect(entryName(entry(artifactType, title))).toBe(name);
  });
});
