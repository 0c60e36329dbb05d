/**
 * Room for content that is unpacked in this tab: in memory while it is small, else in a file of the origin private file
 * system (File System standard, section 3), where it takes disk and not memory. The file has to live as long as the tab
 * reads from it: each page holds a lock (`guardScratch`), and files are removed when no other page does.
 */
import { webLocks } from '../../base/locks.ts';
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';

const FOLDER = 'stratascope-scratch';
const LOCK = 'stratascope-scratch';

/** Bytes. Without a file system, Blobs hold the content: on disk in some browsers, in memory in others. */
const UNSTORED_LIMIT = 2 * 1024 * 1024 * 1024;

/** File System standard, section 2.7: workers have it, and the types of a page do not. */
interface SyncAccess {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncAccess>;
}

/** Bytes that are gathered before they go anywhere: each write crosses to another process, each array has its cost. */
const BLOCK = 1024 * 1024;

export class Scratch {
  readonly #memoryLimit: number;
  /** The block that is being filled, and those before it that are in memory. */
  #block = new Uint8Array(BLOCK);
  #filled = 0;
  #blocks: Bytes[] = [];
  /** What was in memory before, where there is no file system. */
  readonly #spilt: Blob[] = [];
  /** Bytes of the whole blocks, wherever they are. */
  #length = 0;
  #file: { readonly handle: FileSystemFileHandle; readonly access: SyncAccess } | null = null;

  /** `memoryLimit`: bytes to be held before they are to be spilt. */
  constructor(memoryLimit: number) {
    this.#memoryLimit = memoryLimit;
  }

  /**
   * Takes the room for `needed` bytes, before any is written; what is small needs none. Fails with `quota`. The room itself
   * is asked for, not `estimate()`: Chromium 156 says 10 GiB there whatever the disk has, and knows nothing of a lower limit.
   */
  async reserve(needed: number): Promise<void> {
    if (needed <= this.#memoryLimit) return;
    this.#file = await openFile();
    if (this.#file === null) {
      if (needed > UNSTORED_LIMIT) fail({ code: 'quota', needed });
      return;
    }
    const { access } = this.#file;
    try {
      access.truncate(needed);
    } catch (cause) {
      if (cause instanceof DOMException && isQuota(cause)) fail({ code: 'quota', needed }, { cause });
      throw cause;
    }
    // In a private window Chromium 156 says nothing where there is no room, and leaves the file as it was.
    if (access.getSize() !== needed) fail({ code: 'quota', needed });
  }

  /** More is held in memory than should be: `spill` before the next `write`. */
  get isFull(): boolean {
    return this.#blocks.length * BLOCK > this.#memoryLimit;
  }

  /** What is written goes to disk at once. */
  get isStored(): boolean {
    return this.#file !== null;
  }

  /** Takes a copy. Fails with `quota`. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + BLOCK - this.#filled);
      this.#block.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === BLOCK) this.#endBlock();
    }
  }

  #endBlock(): void {
    if (this.#file === null) {
      this.#blocks.push(this.#block);
      this.#block = new Uint8Array(BLOCK);
    } else writeAll(this.#file.access, this.#block, this.#length);
    this.#length += BLOCK;
    this.#filled = 0;
  }

  /** Moves what is held out of memory. Fails with `quota`. */
  async spill(): Promise<void> {
    this.#file ??= await openFile();
    const blocks = this.#blocks;
    this.#blocks = [];
    if (this.#file === null) {
      if (this.#length > UNSTORED_LIMIT) fail({ code: 'quota' });
      this.#spilt.push(new Blob(blocks));
      return;
    }
    let at = this.#length - blocks.length * BLOCK;
    for (const block of blocks) {
      writeAll(this.#file.access, block, at);
      at += BLOCK;
    }
  }

  /** All that was written. Nothing may follow. */
  async finish(): Promise<Blob> {
    const last = this.#block.subarray(0, this.#filled);
    if (this.#file === null) return new Blob([...this.#spilt, ...this.#blocks, last]);
    const { handle, access } = this.#file;
    writeAll(access, last, this.#length);
    // More may have been asked for.
    access.truncate(this.#length + last.length);
    access.flush();
    access.close();
    return handle.getFile();
  }

  /** Forgets it all, and gives the room back. */
  async discard(): Promise<void> {
    this.#blocks = [];
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
  const locks = webLocks();
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
  return storage?.getDirectory === undefined ? null : (storage as StorageManager);
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
    // The standard lets it write less where there is no room, without an error; Chromium 156 gives 2^32 - 8, its own
    // error number, for a count.
    if (written !== bytes.length) fail({ code: 'quota' });
  } catch (error) {
    if (error instanceof DOMException && isQuota(error)) fail({ code: 'quota' }, { cause: error });
    throw error;
  }
}

const isQuota = (error: DOMException) => error.name === 'QuotaExceededError';
