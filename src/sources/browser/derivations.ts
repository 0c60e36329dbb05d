/** What was computed from content, so that it need not be computed again. */
import type { Digest } from '../../formats/digest.ts';
import type { Database } from './database.ts';
import { pack, unpack } from './packed.ts';

export class Derivations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async derived(key: string): Promise<unknown> {
    const record = await this.#database.read(['derived'], (tx) => tx.objectStore('derived').get(key));
    if (record === null || record === undefined) return null;
    try {
      const unpacked = await unpack(record);
      if (unpacked !== null) return unpacked.value;
    } catch {
      // Its Blob cannot be read, or its text is none of ours: as good as damaged.
    }
    await this.#database.write(['derived'], 0, async (tx) => {
      const derived = tx.objectStore('derived');
      // Not what has been put in its place since.
      if ((await derived.get(key))?.sum === record.sum) await derived.delete(key);
      return true;
    });
    return null;
  }

  async keepDerived(key: string, of: readonly Digest[], value: unknown): Promise<boolean> {
    const packed = await pack(value);
    const needed = packed.bulk.size + packed.head.length;
    return this.#database.write(['derived'], needed, async (tx) => {
      await tx.objectStore('derived').put({ of: [...of], ...packed }, key);
      return true;
    });
  }
}
