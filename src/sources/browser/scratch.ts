/**
 * Room for content that is unpacked in this tab: in memory while it is small, else in a file of the origin private file
 * system (File System standard, section 3), where it takes disk and not memory. The file has to live as long as the tab
 * reads from it: each page holds a lock (`guardScratch`), and files are removed when no other page does.
 */
import { fail } from '../../base/problem.ts';

const FOLDER = 'stratascope-scratch';
const LOCK = 'stratascope-scratch';

/** Bytes. Without a file system, Blobs hold the content: on disk in some browsers, in memory in others. */
const UNSTORED_LIMIT = 2 * 1024 * 1024 * 1024;

/** File System standard, section 2.7: workers have it, and the types of a page do not. */
interface SyncAccess {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  flush(): void;
  close(): void;
}

interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncAccess>;
}

export class Scratch {
  readonly #memoryLimit: number;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #held = 0;
  /** What was held before, where there is no file system. */
  readonly #spilt: Blob[] = [];
  #length = 0;
  #file: { readonly handle: FileSystemFileHandle; readonly access: SyncAccess } | null = null;

  /** `memoryLimit`: bytes to be held before they are to be spilt. */
  constructor(memoryLimit: number) {
    this.#memoryLimit = memoryLimit;
  }

  /** Fails with `quota` where the browser says that it has no room for `needed` bytes. */
  static async checkRoom(needed: number): Promise<void> {
    const storage = storageOf();
    if (storage === null) return;
    const { quota, usage = 0 } = await storage.estimate();
    if (quota !== undefined && quota - usage < needed) fail({ code: 'quota', needed });
  }

  /** More is held in memory than should be: `spill` before the next `write`. */
  get isFull(): boolean {
    return this.#held > this.#memoryLimit;
  }

  /** What is written goes to disk at once. */
  get isStored(): boolean {
    return this.#file !== null;
  }

  /** Takes a copy. Fails with `quota`. */
  write(bytes: Uint8Array): void {
    if (this.#file === null) {
      this.#pieces.push(new Uint8Array(bytes));
      this.#held += bytes.length;
    } else writeAll(this.#file.access, bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Moves what is held out of memory. Fails with `quota`. */
  async spill(): Promise<void> {
    this.#file ??= await openFile();
    const pieces = this.#pieces;
    this.#pieces = [];
    if (this.#file === null) {
      if (this.#length > UNSTORED_LIMIT) fail({ code: 'quota' });
      this.#spilt.push(new Blob(pieces));
    } else {
      let at = this.#length - this.#held;
      for (const piece of pieces) {
        writeAll(this.#file.access, piece, at);
        at += piece.length;
      }
    }
    this.#held = 0;
  }

  /** All that was written. Nothing may follow. */
  async finish(): Promise<Blob> {
    if (this.#file === null) return new Blob([...this.#spilt, ...this.#pieces]);
    const { handle, access } = this.#file;
    access.flush();
    access.close();
    return handle.getFile();
  }

  /** Forgets it all, and gives the room back. */
  async discard(): Promise<void> {
    this.#pieces = [];
    this.#spilt.length = 0;
    if (this.#file === null) return;
    const { handle, access } = this.#file;
    access.close();
    const folder = await folderOf(storageOf());
    await folder?.removeEntry(handle.name).catch(() => {});
  }
}

/**
 * To be called by each page when it starts: removes what dead tabs have left, where no other one lives, and keeps others
 * from doing so while this one lives. Where the browser has no locks or no storage, there is nothing to guard.
 */
export async function guardScratch(): Promise<void> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  if (locks === undefined) return;
  await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    try {
      const root = await storageOf()?.getDirectory();
      await root?.removeEntry(FOLDER, { recursive: true });
    } catch (error) {
      // There is none, or it may not be touched (private windows of some browsers).
      if (!(error instanceof DOMException)) throw error;
    }
  });
  // Never settles: the lock goes when the page does.
  locks.request(LOCK, { mode: 'shared' }, () => new Promise<never>(() => {})).catch(() => {});
}

/** Undefined outside a secure context, whatever its type says; and so are some of its methods in older browsers. */
function storageOf(): StorageManager | null {
  const storage = (globalThis.navigator as Navigator | undefined)?.storage as
    Partial<StorageManager> | undefined;
  return storage?.getDirectory === undefined || storage.estimate === undefined
    ? null
    : (storage as StorageManager);
}

async function folderOf(storage: StorageManager | null): Promise<FileSystemDirectoryHandle | null> {
  const root = await storage?.getDirectory();
  return (await root?.getDirectoryHandle(FOLDER, { create: true })) ?? null;
}

/** Null where the browser has no such file system, or does not let us have it. */
async function openFile() {
  try {
    const folder = await folderOf(storageOf());
    if (folder === null) return null;
    const handle: SyncFileHandle = await folder.getFileHandle(crypto.randomUUID(), { create: true });
    const access = await handle.createSyncAccessHandle?.();
    return access === undefined ? null : { handle, access };
  } catch (error) {
    if (error instanceof DOMException) return isQuota(error) ? fail({ code: 'quota' }) : null;
    throw error;
  }
}

function writeAll(access: SyncAccess, bytes: Uint8Array, at: number): void {
  try {
    const written = access.write(bytes, { at });
    // The standard lets it write less where the disk is full, without an error.
    if (written < bytes.length) fail({ code: 'quota' });
  } catch (error) {
    if (error instanceof DOMException && isQuota(error)) fail({ code: 'quota' }, { cause: error });
    throw error;
  }
}

const isQuota = (error: DOMException) => error.name === 'QuotaExceededError';
