/** What an index offers: its images for each platform, those of nested indexes among them (image-spec v1.1, image-index.md). */
import { mapInParallel } from '../base/in-parallel.ts';
import { fail, Problem, type FailureCode } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { isDigest, type Digest } from '../formats/digest.ts';
import { isIndexType } from '../formats/media-type.ts';
import type { Platform } from '../formats/platform.ts';
import { artifactName, isArtifactEntry } from './artifact.ts';
import type { Documents } from './documents.ts';
import type { Attestation, IndexDocument, Offer, PlatformChoice } from './image.ts';

/** Indexes in indexes. Two levels are in the wild. */
export const MAX_NESTING = 8;
/** As many requests at once as dockerd and containerd make. */
export const WIDTH = 3;
/** Entries without a platform of which the config is asked. */
const MAX_PROBES = 32;

/** Faults of one document, not of the connection or of what we can take. */
const DAMAGE: ReadonlySet<FailureCode> = new Set([
  'malformed',
  'unsupported',
  'not-found',
  'digest-mismatch',
  'size-mismatch',
]);

export const NO_OFFER: Offer = { indexes: [], platforms: [], attestations: [], absent: [] };

/** An entry of an index; `nested` once it has turned out to be one itself. */
interface Slot {
  readonly descriptor: Descriptor;
  /** Its own, else that of the index it stands in. */
  readonly platform: Platform | null;
  nested:
    { readonly document: IndexDocument; readonly slots: readonly Slot[] } | 'absent' | 'repeated' | null;
}

/**
 * Reads all indexes nested in `root`. `disguised` are the digests of indexes whose descriptors say otherwise. Fails
 * with `too-large` past MAX_NESTING, and with whatever reading one fails with, but for one that is not there.
 */
export async function readOffer(
  documents: Documents,
  root: IndexDocument,
  disguised: ReadonlySet<Digest>,
): Promise<Offer> {
  const top: Slot = { descriptor: root.descriptor, platform: null, nested: null };
  const seen = new Set<Digest>();
  const visit = async (slot: Slot): Promise<readonly Slot[]> => {
    if (seen.has(slot.descriptor.digest)) {
      slot.nested = 'repeated';
      return [];
    }
    seen.add(slot.descriptor.digest);
    const document = await documents.find(slot.descriptor);
    if (document === null) slot.nested = 'absent';
    if (document?.content.kind !== 'index') return [];
    const { manifests } = document.content;
    const slots = manifests.map((descriptor): Slot => ({
      descriptor,
      platform: descriptor.platform ?? slot.platform,
      nested: null,
    }));
    slot.nested = { document: document as IndexDocument, slots };
    return slots;
  };

  // Level by level, so that what is read twice does not depend on which answer came first.
  let level: readonly Slot[] = [top];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) fail({ code: 'too-large', what: 'nested indexes', limit: MAX_NESTING });
    const children = await mapInParallel(level, WIDTH, visit);
    level = children
      .flat()
      .filter(({ descriptor }) => mayBeIndex(descriptor) || disguised.has(descriptor.digest));
  }
  return describeNameless(documents, withoutAbsent(documents, flatten(top)));
}

/** A file or a folder knows what it has not: `docker save` writes an index of all platforms, and one image of it. */
function withoutAbsent(documents: Documents, offer: Offer): Offer {
  const isThere = ({ descriptor }: { readonly descriptor: Descriptor }) => !documents.lacks(descriptor);
  const gone = offer.platforms.filter((choice) => !isThere(choice));
  if (gone.length === 0) return offer;
  const absent = gone.map(({ descriptor, platform }) =>
    platform ? { ...descriptor, platform } : descriptor,
  );
  return {
    ...offer,
    platforms: offer.platforms.filter(isThere),
    absent: [...offer.absent, ...absent],
  };
}

/** An entry that claims nothing has to be looked at. */
function mayBeIndex({ mediaType, platform }: Descriptor): boolean {
  return isIndexType(mediaType) || (mediaType === '' && platform === undefined);
}

function flatten(top: Slot): Offer {
  const indexes: IndexDocument[] = [];
  const platforms = new Map<Digest, PlatformChoice>();
  const attestations = new Map<Digest, Attestation>();
  const absent = new Map<Digest, Descriptor>();
  const walk = ({ descriptor, platform, nested }: Slot): void => {
    const { digest } = descriptor;
    if (nested === 'repeated') return;
    if (nested === 'absent') absent.set(digest, descriptor);
    else if (nested !== null) {
      indexes.push(nested.document);
      nested.slots.forEach(walk);
    } else if (isAttestation(descriptor)) {
      if (!attestations.has(digest)) attestations.set(digest, { descriptor, about: aboutOf(descriptor) });
    } else if (!platforms.has(digest)) platforms.set(digest, { descriptor, platform });
  };
  walk(top);
  return {
    indexes,
    platforms: [...platforms.values()],
    attestations: [...attestations.values()],
    absent: [...absent.values()],
  };
}

/** buildkit marks its attestations twice: by annotation, and by a platform that no machine has. */
function isAttestation(descriptor: Descriptor): boolean {
  const { platform, annotations } = descriptor;
  return (
    annotations?.get('vnd.docker.reference.type') === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown') ||
    isArtifactEntry(descriptor)
  );
}

function aboutOf({ annotations }: Descriptor): Digest | null {
  const text = annotations?.get('vnd.docker.reference.digest') ?? '';
  return isDigest(text) ? text : null;
}

/** Asks the images themselves, where an index offers several and does not say what they are for. */
async function describeNameless(documents: Documents, offer: Offer): Promise<Offer> {
  const nameless = offer.platforms.filter(({ platform }) => platform === null);
  if (offer.platforms.length < 2 || nameless.length === 0) return offer;
  return probe(documents, offer, nameless.slice(0, MAX_PROBES));
}

/** Looks at `choices`: which are there at all, which are no images, and for which platform the others are. */
export async function probe(
  documents: Documents,
  offer: Offer,
  choices: readonly PlatformChoice[],
): Promise<Offer> {
  const look = async (choice: PlatformChoice): Promise<PlatformChoice | Attestation | null> => {
    const { descriptor, platform } = choice;
    const document = await documents.find(descriptor);
    if (document === null) return null;
    if (document.content.kind === 'index') return choice;
    if (artifactName(document.content) !== null) {
      return { descriptor, about: document.content.subject?.digest ?? null };
    }
    if (platform !== null) return choice;
    const config = await documents.config(document.content.config);
    return { descriptor, platform: config.content.platform };
  };
  // One that is damaged stays, as it is: it shall fail when it is chosen, not keep the others from being opened.
  const tolerant = async (choice: PlatformChoice) => {
    try {
      return await look(choice);
    } catch (error) {
      if (error instanceof Problem && DAMAGE.has(error.failure.code)) return choice;
      throw error;
    }
  };
  const found = await mapInParallel(choices, WIDTH, tolerant);
  const answers = new Map(choices.map((choice, i) => [choice, found[i] ?? null]));
  const platforms: PlatformChoice[] = [];
  const attestations = [...offer.attestations];
  const absent = [...offer.absent];
  for (const choice of offer.platforms) {
    const answer = answers.get(choice);
    if (answer === undefined) platforms.push(choice);
    else if (answer === null) absent.push(choice.descriptor);
    else if ('about' in answer) attestations.push(answer);
    else platforms.push(answer);
  }
  return { indexes: offer.indexes, platforms, attestations, absent };
}
