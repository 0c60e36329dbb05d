/** Where the digests of a document lead. */
import type { Digest } from '../../formats/digest.ts';
import type { Image } from '../../image/image.ts';
import { NOWHERE, parseAddress, printAddress, type Address } from '../../session/address.ts';
import type { View } from '../../session/view.ts';
import type { Origin } from '../../sources/origin.ts';
import { manifestAddress } from './manifest-address.ts';

/** The address of each digest that leads anywhere. */
export type DigestLinks = ReadonlyMap<string, string>;

/** All that `image` names: other manifests open; its own documents and layers show their view. `address` is the one now. */
export function digestLinks(origin: Origin, image: Image, address: string): DigestLinks {
  const here = parseAddress(address);
  const links = new Map<string, string>();
  const put = (digest: Digest | null, to: Address | null) => {
    if (digest !== null && to !== null) links.set(digest, printAddress(to));
  };
  for (const { descriptor } of image.platforms) {
    put(
      descriptor.digest,
      manifestAddress(origin, descriptor.digest) ?? platformAddress(here, descriptor.digest),
    );
  }
  for (const { descriptor } of image.attestations) {
    put(descriptor.digest, manifestAddress(origin, descriptor.digest));
  }
  const subject = image.manifest.content.subject;
  if (subject !== undefined) put(subject.digest, manifestAddress(origin, subject.digest));
  const show = (digest: Digest | null, view: View) => put(digest, { ...here, view });
  for (const { descriptor } of image.indexes) show(descriptor.digest, 'index');
  show(image.manifest.descriptor.digest, 'manifest');
  show(image.config.descriptor.digest, 'config');
  // The same layer may be there several times: its first place is where it leads.
  for (const [layer, { descriptor, diffId }] of [...image.layers.entries()].reverse()) {
    put(descriptor.digest, { ...here, view: 'layers', layer });
    put(diffId, { ...here, view: 'layers', layer });
  }
  return links;
}

/** The same index, another one of its manifests. */
function platformAddress({ target }: Address, digest: Digest): Address {
  return { ...NOWHERE, target, platform: digest };
}
