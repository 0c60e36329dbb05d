/** The database: what stands in it, and a connection that comes back where it was lost. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import type { Digest } from '../../formats/digest.ts';
import { inTime } from './in-time.ts';
import type { KeptImage, KeptTag, Trouble } from './store.ts';
import { hearFull, tellFull } from './told-full.ts';

/** Content whose bytes are its parts, one after the other. */
export interface ContentRecord {
  readonly mediaType: string;
  /** Bytes of its parts, all together. */
  readonly size: number;
  /** Its parts are all there is, and were verified. */
  readonly whole: boolean;
  /** When it was last added to; ms since 1970. */
  readonly time: number;
}

export interface DerivedRecord {
  readonly of: Digest[];
  /** See `packed.ts`. */
  readonly head: string;
  readonly bulk: Blob;
  /** The digest of `head`. */
  readonly sum: Digest;
}

export interface Schema extends DBSchema {
  contents: { key: Digest; value: ContentRecord };
  /** `at`: where the part's bytes start in the content. */
  parts: { key: [digest: Digest, at: number]; value: { readonly blob: Blob } };
  derived: { key: string; value: DerivedRecord; indexes: { of: Digest } };
  tags: { key: string; value: KeptTag };
  images: { key: string; value: KeptImage; indexes: { opened: number } };
}

export type StoreName = StoreNames<Schema>;
/** Has the object stores that it was begun with, of all that it could have. */
export type Reading = IDBPTransaction<Schema, StoreName[]>;
export type Writing = IDBPTransaction<Schema, StoreName[], 'readwrite'>;
type Upgrading = IDBPTransaction<Schema, StoreName[], 'versionchange'>;

/**
 * What makes version 1 of nothing, version 2 of version 1, and so on. A step that was released is never changed: databases
 * out there were made by it.
 */
const STEPS: readonly ((db: IDBPDatabase<Schema>) => void)[] = [
  (db) => {
    db.createObjectStore('contents');
    db.createObjectStore('parts');
    db.createObjectStore('derived').createIndex('of', 'of', { multiEntry: true });
    db.createObjectStore('tags');
    db.createObjectStore('images', { keyPath: 'id' }).createIndex('opened', 'opened');
  },
];

/** Milliseconds. Where a tab of an older version does not let go, or the browser does not answer, there is no cache. */
const OPEN_LIMIT = 5000;
/**
 * Milliseconds after which it is tried again where it did not answer: in WebKit a transaction of a page that was put away
 * (`session/put-away.ts`) keeps all others waiting.
 */
const SILENT = 30_000;
/** Milliseconds, for what is read: records and Blobs that are not read yet. A machine that is busy takes seconds. */
const ANSWER_LIMIT = 15_000;
/** Milliseconds. The largest layers are written in one piece, to any disk. */
const WRITE_LIMIT = 120_000;
/** Milliseconds after which it is tried again: while the site's data is being cleared, nothing can be opened. */
const CLOSED = 1000;

/**
 * What a request says when the connection or the database is gone: closed by the browser, deleted under us, its files
 * unreadable (Indexed Database API 3.0, sections 2.1.1 and 5.1).
 */
const LOST: ReadonlySet<string> = new Set([
  'AbortError',
  'InvalidStateError',
  'NotFoundError',
  'UnknownError',
]);

