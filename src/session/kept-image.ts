/** What the list of recents is told of an image. */
import { webLocks } from '../base/locks.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import type { KeptImage, Store } from '../sources/browser/store.ts';
import { openLock } from '../sources/browser/open-lock.ts';
import type { Origin } from '../sources/origin.ts';

export interface Piece {
  readonly descriptor: Descriptor;
  /** Of documents, which were read. */
  readonly bytes?: Bytes;
}

/** What an image, or an artifact, is made of. */
export interface Contents {
  readonly indexes: readonly Piece[];
  readonly manifest: Piece;
  readonly config: Piece | null;
  readonly layers: readonly Piece[];
}

/** Documents and layers, each once. */
export function contentsOf({ indexes, manifest, config, layers }: Contents): ReadonlyMap<Digest, Piece> {
  const all: Piece[] = [...indexes, manifest, ...(config === null ? [] : [config]), ...layers];
  return new Map(all.map((piece) => [piece.descriptor.digest, piece]));
}

/** Bytes. */
export function sizeOf(image: Contents): number {
  let size = 0;
  for (const { descriptor } of contentsOf(image).values()) size += descriptor.size;
  return size;
}

/** The descriptor that its origin resolved to. */
export const rootOf = ({ indexes, manifest }: Contents) => indexes[0]?.descriptor ?? manifest.descriptor;

export interface Opened {
  readonly id: string;
  readonly origin: Origin;
  readonly name: string;
  readonly platform: string | null;
  readonly image: Contents;
}

/**
 * An image whose documents have been read goes to the top of the recents, and from then on its content is not what goes first
 * when room is wanted. Of a local file nothing is kept unless a person asks for it; what was kept stays named.
 */
export async function remember(store: Store, { image, ...opened }: Opened): Promise<void> {
  const recent = { ...opened, root: rootOf(image), opened: Date.now(), pinned: false };
  if (opened.origin.kind !== 'local') {
    await store.keepImage({ ...recent, digests: [...contentsOf(image).keys()], size: sizeOf(image) });
    return;
  }
  const before: KeptImage | undefined = (await store.images()).find(({ id }) => id === opened.id);
  const { digests = [], root = recent.root, name = recent.name } = before ?? {};
  await store.keepImage({ ...recent, root, name, digests, size: sizeOf(image) });
}

/** Says to all tabs that this one has the image open, until `signal` aborts: nothing of it is to go then. */
export function holdOpen(id: string, signal: AbortSignal): void {
  const locks = webLocks();
  const untilAborted = () =>
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  locks?.request(openLock(id), { mode: 'shared', signal }, untilAborted).catch(() => {});
}
