/** A local image that is open and verified, into the store: it then opens without its file. */
import type { Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import type { Image } from '../image/image.ts';
import type { Archive } from '../sources/archive/archive.ts';
import { keepFacts } from '../sources/browser/kept-archive.ts';
import type { KeptImage, Store } from '../sources/browser/store.ts';
import type { LocalOrigin } from '../sources/origin.ts';

export interface OpenLocal {
  readonly id: string;
  readonly origin: LocalOrigin;
  readonly platform: string | null;
  readonly image: Image;
  readonly archive: Archive;
}

interface Piece {
  readonly descriptor: Descriptor;
  /** Of documents, which were read. */
  readonly bytes?: Bytes;
}

/** Documents and layers, each once. */
function contentsOf({ indexes, manifest, config, layers }: Image): ReadonlyMap<Digest, Piece> {
  const all: Piece[] = [...indexes, manifest, config, ...layers];
  return new Map(all.map((piece) => [piece.descriptor.digest, piece]));
}

/** Bytes. */
export function sizeOf(image: Image): number {
  let size = 0;
  for (const { descriptor } of contentsOf(image).values()) size += descriptor.size;
  return size;
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
    platform,
    root: found?.root ?? image.indexes[0]?.descriptor ?? image.manifest.descriptor,
    digests,
    size: done,
    opened: Date.now(),
    pinned: false,
  };
  if (!(await store.keepImage(recent))) return false;
  await keepFacts(store, origin.file, digests, archive);
  return true;
}
