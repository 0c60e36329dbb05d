/** How it is said what is attached, and how it was found. */
import type { AttachedKind, AttachedWay } from '../../image/attached.ts';

export const KINDS: Readonly<Record<AttachedKind, string>> = {
  provenance: 'How it was built',
  packages: 'What is in it',
  signature: 'Who signed it',
  statement: 'Other statements',
  other: 'Whatever else names it',
};

export const WAYS: Readonly<Record<AttachedWay, string>> = {
  index: 'in the index',
  api: 'referrers API',
  'fallback-tag': 'referrers tag',
  'cosign-tag': 'cosign tag',
  subject: 'names it as subject',
};

/** `2026-11-25 22:00:00 UTC`; as it stands where it is no instant. */
export function momentText(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : instantOf(time);
}

/** ms since 1970. */
export function instantOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime())
    ? String(time)
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
