/** The images that were opened, and the tags that were asked for: they say which content is to stay. */
import { webLocks } from '../../base/locks.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { CONTENT_STORES, removeContent } from './contents.ts';
import type { Database, StoreName, Writing } from './database.ts';
import { openLock } from './open-lock.ts';
import type { KeptImage, KeptTag } from './store.ts';

const ALL_STORES: StoreName[] = [...CONTENT_STORES, 'tags', 'images'];

/** Milliseconds after which content that no image names is left over, and not of an image that is just being opened. */
const LEFT_OVER = 10 * 60 * 1000;
/** Bytes that are freed beyond what is needed: the next write should not have to do the same again. */
const SPARE = 32 * 1024 * 1024;

export class Recents {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async tag(name: string): Promise<KeptTag | null> {
    return (await this.#database.read(['tags'], (tx) => tx.objectStore('tags').get(name))) ?? null;
  }

  keepTag(name: string, descriptor: Descriptor, time: number): Promise<boolean> {
    return this.#database.write(['tags'], 1, async (tx) => {
      await tx.objectStore('tags').put({ descriptor: withoutData(descriptor), time }, name);
      return true;
    });
  }

  async images(): Promise<readonly KeptImage[]> {
    const images = await this.#database.read(['images'], (tx) =>
      tx.objectStore('images').index('opened').getAll(),
    );
    return (images ?? []).reverse();
  }

  keepImage(image: KeptImage): Promise<boolean> {
    return this.#database.write(['images'], 1, async (tx) => {
      const images = tx.objectStore('images');
      const pinned = image.pinned || (await images.get(image.id))?.pinned === true;
      await images.put({ ...image, root: withoutData(image.root), pinned });
      return true;
    });
  }

  pin(id: string, pinned: boolean): Promise<boolean> {
    return this.#database.write(['images'], 1, async (tx) => {
      const images = tx.objectStore('images');
      const image = await images.get(id);
      if (image === undefined) return false;
      await images.put({ ...image, pinned });
      return true;
    });
  }

  /** Bytes that were freed. */
  async removeImage(id: string): Promise<number> {
    let freed = 0;
    await this.#database.write(ALL_STORES, 0, async (tx) => {
      freed = 0;
      const images = tx.objectStore('images');
      const image = await images.get(id);
      if (image === undefined) return true;
      await images.delete(id);
      const named = namedBy(await images.getAll());
      for (const digest of namedBy([image])) {
        if (!named.has(digest)) freed += await removeContent(tx, digest);
      }
      if (!named.has(image.root.digest)) await removeTagsOf(tx, image.root.digest);
      return true;
    });
    return freed;
  }

  async removeAll(): Promise<void> {
    await this.#database.write(ALL_STORES, 0, async (tx) => {
      await Promise.all(ALL_STORES.map((name) => tx.objectStore(name).clear()));
      return true;
    });
  }

  /**
   * Removes what is left over, then images, the one first that was not opened for longest, until `needed` bytes and some
   * to spare are free. Never one that is pinned, or open in any tab. False where nothing was removed.
   */
  async makeRoom(needed: number): Promise<boolean> {
    let freed = await this.#removeLeftOver();
    for (const { id, pinned } of [...(await this.images())].reverse()) {
      if (freed >= needed + SPARE) break;
      if (!pinned) freed += await unlessOpen(id, () => this.removeImage(id));
    }
    return freed > 0;
  }

  async #removeLeftOver(): Promise<number> {
    let freed = 0;
    await this.#database.write([...CONTENT_STORES, 'images'], 0, async (tx) => {
      freed = 0;
      const named = namedBy(await tx.objectStore('images').getAll());
      const contents = tx.objectStore('contents');
      const [digests, records] = await Promise.all([contents.getAllKeys(), contents.getAll()]);
      const before = Date.now() - LEFT_OVER;
      for (const [i, digest] of digests.entries()) {
        if (!named.has(digest) && records[i]!.time < before) freed += await removeContent(tx, digest);
      }
      return true;
    });
    return freed;
  }
}

function namedBy(images: readonly KeptImage[]): Set<Digest> {
  const named = new Set<Digest>();
  for (const { root, digests } of images) for (const digest of [root.digest, ...digests]) named.add(digest);
  return named;
}

async function removeTagsOf(tx: Writing, digest: Digest): Promise<void> {
  const tags = tx.objectStore('tags');
  const [names, values] = await Promise.all([tags.getAllKeys(), tags.getAll()]);
  await Promise.all(
    names.filter((_, i) => values[i]!.descriptor.digest === digest).map((name) => tags.delete(name)),
  );
}

/** The content is kept by its digest: once is enough. */
function withoutData({ data: _, ...rest }: Descriptor): Descriptor {
  return rest;
}

/** 0 where some tab has the image open, or where nobody can tell. */
async function unlessOpen(id: string, work: () => Promise<number>): Promise<number> {
  const locks = webLocks();
  if (locks === undefined) return 0;
  // Exclusive: granted where nobody holds it, and nobody may take it while we remove.
  return locks.request(openLock(id), { ifAvailable: true }, (lock) => (lock === null ? 0 : work()));
}