export class Database {
  /** Null where there is no such database to be had: no IndexedDB, denied, or of a newer version. */
  static async open(name: string): Promise<Database | null> {
    const database = new Database(name);
    return (await database.#connection()) === null ? null : database;
  }

  /** What it was last; `gone` ends when the database answers again. */
  trouble: Trouble | null = null;
  /** Makes room for so many bytes; false where nothing could be removed. */
  makeRoom: (needed: number) => Promise<boolean> = () => Promise.resolve(false);
  readonly #name: string;
  #connecting: Promise<IDBPDatabase<Schema> | null> | null = null;
  /** What `#connecting` came to. */
  #db: IDBPDatabase<Schema> | null = null;
  /** What has been begun and not ended. */
  readonly #live = new Set<{ abort(): void }>();
  /** A newer version has it now. */
  #isOver = false;
  /** When it may be opened again after that did not succeed, in the time of `performance.now()`. */
  #closedUntil = 0;

  private constructor(name: string) {
    this.#name = name;
  }

  /** What `work` reads, or null where the database does not answer. It may await nothing but requests. */
  async read<T>(stores: StoreName[], work: (tx: Reading) => Promise<T>): Promise<T | null> {
    const result = await this.#try((db) => {
      const tx = db.transaction(stores);
      // Its requests say what is wrong.
      void this.#whileLive(tx, tx.done).catch(() => {});
      return inTime(work(tx), ANSWER_LIMIT);
    });
    return 'value' in result ? result.value : null;
  }

  /**
   * All or nothing of what `work` writes. False where it answers so (and then it has to write nothing), or the database
   * does not. `needed`: bytes that are written, for which room is made where there is none.
   */
  async write(
    stores: StoreName[],
    needed: number,
    work: (tx: Writing) => Promise<boolean>,
  ): Promise<boolean> {
    for (let isLast = needed === 0; ; isLast = true) {
      const result = await this.#try((db) => this.#transact(db, stores, work));
      if ('value' in result) return result.value;
      if (result.failed !== 'full') return false;
      if (isLast || !(await this.makeRoom(needed))) {
        this.trouble = 'full';
        tellFull(this.#name);
        return false;
      }
    }
  }

  /** `listen`: another thread or tab could not keep something for want of room, which is this one's trouble as well. */
  hearTrouble(listen: () => void): () => void {
    return hearFull(this.#name, () => {
      this.trouble = 'full';
      listen();
    });
  }

  /** Breaks off what was begun, lets go of the connection, and answers nothing until `wake`. */
  rest(): void {
    this.#closedUntil = Infinity;
    for (const tx of this.#live) abort(tx);
    if (this.#db !== null) this.#forget(this.#db);
  }

  wake(): void {
    this.#closedUntil = 0;
  }

  /** Lets others delete or upgrade it. Nothing answers any more. */
  close(): void {
    this.#isOver = true;
    void this.#connecting?.then((db) => db?.close());
  }

  /** Once more over a new connection, where the old one was lost. Errors that are none of the database's are thrown. */
  async #try<T>(
    work: (db: IDBPDatabase<Schema>) => Promise<T>,
  ): Promise<{ value: T } | { failed: Trouble | 'refused' }> {
    for (let isLast = false; ; isLast = true) {
      const db = await this.#connection();
      if (db === null) break;
      try {
        const value = await work(db);
        if (this.trouble === 'gone') this.trouble = null;
        return { value };
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        if (error.name === 'QuotaExceededError') return { failed: 'full' };
        if (isSilence(error)) {
          this.#forget(db);
          this.#closedUntil = performance.now() + SILENT;
          break;
        }
        if (!LOST.has(error.name)) return { failed: 'refused' };
        this.#forget(db);
        if (isLast) break;
      }
    }
    this.trouble = 'gone';
    return { failed: 'gone' };
  }

  #connection(): Promise<IDBPDatabase<Schema> | null> {
    if (this.#isOver || performance.now() < this.#closedUntil) return Promise.resolve(null);
    if (this.#connecting === null) {
      const connecting = this.#connect();
      this.#connecting = connecting;
      void connecting.then((db) => {
        if (db === null && this.#connecting === connecting) this.#connecting = null;
      });
    }
    return this.#connecting;
  }

  #forget(db: IDBPDatabase<Schema>): void {
    db.close();
    if (this.#db !== db) return;
    this.#db = null;
    this.#connecting = null;
  }

  async #transact(
    db: IDBPDatabase<Schema>,
    stores: StoreName[],
    work: (tx: Writing) => Promise<boolean>,
  ): Promise<boolean> {
    // `relaxed`: what the system has taken is safe from a killed tab; of a power cut the checks tell (section 4.9).
    const tx = db.transaction(stores, 'readwrite', { durability: 'relaxed' });
    const ended = this.#whileLive(tx, tx.done).catch(() => {});
    try {
      const whole = work(tx).then(async (value) => {
        await tx.done;
        return value;
      });
      return await inTime(whole, WRITE_LIMIT);
    } catch (error) {
      abort(tx);
      if (!isSilence(error)) await ended;
      // The requests of a transaction that failed only know of the abort; it knows why.
      throw tx.error ?? error;
    }
  }

  async #whileLive(tx: { abort(): void }, done: Promise<void>): Promise<void> {
    this.#live.add(tx);
    try {
      await done;
    } finally {
      this.#live.delete(tx);
    }
  }

  async #connect(): Promise<IDBPDatabase<Schema> | null> {
    let timer;
    try {
      const opening = openDB<Schema>(this.#name, STEPS.length, {
        upgrade: (db, old, _, tx) => {
          for (const step of STEPS.slice(old)) step(db);
          if (old === 0) tryBlob(tx).catch(() => {});
        },
        // Other tabs are told by their own `blocking`, and let go; `OPEN_LIMIT` is for those that do not.
        blocked: () => {},
        blocking: (_, wanted) => {
          // Null: it is being deleted, and a new one may follow.
          if (wanted !== null) this.#isOver = true;
          void opening.then((db) => this.#forget(db));
        },
        terminated: () => void opening.then((db) => this.#forget(db)),
      });
      const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), OPEN_LIMIT)));
      const db = await Promise.race([opening, late]);
      if (db !== null) return (this.#db = db);
      opening.then(
        (it) => it.close(),
        () => {},
      );
    } catch (error) {
      // Whatever else it is (SecurityError, no `indexedDB` at all …): there is none, for now.
      if (error instanceof DOMException && error.name === 'VersionError') this.#isOver = true;
    } finally {
      clearTimeout(timer);
    }
    this.#closedUntil = performance.now() + CLOSED;
    return null;
  }
}

/**
 * WebKit's private windows have a database that takes no Blobs: an upgrade that fails leaves none. The one byte stays: a Blob
 * that goes in the transaction it came in leaves its bytes to the next one (WebKitGTK 2.50).
 */
async function tryBlob(tx: Upgrading): Promise<void> {
  // Whoever opens hears of it.
  tx.done.catch(() => {});
  await tx.objectStore('parts').put({ blob: new Blob(['.']) }, ['' as Digest, 0] as [Digest, number]);
}

/** See `inTime`. */
const isSilence = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError';

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It was over.
  }
}
