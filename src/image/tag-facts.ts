/** What a tag means, as far as its documents tell without a layer: for which platforms, and how large. */
import { mapInParallel } from '../base/in-parallel.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Manifest } from '../formats/manifest.ts';
import type { Platform } from '../formats/platform.ts';
import type { Content } from '../sources/source.ts';
import { artifactName, isImageConfigType } from './artifact.ts';
import { Documents } from './documents.ts';
import type { IndexDocument, PlatformChoice } from './image.ts';
import { readOffer, WIDTH } from './offer.ts';

export interface PlatformFacts extends PlatformChoice {
  /** Bytes of its config and layers, as they are stored. Null where its manifest was not read, or is no image's. */
  readonly size: number | null;
  readonly layers: number | null;
}

export interface TagFacts {
  readonly descriptor: Descriptor;
  readonly kind: 'index' | 'image' | 'artifact';
  /** What it is, where it is no image. */
  readonly artifact: string | null;
  /** In the index's order; the image's own where there is none. Empty for an artifact. */
  readonly platforms: readonly PlatformFacts[];
  /** Entries of the index that are no images. */
  readonly attestations: number;
  /** Of the artifact, as it is stored; of images, see `platforms`. */
  readonly size: number | null;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Reads the document, those nested in it, and of a single image the config. Sizes of an index's images are not read. */
export async function readTagFacts(
  content: Content,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<TagFacts> {
  const documents = new Documents(content, signal);
  const document = await documents.manifest(descriptor);
  const { annotations } = document.content;
  if (document.content.kind === 'index') {
    const offer = await readOffer(documents, document as IndexDocument, new Set());
    const platforms = offer.platforms.map((it) => ({ ...it, size: null, layers: null }));
    const attestations = offer.attestations.length;
    return { descriptor, kind: 'index', artifact: null, platforms, attestations, size: null, annotations };
  }
  const { content: manifest } = document;
  const size = storedSize(manifest);
  const artifact = artifactName(manifest);
  const isImage = artifact === null && isImageConfigType(manifest.config.mediaType);
  const none = { descriptor, annotations, attestations: 0 };
  if (!isImage)
    return {
      ...none,
      kind: 'artifact',
      artifact: artifact ?? manifest.config.mediaType,
      platforms: [],
      size,
    };
  const platform: Platform | null = (await documents.config(manifest.config)).content.platform;
  const own = { descriptor, platform, size, layers: manifest.layers.length };
  return { ...none, kind: 'image', artifact: null, platforms: [own], size: null };
}

/** The same platforms with their sizes; one whose manifest is not there has none. */
export async function readPlatformSizes(
  content: Content,
  platforms: readonly PlatformFacts[],
  signal: AbortSignal,
): Promise<readonly PlatformFacts[]> {
  const documents = new Documents(content, signal);
  return mapInParallel(platforms, WIDTH, async (one) => {
    if (one.size !== null) return one;
    const found = await documents.find(one.descriptor);
    if (found?.content.kind !== 'manifest') return one;
    return { ...one, size: storedSize(found.content), layers: found.content.layers.length };
  });
}

/** Bytes of the config and of each layer once. */
export function storedSize({ config, layers }: Manifest): number {
  const sizes = new Map([config, ...layers].map(({ digest, size }) => [digest, size]));
  let sum = 0;
  for (const size of sizes.values()) sum += size;
  return sum;
}
