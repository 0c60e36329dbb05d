import type { Bytes } from '../../base/bytes.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { Contents } from './contents.ts';
import type { Database } from './database.ts';
import { Derivations } from './derivations.ts';
import { Recents } from './recents.ts';
import type { KeptImage, Room, Store } from './store.ts';

/** The store over one connection. */
export class BrowserStore implements Store {
  readonly #database: Database;
  readonly #contents: Contents;
  readonly #derivations: Derivations;
  readonly #recents: Recents;

  constructor(database: Database) {
    this.#database = database;
    this.#contents = new Contents(database);
    this.#derivations = new Derivations(database);
    this.#recents = new Recents(database);
    database.makeRoom = (needed) => this.#recents.makeRoom(needed);
  }

  get trouble() {
    return this.#database.trouble;
  }

  onTrouble = (listen: () => void) => this.#database.hearTrouble(listen);
  whole = () => this.#contents.whole();
  blob = (digest: Digest) => this.#contents.blob(digest);
  keep = (what: Descriptor, bytes: Bytes | Blob) => this.#contents.keep(what, bytes);
  part = (digest: Digest) => this.#contents.part(digest);
  extend = (digest: Digest, at: number, bytes: Bytes | Blob) => this.#contents.extend(digest, at, bytes);
  seal = (what: Descriptor) => this.#contents.seal(what);
  drop = (digest: Digest) => this.#contents.drop(digest);
  derived = (key: string) => this.#derivations.derived(key);
  keepDerived = (key: string, of: readonly Digest[], value: unknown) =>
    this.#derivations.keepDerived(key, of, value);
  tag = (name: string) => this.#recents.tag(name);
  keepTag = (name: string, descriptor: Descriptor, time: number) =>
    this.#recents.keepTag(name, descriptor, time);
  images = () => this.#recents.images();
  keepImage = (image: KeptImage) => this.#recents.keepImage(image);

  async pin(id: string, pinned: boolean): Promise<boolean> {
    // At once: some browsers ask the person, and only on the heels of what they did. Nobody waits for the answer.
    if (pinned) void askToPersist();
    return this.#recents.pin(id, pinned);
  }

  async removeImage(id: string): Promise<void> {
    await this.#recents.removeImage(id);
    this.#roomWasMade();
  }

  async removeAll(): Promise<void> {
    await this.#recents.removeAll();
    this.#roomWasMade();
  }

  async room(): Promise<Room | null> {
    const storage = storageOf();
    if (storage?.estimate === undefined) return null;
    try {
      const [{ usage, quota }, persisted = false, blobs] = await Promise.all([
        storage.estimate(),
        storage.persisted?.(),
        this.#contents.size(),
      ]);
      return usage === undefined || quota === undefined ? null : { usage, quota, persisted, blobs };
    } catch {
      // It has storage, and does not tell (opaque origins, some private windows).
      return null;
    }
  }

  rest(): void {
    this.#database.rest();
  }

  wake(): void {
    this.#database.wake();
  }

  /** Lets others delete or upgrade the database; from now on nothing answers. */
  close(): void {
    this.#database.close();
  }

  #roomWasMade(): void {
    if (this.#database.trouble === 'full') this.#database.trouble = null;
  }
}

async function askToPersist(): Promise<void> {
  const storage = storageOf();
  try {
    if ((await storage?.persisted?.()) === false) await storage?.persist?.();
  } catch {
    // Then it does not.
  }
}

/** Undefined outside a secure context; workers and older browsers have less of it than its type says. */
function storageOf(): Partial<StorageManager> | undefined {
  return (globalThis.navigator as Navigator | undefined)?.storage as Partial<StorageManager> | undefined;
}
