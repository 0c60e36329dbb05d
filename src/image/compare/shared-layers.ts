/** What tells layers that hold the same, in whatever image: the diff ID, or the digest where there is none. */
import type { Image } from '../image.ts';

export function layerKeys({ layers }: Pick<Image, 'layers'>): string[] {
  return layers.map(({ diffId, descriptor }) => diffId ?? descriptor.digest);
}

/** How many layers of `image` are in `other` too. */
export function sharedLayers(image: Image, other: Image): number {
  const others = new Set(layerKeys(other));
  return layerKeys(image).filter((key) => others.has(key)).length;
}
