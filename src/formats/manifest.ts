/**
 * What a registry serves under `/manifests/`: an image's manifest or an index of them (image-spec v1.1, manifest.md and
 * image-index.md; Docker's schema 2 and manifest list have the same shape). The shape decides which, not the media type:
 * it is left out, or wrong, often enough.
 */
import { fail } from '../base/problem.ts';
import { parseDescriptor, readMediaType, type Descriptor } from './descriptor.ts';
import { defined, parseJson, type Json } from './json.ts';
import {
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  essence,
  isIndexType,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-type.ts';

/** Bytes. What distribution and containerd take (distribution-spec v1.1, "Pushing Manifests": at least 4 MiB). */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

/**
 * Layers of an image. Docker stacks 127, overlayfs 500; a manifest of 4 MiB can name 40,000, and shall not make us ask a
 * registry for all of them, nor a page show them.
 */
export const MAX_LAYERS = 1024;

/** image-spec v1.1, manifest.md. Of an image, or of any other artifact. */
export interface Manifest {
  readonly kind: 'manifest';
  /** As the document says, else as it was claimed, else OCI's. */
  readonly mediaType: string;
  readonly config: Descriptor;
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
  readonly annotations: ReadonlyMap<string, string>;
  /** The manifest that this one is about. */
  readonly subject?: Descriptor;
  readonly artifactType?: string;
}

/** image-spec v1.1, image-index.md. */
export interface Index {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: ReadonlyMap<string, string>;
  readonly subject?: Descriptor;
  readonly artifactType?: string;
}

/** Of the artifact manifest that OCI dropped before 1.1 was out; some registries still hold a few. */
const OCI_ARTIFACT_MANIFEST = 'application/vnd.oci.artifact.manifest.v1+json';

/**
 * The manifest or index that `bytes` are. `claimed` is the media type that the descriptor or the answer gave; empty
 * where there was none. Fails with `malformed`, `too-large`, or `unsupported` for Docker's schema 1.
 */
export function parseManifest(bytes: Uint8Array, claimed = ''): Manifest | Index {
  const json = parseJson(bytes, isIndexType(claimed) ? 'index' : 'manifest', MANIFEST_LIMIT);
  const said = json.get('mediaType').optional(readMediaType) || undefined;
  const mediaType = said ?? claimed;
  const has = (key: string) => json.get(key).present;

  // One digest must not mean two things: which one a reader sees would depend on the header that came along
  // (image-spec's advice after CVE-2021-41190).
  const asIndex = has('manifests');
  const asManifest = has('config') || has('layers');
  const asSchema1 = has('fsLayers');
  if (Number(asIndex) + Number(asManifest) + Number(asSchema1) > 1) {
    json.fail(
      `ambiguous: ${['manifests', 'config', 'layers', 'fsLayers'].filter(has).join(' and ')} in one document`,
    );
  }

  const version = json.get('schemaVersion');
  const isSchema1 = asSchema1 || [DOCKER_SCHEMA1, DOCKER_SCHEMA1_SIGNED].includes(essence(mediaType));
  if ((isSchema1 && !asIndex && !asManifest) || version.value === 1) {
    fail({ code: 'unsupported', what: 'schema1', name: mediaType || DOCKER_SCHEMA1 });
  }
  if (essence(mediaType) === OCI_ARTIFACT_MANIFEST && !asIndex && !asManifest) {
    const name = json.get('artifactType').optional((it) => it.string()) || OCI_ARTIFACT_MANIFEST;
    fail({ code: 'unsupported', what: 'artifact', name });
  }
  version.optional((it) => it.integer(2, 2));

  const isIndex = asIndex || (!asManifest && isIndexType(mediaType));
  return isIndex ? readIndex(json, mediaType || OCI_INDEX) : readManifest(json, mediaType || OCI_MANIFEST);
}

function readManifest(json: Json, mediaType: string): Manifest {
  return defined<Manifest>({
    kind: 'manifest',
    mediaType,
    config: parseDescriptor(json.get('config')),
    layers: readDescriptors(json, 'layers'),
    ...readCommon(json),
  });
}

function readIndex(json: Json, mediaType: string): Index {
  return defined<Index>({
    kind: 'index',
    mediaType,
    manifests: readDescriptors(json, 'manifests'),
    ...readCommon(json),
  });
}

/** Null is what Go writes for a list without items; a list that is not there at all is another document. */
function readDescriptors(json: Json, key: string): readonly Descriptor[] {
  const list = json.get(key);
  return list.value === null ? [] : list.array().map(parseDescriptor);
}

function readCommon(json: Json) {
  return {
    annotations: json.get('annotations').optional((it) => it.stringMap()) ?? new Map<string, string>(),
    subject: json.get('subject').optional(parseDescriptor),
    artifactType: json.get('artifactType').optional(readMediaType) || undefined,
  };
}
