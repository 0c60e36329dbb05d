/** Content by its digest: whole and verified, or on its way. */
import type { Bytes } from '../../base/bytes.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import type { ContentRecord, Database, StoreName, Writing } from './database.ts';
import type { KeptBlob } from './store.ts';

/** Where content stands, with what goes when it goes. */
export const CONTENT_STORES: StoreName[] = ['contents', 'parts', 'derived'];

/** All parts of `digest`: an array sorts after every number (Indexed Database API 3.0, section 2.4). */
const partsOf = (digest: Digest) => IDBKeyRange.bound([digest], [digest, []]);

export class Contents {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async blob(digest: Digest): Promise<KeptBlob | null> {
    const found = await this.#find(digest, true);
    return found === null ? null : { mediaType: found.record.mediaType, blob: found.blob };
  }

  async part(digest: Digest): Promise<Blob | null> {
    return (await this.#find(digest, false))?.blob ?? null;
  }

  keep({ digest, mediaType, size }: Descriptor, bytes: Bytes | Blob): Promise<boolean> {
    const blob = bytes instanceof Blob ? bytes : new Blob([bytes]);
    if (blob.size !== size) return Promise.resolve(false);
    return this.#database.write(['contents', 'parts'], size, async (tx) => {
      const contents = tx.objectStore('contents');
      if ((await contents.get(digest))?.whole === true) return true;
      const parts = tx.objectStore('parts');
      // Of what was on its way nobody knows whether it is right.
      await parts.delete(partsOf(digest));
      if (size > 0) await parts.add({ blob }, [digest, 0]);
      await contents.put({ mediaType, size, whole: true, time: Date.now() }, digest);
      return true;
    });
  }

  extend(digest: Digest, at: number, bytes: Bytes | Blob): Promise<boolean> {
    const blob = bytes instanceof Blob ? bytes : new Blob([bytes]);
    return this.#database.write(['contents', 'parts'], blob.size, async (tx) => {
      const contents = tx.objectStore('contents');
      const record = await contents.get(digest);
      if (record?.whole === true || at !== (record?.size ?? 0)) return false;
      if (blob.size === 0) return true;
      await tx.objectStore('parts').add({ blob }, [digest, at]);
      const grown: ContentRecord = { mediaType: '', size: at + blob.size, whole: false, time: Date.now() };
      await contents.put(grown, digest);
      return true;
    });
  }

  seal({ digest, mediaType, size }: Descriptor): Promise<boolean> {
    return this.#database.write(['contents'], 1, async (tx) => {
      const contents = tx.objectStore('contents');
      const record = await contents.get(digest);
      if (record?.size !== size) return false;
      if (!record.whole) await contents.put({ mediaType, size, whole: true, time: Date.now() }, digest);
      return true;
    });
  }

  async drop(digest: Digest): Promise<void> {
    await this.#database.write(CONTENT_STORES, 0, async (tx) => {
      await removeContent(tx, digest);
      return true;
    });
  }

  async whole(): Promise<ReadonlySet<Digest>> {
    const found = await this.#database.read(['contents'], (tx) => {
      const contents = tx.objectStore('contents');
      return Promise.all([contents.getAllKeys(), contents.getAll()]);
    });
    if (found === null) return new Set();
    const [digests, records] = found;
    return new Set(digests.filter((_, i) => records[i]!.whole));
  }

  /** Bytes of all there is. */
  async size(): Promise<number> {
    const records = await this.#database.read(['contents'], (tx) => tx.objectStore('contents').getAll());
    return (records ?? []).reduce((sum, { size }) => sum + size, 0);
  }

  async #find(digest: Digest, whole: boolean): Promise<{ record: ContentRecord; blob: Blob } | null> {
    const found = await this.#database.read(['contents', 'parts'], async (tx) => {
      const record = await tx.objectStore('contents').get(digest);
      if (record?.whole !== whole) return null;
      return { record, parts: await tx.objectStore('parts').getAll(partsOf(digest)) };
    });
    if (found === null) return null;
    const { record, parts } = found;
    // A Blob of Blobs refers to them: nothing is read. One alone can still say that it is gone, see `in-time.ts`.
    const blob = parts.length === 1 ? parts[0]!.blob : new Blob(parts.map((part) => part.blob));
    if (blob.size === record.size) return { record, blob };
    await this.drop(digest);
    return null;
  }
}

/** Bytes that were freed. */
export async function removeContent(tx: Writing, digest: Digest): Promise<number> {
  const contents = tx.objectStore('contents');
  const record = await contents.get(digest);
  const derived = tx.objectStore('derived');
  const keys = await derived.index('of').getAllKeys(digest);
  await Promise.all([
    contents.delete(digest),
    tx.objectStore('parts').delete(partsOf(digest)),
    ...keys.map((key) => derived.delete(key)),
  ]);
  return record?.size ?? 0;
}
