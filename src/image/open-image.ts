/** From a source and a wish to an image whose documents agree with each other, or to the choice that is left. */
import { fail, Problem } from '../base/problem.ts';
import { CONFIG_LIMIT, type ImageConfig } from '../formats/config.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { isDigest, type Digest } from '../formats/digest.ts';
import { MAX_LAYERS, type Manifest } from '../formats/manifest.ts';
import { isManifestType } from '../formats/media-type.ts';
import { matchPlatform, parsePlatformText, platformText, type Platform } from '../formats/platform.ts';
import type { Source } from '../sources/source.ts';
import { artifactName, isImageConfigType, nameOf } from './artifact.ts';
import { readArtifact } from './artifact-blobs.ts';
import { Documents, isNotFound } from './documents.ts';
import { mapHistory } from './history.ts';
import type {
  Artifact,
  Attestation,
  ConfigDocument,
  Image,
  ImageLayer,
  IndexDocument,
  ManifestDocument,
  Offer,
  PlatformChoice,
} from './image.ts';
import { NO_OFFER, probe, readOffer } from './offer.ts';

/** What is opened of an index where nobody says otherwise. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

export interface Wish {
  /** `os/architecture[/variant]`, or the digest of one of the index's manifests; null where there is no wish. */
  readonly platform?: string | null;
}

export type Opened =
  | { readonly kind: 'image'; readonly image: Image }
  | { readonly kind: 'artifact'; readonly artifact: Artifact }
  | {
      readonly kind: 'choose';
      readonly indexes: readonly IndexDocument[];
      readonly choices: readonly PlatformChoice[];
      readonly attestations: readonly Attestation[];
      readonly absent: Offer['absent'];
    };

/**
 * Reads the manifest and the config, and every index on the way; no layer. Of an index it takes what was wished for,
 * else linux/amd64, else the only one that there is, else it leaves the choice to the caller. Fails with `not-found`
 * (a document, or the platform), `bad-address` for a wish that is none, `malformed`, `too-large`, `unsupported` for
 * schema 1 and for indexes of nothing that can be opened, and with what the source fails with.
 */
export async function openImage(source: Source, wish: Wish, signal: AbortSignal): Promise<Opened> {
  const wanted = parseWish(wish);
  const documents = new Documents(source, signal);
  const root = await documents.manifest(await source.resolve(signal));
  if (root.content.kind === 'manifest') {
    const opened = await assemble(documents, root as ManifestDocument, null, NO_OFFER);
    if (opened.kind === 'image' && wanted !== null && !isWanted(wanted, opened.image)) {
      notThere(wish, [opened.image.platform]);
    }
    return opened;
  }
  return openIndex(documents, root as IndexDocument, wish, wanted);
}

async function openIndex(
  documents: Documents,
  root: IndexDocument,
  wish: Wish,
  wanted: Wanted | null,
): Promise<Opened> {
  const disguised = new Set<Digest>();
  let offer = await readOffer(documents, root, disguised);
  // Each round either ends it, or learns of a disguised index or of an absent manifest; `documents` bounds their number.
  for (;;) {
    const choice = pick(offer, wanted);
    if (choice === null) {
      if (wanted !== null) notThere(wish, platformsOf(offer));
      if (offer.platforms.length === 0) return await openOther(documents, root, offer);
      return {
        kind: 'choose',
        indexes: offer.indexes,
        choices: offer.platforms,
        attestations: offer.attestations,
        absent: offer.absent,
      };
    }
    let document: ManifestDocument | IndexDocument;
    try {
      document = await documents.manifest(choice.descriptor);
    } catch (error) {
      if (wanted !== null || !isNotFound(error)) throw error;
      offer = await probe(documents, offer, offer.platforms);
      continue;
    }
    if (document.content.kind === 'index') {
      disguised.add(choice.descriptor.digest);
      offer = await readOffer(documents, root, disguised);
      continue;
    }
    return assemble(documents, document as ManifestDocument, choice.platform, offer);
  }
}

type Wanted =
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'platform'; readonly platform: Platform };

function parseWish({ platform }: Wish): Wanted | null {
  if (platform === null || platform === undefined) return null;
  if (isDigest(platform)) return { kind: 'digest', digest: platform };
  return { kind: 'platform', platform: parsePlatformText(platform) };
}

function isWanted(wanted: Wanted, image: Image): boolean {
  if (wanted.kind === 'digest') return wanted.digest === image.manifest.descriptor.digest;
  return image.platform === null || matchPlatform(wanted.platform, image.platform) !== null;
}

function pick({ platforms, attestations }: Offer, wanted: Wanted | null): PlatformChoice | null {
  switch (wanted?.kind) {
    case 'digest': {
      const { digest } = wanted;
      const other = attestations.find(({ descriptor }) => descriptor.digest === digest);
      return (
        platforms.find(({ descriptor }) => descriptor.digest === digest) ??
        (other ? { descriptor: other.descriptor, platform: null } : null)
      );
    }
    case 'platform':
      return bestMatch(platforms, wanted.platform);
    case undefined:
      return bestMatch(platforms, DEFAULT_PLATFORM) ?? (platforms.length === 1 ? platforms[0]! : null);
  }
}

