/** A local image that is open and verified, into the store: it then opens without its file. */
import { platformText } from '../formats/platform.ts';
import type { Image } from '../image/image.ts';
import type { Archive } from '../sources/archive/archive.ts';
import { keepFacts } from '../sources/browser/kept-archive.ts';
import type { KeptImage, Store } from '../sources/browser/store.ts';
import type { LocalOrigin } from '../sources/origin.ts';
import { contentsOf, rootOf } from './kept-image.ts';

export interface OpenLocal {
  readonly id: string;
  readonly origin: LocalOrigin;
  readonly platform: string | null;
  readonly image: Image;
  readonly archive: Archive;
}

/** Every digest has been found right: call it for nothing else. False where there is no room. */
export async function keepLocal(
  { id, origin, platform, image, archive }: OpenLocal,
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
  return true;
}
