/**
 * What else belongs to an image or artifact: statements of how it was made and what is in it, signatures, whatever names
 * it as its subject. It lies in the index beside the image (buildkit, docs/attestations/attestation-storage.md), or in
 * the same repository, where the place knows the ways to it.
 */
import { mapInParallel } from '../base/in-parallel.ts';
import { Problem, type Failure } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { essence } from '../formats/media-type.ts';
import type { Place } from '../sources/place.ts';
import type { ReferralWay } from '../sources/referrals.ts';
import { nameOf } from './artifact.ts';
import { Documents } from './documents.ts';
import type { Attestation } from './image.ts';
import { WIDTH } from './offer.ts';

export type AttachedKind = 'provenance' | 'packages' | 'signature' | 'statement' | 'other';
export type AttachedWay = ReferralWay | 'index';

/** One thing that is attached: a blob of a manifest, or a manifest without any. */
export interface Attached {
  /** Unlike all others'. */
  readonly id: string;
  readonly kind: AttachedKind;
  /** In words, else a media type or the predicate's. */
  readonly name: string;
  readonly manifest: Descriptor;
  /** Null where there is nothing to read but the manifest. */
  readonly content: Descriptor | null;
  readonly about: Digest | null;
  readonly way: AttachedWay;
  readonly tag: string | null;
  /** Of the manifest and of the content, the latter's count. */
  readonly annotations: ReadonlyMap<string, string>;
  /** Why its manifest could not be read. */
  readonly failure: Failure | null;
}

export interface AttachedList {
  readonly items: readonly Attached[];
  /** As in `Referrals`. */
  readonly hasApi: boolean | null;
  /** There are more manifests than were read. */
  readonly isCut: boolean;
}

/** Manifests that are read: an image that is signed each night for a year has as many. */
const MAX_MANIFESTS = 400;
/** Blobs of one manifest that are listed. */
const MAX_BLOBS = 64;

/** Annotations of one blob, those of its manifest among them. */
const MAX_ANNOTATIONS = 200;

/** Where tools write what a blob states. */
const PREDICATE_TYPES = ['in-toto.io/predicate-type', 'predicateType', 'dev.sigstore.bundle.predicateType'];

const PREDICATES: readonly (readonly [prefix: string, kind: AttachedKind, name: string])[] = [
  ['https://slsa.dev/provenance', 'provenance', 'SLSA provenance'],
  ['https://slsa.dev/verification_summary', 'statement', 'SLSA verification summary'],
  ['https://spdx.dev/Document', 'packages', 'SBOM (SPDX)'],
  ['https://spdx.dev/', 'packages', 'SBOM (SPDX)'],
  ['https://cyclonedx.org/', 'packages', 'SBOM (CycloneDX)'],
  ['https://cosign.sigstore.dev/attestation/vuln', 'statement', 'Vulnerability scan'],
  ['https://in-toto.io/attestation/vulns', 'statement', 'Vulnerability scan'],
  ['https://openvex.dev/', 'statement', 'VEX document'],
  ['https://in-toto.io/attestation/test-result', 'statement', 'Test result'],
  ['https://sigstore.dev/cosign/sign', 'signature', 'Sigstore signature'],
];

const TYPES: readonly (readonly [prefix: string, kind: AttachedKind])[] = [
  ['application/vnd.dev.cosign.simplesigning', 'signature'],
  ['application/vnd.dev.cosign.artifact.sig', 'signature'],
  ['application/vnd.cncf.notary.signature', 'signature'],
  ['application/jose+json', 'signature'],
  ['application/cose', 'signature'],
  ['application/vnd.dev.sigstore.bundle', 'signature'],
  ['application/vnd.in-toto', 'statement'],
  ['application/vnd.dsse.envelope', 'statement'],
  ['application/spdx', 'packages'],
  ['text/spdx', 'packages'],
  ['application/vnd.cyclonedx', 'packages'],
  ['application/vnd.syft', 'packages'],
  ['application/vnd.dev.cosign.artifact.sbom', 'packages'],
];

interface Lead {
  readonly descriptor: Descriptor;
  readonly about: Digest | null;
  readonly way: AttachedWay;
  readonly tag: string | null;
}

