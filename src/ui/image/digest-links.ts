/** Where the digests of a document lead. */
import type { Digest } from '../../formats/digest.ts';
import type { Image } from '../../image/image.ts';
import { NOWHERE, parseAddress, printAddress, type Target } from '../../session/address.ts';
import type { View } from '../../session/view.ts';
import type { Origin } from '../../sources/origin.ts';

/** The address of each digest that leads anywhere. */
export type DigestLinks = ReadonlyMap<string, string>;

/** Another manifest of the same place, pinned. */
export function manifestLink(origin: Origin, digest: Digest): string {
  const target: Target =
    origin.kind === 'registry'
      ? { kind: 'image', reference: `${origin.registry}/${origin.repository}@${digest}` }
      : { kind: 'layout', url: origin.url, name: digest };
  return printAddress({ ...NOWHERE, target });
}

/** Another view of what is open. `address` is the one now. */
export function viewLink(address: string, view: View): string {
  return printAddress({ ...parseAddress(address), view });
}

/** All that `image` names: manifests of its indexes and its subject open; config and layers show their view. */
export function digestLinks(origin: Origin, image: Image, address: string): DigestLinks {
  const links = new Map<string, string>();
  for (const { descriptor } of [...image.indexes, ...image.platforms, ...image.attestations]) {
    links.set(descriptor.digest, manifestLink(origin, descriptor.digest));
  }
  const subject = image.manifest.content.subject;
  if (subject !== undefined) links.set(subject.digest, manifestLink(origin, subject.digest));
  links.set(image.manifest.descriptor.digest, viewLink(address, 'manifest'));
  links.set(image.config.descriptor.digest, viewLink(address, 'config'));
  for (const { descriptor, diffId } of image.layers) {
    links.set(descriptor.digest, viewLink(address, 'layers'));
    if (diffId !== null) links.set(diffId, viewLink(address, 'layers'));
  }
  return links;
}
