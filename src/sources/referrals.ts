import type { Descriptor } from '../formats/descriptor.ts';

/** How a place came to know that something is about a manifest. */
export type ReferralWay =
  /** The registry's referrers API. */
  | 'api'
  /** The tag `sha256-<hex>` that stands in for that API. */
  | 'fallback-tag'
  /** A tag of cosign's: `sha256-<hex>.sig`, `.att`, `.sbom`. */
  | 'cosign-tag'
  /** It stands in the place's own list (index.json), and names the manifest as its subject. */
  | 'subject';

/** A manifest that is about another one, by what the place says; what it says itself is in it. */
export interface Referral {
  readonly descriptor: Descriptor;
  readonly way: ReferralWay;
  /** The tag that led to it, where one did. */
  readonly tag?: string;
}

/** What a place knows to be about a manifest. */
export interface Referrals {
  readonly found: readonly Referral[];
  /** Null where the place is no registry. False: it has no referrers API, as far as a page can tell. */
  readonly hasApi: boolean | null;
}