/** `subjects`: the manifest that is open, and the index it was found by. Fails as asking the place for them does. */
export async function readAttached(
  place: Place,
  subjects: readonly Descriptor[],
  attestations: readonly Attestation[],
  signal: AbortSignal,
): Promise<AttachedList> {
  const leads = new Map<Digest, Lead>();
  const put = (lead: Lead) => {
    if (!leads.has(lead.descriptor.digest)) leads.set(lead.descriptor.digest, lead);
  };
  for (const { descriptor, about } of attestations) put({ descriptor, about, way: 'index', tag: null });
  let hasApi: boolean | null = null;
  const answers = await Promise.all(subjects.map((subject) => place.referrals?.(subject, signal)));
  for (const [i, answer] of answers.entries()) {
    if (answer === undefined) continue;
    hasApi = answer.hasApi ?? hasApi;
    for (const { descriptor, way, tag = null } of answer.found) {
      put({ descriptor, about: subjects[i]!.digest, way, tag });
    }
  }
  const documents = new Documents(place, signal);
  const all = [...leads.values()];
  const read = all.slice(0, MAX_MANIFESTS);
  const items = await mapInParallel(read, WIDTH, (lead) => itemsOf(documents, lead));
  return { items: items.flat(), hasApi, isCut: all.length > read.length };
}

async function itemsOf(documents: Documents, lead: Lead): Promise<Attached[]> {
  const { descriptor } = lead;
  const whole = { ...lead, manifest: descriptor, content: null, id: descriptor.digest };
  try {
    const { content: manifest } = await documents.manifest(descriptor);
    const annotations = together(manifest.annotations, descriptor.annotations ?? new Map());
    const type = manifest.artifactType ?? descriptor.artifactType ?? '';
    if (manifest.kind === 'index') {
      return [{ ...whole, annotations, failure: null, ...kindOf([type], annotations) }];
    }
    const about = manifest.subject?.digest ?? lead.about;
    const types = [type, manifest.config.mediaType];
    const blobs = manifest.layers.slice(0, MAX_BLOBS);
    if (blobs.length === 0) {
      return [{ ...whole, about, annotations, failure: null, ...kindOf(types, annotations) }];
    }
    return blobs.map((content, i): Attached => {
      const own = together(content.annotations, annotations);
      // What the blob is counts more than what the manifest is for.
      const named = kindOf([content.mediaType, ...types], own);
      return {
        ...whole,
        about,
        content,
        id: i === 0 ? descriptor.digest : `${descriptor.digest}.${i}`,
        annotations: own,
        failure: null,
        ...named,
      };
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const annotations = descriptor.annotations ?? new Map<string, string>();
    const named = kindOf([descriptor.artifactType ?? ''], annotations);
    return [{ ...whole, annotations, failure: error.failure, ...named }];
  }
}

/** What `first` says counts. Bounded, for each of many blobs has them: what tells the kind, and as many more as anybody reads. */
function together(
  first: ReadonlyMap<string, string> | undefined,
  then: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (first === undefined || first.size === 0) return then;
  const both = new Map<string, string>();
  for (const key of PREDICATE_TYPES) {
    const value = first.get(key) ?? then.get(key);
    if (value !== undefined) both.set(key, value);
  }
  for (const annotations of [first, then]) {
    for (const [key, value] of annotations) {
      if (both.size >= MAX_ANNOTATIONS) return both;
      if (!both.has(key)) both.set(key, value);
    }
  }
  return both;
}

function kindOf(
  types: readonly string[],
  annotations: ReadonlyMap<string, string>,
): { readonly kind: AttachedKind; readonly name: string } {
  const said = PREDICATE_TYPES.map((key) => annotations.get(key)).find(Boolean);
  if (said !== undefined) {
    const [, kind, name] = PREDICATES.find(([prefix]) => said.startsWith(prefix)) ?? [
      said,
      'statement' as const,
      said,
    ];
    return { kind, name };
  }
  const kinds = types.map((type) => TYPES.find(([prefix]) => essence(type).startsWith(prefix))?.[1]);
  return { kind: kinds.find((it) => it !== undefined) ?? 'other', name: nameOf(types) };
}
