/** Hands what is installed to the browser as a bill of materials. */
import { writeCycloneDx } from '../formats/installed/cyclonedx.ts';
import type { Image } from '../image/image.ts';
import { handOver, inSlices } from './download.ts';
import type { FoundPackages } from './packages.svelte.ts';

/** `name`: the reference of the image. Keeps the page free meanwhile. Rejects with the signal's reason. */
export async function savePackages(
  { installed, ownership }: FoundPackages,
  image: Image,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const packages = installed.packages.map((it, i) => {
    const layer = ownership.holdings[i]!.layers[0]?.[0];
    return { it, layer: layer === undefined ? null : image.layers[layer]!.descriptor.digest };
  });
  const { digest } = image.manifest.descriptor;
  const pieces: string[] = [];
  const write = function* () {
    for (const piece of writeCycloneDx({ name, digest, system: installed.system }, packages)) {
      pieces.push(piece);
      yield;
    }
  };
  await inSlices(write(), signal);
  handOver(new Blob(pieces, { type: 'application/vnd.cyclonedx+json' }), 'packages.cdx.json');
}
