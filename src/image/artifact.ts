/**
 * Artifacts that share the image's manifest and are none (image-spec v1.1, manifest.md, "Guidelines for Artifact
 * Usage"). What a manifest is follows from its config's type, its artifactType and its layers' types, in any of which
 * tools have put it.
 */
import type { Descriptor } from '../formats/descriptor.ts';
import type { Manifest } from '../formats/manifest.ts';
import {
  DOCKER_CONFIG,
  essence,
  isEncrypted,
  isManifestType,
  OCI_CONFIG,
  OCI_EMPTY,
} from '../formats/media-type.ts';

/** Beginnings of media types, and what they stand for in their own projects' words. The first that fits. */
const KNOWN: readonly (readonly [prefix: string, name: string])[] = [
  ['application/vnd.in-toto', 'in-toto attestation'],
  ['application/vnd.dsse.envelope', 'DSSE attestation'],
  ['application/vnd.dev.cosign.simplesigning', 'cosign signature'],
  ['application/vnd.dev.cosign.artifact.sig', 'cosign signature'],
  ['application/vnd.dev.cosign.artifact.sbom', 'SBOM'],
  ['application/vnd.dev.cosign', 'cosign artifact'],
  ['application/vnd.dev.sigstore.bundle', 'Sigstore bundle'],
  ['application/vnd.cncf.notary.signature', 'Notary signature'],
  ['application/spdx', 'SBOM (SPDX)'],
  ['text/spdx', 'SBOM (SPDX)'],
  ['application/vnd.cyclonedx', 'SBOM (CycloneDX)'],
  ['application/vnd.syft', 'SBOM (Syft)'],
  ['application/sarif', 'SARIF report'],
  ['application/vnd.cncf.helm', 'Helm chart'],
  ['application/vnd.cncf.flux', 'Flux artifact'],
  ['application/vnd.cncf.openpolicyagent', 'Open Policy Agent bundle'],
  ['application/vnd.cncf.kyverno', 'Kyverno policy'],
  ['application/vnd.cncf.falco', 'Falco artifact'],
  ['application/vnd.cncf.artifacthub', 'Artifact Hub metadata'],
  ['application/vnd.cncf.model', 'AI model (ModelPack)'],
  ['application/vnd.ollama', 'Ollama model'],
  ['application/vnd.docker.ai', 'AI model (Docker)'],
  ['application/vnd.kitops', 'AI model (KitOps)'],
  ['application/vnd.wasm', 'WebAssembly module'],
  ['application/wasm', 'WebAssembly module'],
  ['application/vnd.fermyon.spin', 'Spin application'],
  ['application/vnd.docker.plugin', 'Docker plugin'],
  ['application/vnd.docker.compose', 'Compose application'],
  ['application/vnd.docker.scout', 'Docker Scout artifact'],
  ['application/vnd.buildkit.cacheconfig', 'BuildKit cache'],
  ['application/vnd.amazon.soci', 'SOCI index'],
  ['application/vnd.sylabs.sif', 'Singularity image (SIF)'],
  ['application/vnd.cnab', 'CNAB bundle'],
  ['application/vnd.aquasec.trivy', 'Trivy database'],
  ['application/vnd.devcontainers', 'Dev Container feature'],
  ['application/vnd.github.actions', 'GitHub action'],
  ['application/vnd.opentofu', 'OpenTofu package'],
  ['application/vnd.zarf', 'Zarf package'],
  ['application/vnd.cirruslabs.tart', 'Tart virtual machine'],
];

/** Say nothing about what the artifact is. */
const GENERIC: ReadonlySet<string> = new Set([
  '',
  OCI_EMPTY,
  'application/json',
  'application/octet-stream',
  'application/vnd.unknown.artifact.v1',
  'application/vnd.unknown.config.v1+json',
  'application/vnd.oras.config.v1+json',
]);

/** Of layers that do not say what they are, and may as well be a tar. */
const ANY_BYTES: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'application/gzip',
  'application/x-gzip',
  'application/zstd',
  'application/tgz',
  'application/x-tgz',
  'application/x-tar',
]);

export function isImageConfigType(mediaType: string): boolean {
  const type = essence(mediaType);
  return type === OCI_CONFIG || type === DOCKER_CONFIG;
}

/** By its name only; for telling an artifact from an image, never for reading. */
export function mayBeTar(mediaType: string): boolean {
  return ANY_BYTES.has(essence(mediaType)) || isEncrypted(mediaType) || isTar(mediaType);
}

export function isTar(mediaType: string): boolean {
  return /[.+/]tar(?:[.+]|$)/.test(essence(mediaType));
}

/**
 * What the manifest is of, where it is no image: in words for the ones that we know, else its media type. Null where
 * it may be an image; whether it is one, its config says. An image may well carry an `artifactType`.
 */
export function artifactName(manifest: Manifest): string | null {
  const layers = manifest.layers.map((layer) => layer.mediaType);
  const strange = layers.filter((type) => !mayBeTar(type));
  if (isImageConfigType(manifest.config.mediaType)) {
    // cosign, buildkit's attestations and ollama put an image's config type over layers of their own.
    return strange.length > 0 && strange.length === layers.length ? nameOf(strange) : null;
  }
  const types = [manifest.artifactType ?? '', manifest.config.mediaType];
  const known = knownName([...types, ...layers]);
  if (known !== null) return known;
  const isEmpty = essence(manifest.config.mediaType) === OCI_EMPTY;
  return isEmpty || strange.length > 0 ? nameOf([...types, ...layers]) : null;
}

/** In words where one of the types is known, else the one that says most. */
export function nameOf(types: readonly string[]): string {
  return (
    knownName(types) ?? types.find((type) => !GENERIC.has(essence(type))) ?? types.find(Boolean) ?? 'unknown'
  );
}

function knownName(types: readonly string[]): string | null {
  for (const type of types) {
    const known = KNOWN.find(([prefix]) => essence(type).startsWith(prefix));
    if (known !== undefined) return known[1];
  }
  return null;
}

/** What an index says of an entry that is no image: its title, and what it is; null where it says neither. */
export function entryName({ artifactType, mediaType, annotations }: Descriptor): string | null {
  const types = [artifactType ?? '', isManifestType(mediaType) ? '' : mediaType].filter(Boolean);
  const title = annotations?.get('org.opencontainers.image.title') ?? '';
  const what = types.length === 0 ? '' : nameOf(types);
  return [title, what].filter(Boolean).join(', ') || null;
}

/** An index's entry that says itself that it is no image. */
export function isArtifactEntry({ artifactType, mediaType }: Descriptor): boolean {
  if (artifactType !== undefined && !isImageConfigType(artifactType)) return true;
  // buildkit keeps its cache as an index of layers, and of its own config.
  return (
    mediaType !== '' && !isManifestType(mediaType) && (knownName([mediaType]) !== null || isTar(mediaType))
  );
}
