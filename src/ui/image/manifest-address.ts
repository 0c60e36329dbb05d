/** Where one manifest of what is open is found again. */
import type { Digest } from '../../formats/digest.ts';
import { printReference } from '../../formats/reference.ts';
import { NOWHERE, type Address } from '../../session/address.ts';
import type { Origin } from '../../sources/origin.ts';

/** A manifest of the same repository, pinned. Layouts and files name only what they have at the top. */
export function manifestAddress(origin: Origin, digest: Digest): Address | null {
  if (origin.kind !== 'registry') return null;
  const { registry, repository } = origin;
  return {
    ...NOWHERE,
    target: { kind: 'image', reference: printReference({ registry, repository, digest }) },
  };
}
