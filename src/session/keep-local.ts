/** A local image that is open and verified, into the store: it then opens without its file. */
import { platformText } from '../formats/platform.ts';
import type { Image, ImageLayer } from '../image/image.ts';
import type { Indexed } from '../image/indexing.ts';
import { keepFound, keepIndex } from '../image/kept-layer.ts';
import type { Archive } from '../sources/archive/archive.ts';
import { keepFacts } from '../sources/browser/kept-archive.ts';
import type { KeptImage, Store } from '../sources/browser/store.ts';
import type { LocalOrigin } from '../sources/origin.ts';
import { contentsOf, rootOf } from './kept-image.ts';
import type { Session } from './session.svelte.ts';

export interface OpenLocal {
  readonly id: string;
  readonly origin: LocalOrigin;
  readonly platform: string | null;
  readonly image: Image;
  readonly archive: Archive;
  /** As they were found to be. */
  readonly layers: readonly FoundLayer[];
}

export interface FoundLayer extends ImageLayer, Indexed {}

/** Of what is open; null where that is no local image. */
export function openLocalOf(session: Session): OpenLocal | null {
  const { imageId: id, platform, phase, local } = session;
  const archive = local?.archive ?? null;
  if (phase.name !== 'open' || phase.origin.kind !== 'local' || archive === null) return null;
  const { origin, image, tree } = phase;
  const layers = session.layers.map(({ layer, seekPoints }, i) => ({
    ...layer,
    index: tree.layers[i]!,
    seekPoints,
  }));
  return { id, origin, platform, image, archive, layers };
}

/** Every digest has been found right: call it for nothing else. False where there is no room. */
export async function keepLocal(
  { id, origin, platform, image, archive, layers }: OpenLocal,
  store: Store,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<boolean> {
  const contents = contentsOf(image);
  let done = 0;
  for (const { descriptor, bytes } of contents.values()) {
    signal.throwIfAborted();
    const content = bytes ?? descriptor.data ?? archive.blobs.get(descriptor.digest);
    if (content === undefined || !(await store.keep(descriptor, content))) return false;
    done += descriptor.size;
    onProgress(done);
  }
  const { name } = origin;
  // What the archive calls the image: the same rule as that by which it opens it.
  const found = archive.images.find((one) => name === undefined || one.name === name);
  const digests = [...contents.keys()];
  const recent: KeptImage = {
    id,
    origin,
    name: found?.names[0] ?? name ?? origin.file,
    platform: platform ?? (image.platform && platformText(image.platform)),
    root: found?.root ?? rootOf(image),
    digests,
    size: done,
    opened: Date.now(),
    pinned: false,
  };
  if (!(await store.keepImage(recent))) return false;
  await keepFacts(store, origin.file, digests, archive);
  for (const { descriptor, diffId, index, seekPoints } of layers) {
    signal.throwIfAborted();
    // Without one, what was found is not known here, and it is unpacked once more.
    if (diffId === null) continue;
    await keepIndex(store, descriptor, { index, seekPoints });
    await keepFound(store, descriptor, diffId);
  }
  return true;
}