/** The first of those that match best: word for word, else the same machine, else another variant of it. */
function bestMatch(choices: readonly PlatformChoice[], wish: Platform): PlatformChoice | null {
  let best: PlatformChoice | null = null;
  let bestRank = Infinity;
  for (const choice of choices) {
    if (choice.platform === null) continue;
    const match = matchPlatform(wish, choice.platform);
    if (match === null) continue;
    const rank = platformText(choice.platform) === platformText(wish) ? -1 : match;
    if (rank < bestRank) [best, bestRank] = [choice, rank];
  }
  return best;
}

const platformsOf = ({ platforms }: Offer) => platforms.map(({ platform }) => platform);

function notThere({ platform }: Wish, offered: readonly (Platform | null)[]): never {
  const texts = offered.flatMap((one) => (one === null ? [] : [platformText(one)]));
  const name = platform ?? platformText(DEFAULT_PLATFORM);
  fail({ code: 'not-found', what: 'platform', name, offered: [...new Set(texts)] });
}

/** An index without images: its only artifact, else the choice among several; or why there is nothing to open. */
async function openOther(documents: Documents, root: IndexDocument, offer: Offer): Promise<Opened> {
  const others = offer.attestations.map(({ descriptor }) => descriptor);
  const first = others[0];
  if (first !== undefined && others.length === 1) {
    const document = await documents.find(first);
    if (document?.content.kind === 'manifest') {
      return assemble(documents, document as ManifestDocument, null, offer);
    }
  }
  if (first !== undefined && others.some(({ mediaType }) => mediaType === '' || isManifestType(mediaType))) {
    const choices = others.map((descriptor) => ({ descriptor, platform: null }));
    return { kind: 'choose', indexes: offer.indexes, choices, attestations: [], absent: offer.absent };
  }
  const said = [root.content.artifactType, first?.artifactType, first?.mediaType].filter(
    (it) => it !== undefined,
  );
  if (said.length > 0) fail({ code: 'unsupported', what: 'artifact', name: nameOf(said) });
  if (offer.absent[0] !== undefined) await documents.manifest(offer.absent[0]);
  return fail({ code: 'unsupported', what: 'artifact', name: 'empty index' });
}

async function assemble(
  documents: Documents,
  manifest: ManifestDocument,
  claimed: Platform | null,
  offer: Offer,
): Promise<Opened> {
  const { layers, artifactType = '', config: described } = manifest.content;
  const { length } = layers;
  if (length > MAX_LAYERS) fail({ code: 'too-large', what: 'layers', limit: MAX_LAYERS, actual: length });
  const artifact = artifactName(manifest.content);
  const config = artifact === null ? await readConfig(documents, manifest.content) : null;
  if (config === null) {
    const name = artifact ?? nameOf([artifactType, described.mediaType]);
    return { kind: 'artifact', artifact: await readArtifact(documents, manifest, name, offer) };
  }
  const { steps, byLayer } = mapHistory(config.content.history, length);
  const image: Image = {
    ...offer,
    manifest,
    config,
    platform: platformOfImage(config.content, claimed),
    layers: pairLayers(layers, config.content.diffIds, byLayer),
    history: steps,
  };
  return { kind: 'image', image };
}

/**
 * A config of an unknown type may be an image's all the same (Docker once wrote octet-stream): its content decides. Null
 * where it is none.
 */
async function readConfig(documents: Documents, { config }: Manifest): Promise<ConfigDocument | null> {
  if (isImageConfigType(config.mediaType)) return documents.config(config);
  if (config.size > CONFIG_LIMIT) return null;
  try {
    const document = await documents.config(config);
    return document.content.diffIds === null ? null : document;
  } catch (error) {
    if (error instanceof Problem && error.failure.code === 'malformed') return null;
    throw error;
  }
}

/** Configs often leave the variant to the index. */
function platformOfImage({ platform }: ImageConfig, claimed: Platform | null): Platform | null {
  if (platform === null || claimed === null) return platform ?? claimed;
  const isMoreExact = platform.variant === undefined && matchPlatform(platform, claimed) !== null;
  return isMoreExact && claimed.variant !== undefined ? { ...platform, variant: claimed.variant } : platform;
}

/** config.md, "rootfs": diff IDs are "in order from first to last"; one for each layer, or none is of any use. */
function pairLayers(
  layers: readonly Descriptor[],
  diffIds: ImageConfig['diffIds'],
  steps: readonly ImageLayer['step'][],
): readonly ImageLayer[] {
  if (diffIds !== null && diffIds.length !== layers.length) {
    const reason = `${diffIds.length} diff IDs for ${layers.length} layers`;
    fail({ code: 'malformed', format: 'config', reason, pointer: '/rootfs/diff_ids' });
  }
  return layers.map((descriptor, i) => ({
    descriptor,
    diffId: diffIds?.[i] ?? null,
    step: steps[i] ?? null,
  }));
}
