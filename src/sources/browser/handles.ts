/**
 * Handles of files and folders that a person has opened (File System standard; permissions: WICG File System Access): a
 * File is gone with its tab, a handle can be kept, and then asks for permission where a file would have to be picked anew.
 * In a database of its own: they hold no content, and one that cannot be read must not harm what is kept.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { isAbort } from '../../base/abort.ts';
import { fail } from '../../base/problem.ts';
import { MOST_FILES, type LocalFiles } from '../archive/archive.ts';

interface Handles extends DBSchema {
  handles: {
    /** What the address calls the file. */
    key: string;
    value: { readonly name: string; readonly handle: FileSystemHandle; readonly time: number };
    indexes: { time: number };
  };
}

/** Nobody comes back to more; each is a promise of the browser that it will know the file again. */
const MOST_HANDLES = 100;

/** The types of a page do not have it: only Chromium does. */
type Permitted = FileSystemHandle & {
  queryPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>;
};

/** Never rejects: without storage, nothing is remembered. */
export async function keepHandle(name: string, handle: FileSystemHandle): Promise<void> {
  await withHandles(async (database) => {
    const transaction = database.transaction('handles', 'readwrite');
    const { store } = transaction;
    await store.put({ name, handle, time: Date.now() });
    let extra = (await store.count()) - MOST_HANDLES;
    for (let at = await store.index('time').openCursor(); at !== null && extra > 0; extra--) {
      await at.delete();
      at = await at.continue();
    }
    await transaction.done;
  });
}

/** The names that have a handle. */
export async function handledNames(): Promise<ReadonlySet<string>> {
  return new Set(await withHandles((database) => database.getAllKeys('handles')));
}

export async function handleOf(name: string): Promise<FileSystemHandle | null> {
  return (await withHandles((database) => database.get('handles', name)))?.handle ?? null;
}

export async function dropHandle(name: string): Promise<void> {
  await withHandles((database) => database.delete('handles', name));
}

export async function dropHandles(): Promise<void> {
  await withHandles((database) => database.clear('handles'));
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Hears how many files of a folder there are by now. */
  readonly onCount?: (count: number) => void;
}

/** Files between two calls of `onCount`. */
const COUNTED = 100;

/**
 * What the handle stands for now. To be called in answer to a click: the browser may ask the person. Null where that is
 * refused. Fails with `not-found` where the file is gone, `too-large` for a folder of too many files.
 */
export async function readHandle(
  handle: FileSystemHandle,
  options: ReadOptions = {},
): Promise<LocalFiles | null> {
  const { queryPermission, requestPermission } = handle as Permitted;
  const mode = { mode: 'read' } as const;
  const state = (await queryPermission?.call(handle, mode)) ?? 'granted';
  if (state !== 'granted' && (await requestPermission?.call(handle, mode)) !== 'granted') return null;
  try {
    if (handle.kind === 'file') {
      return { kind: 'file', file: await (handle as FileSystemFileHandle).getFile() };
    }
    const files = new Map<string, File>();
    await listInto(files, handle as FileSystemDirectoryHandle, '', options);
    return { kind: 'folder', name: handle.name, files };
  } catch (cause) {
    if (!(cause instanceof DOMException) || isAbort(cause)) throw cause;
    if (cause.name === 'NotAllowedError') return null;
    return fail({ code: 'not-found', what: 'file', name: handle.name }, { cause });
  }
}

async function listInto(
  files: Map<string, File>,
  folder: FileSystemDirectoryHandle,
  path: string,
  options: ReadOptions,
): Promise<void> {
  for await (const [name, handle] of folder.entries()) {
    options.signal?.throwIfAborted();
    if (handle.kind === 'directory') {
      await listInto(files, handle as FileSystemDirectoryHandle, `${path}${name}/`, options);
      continue;
    }
    files.set(`${path}${name}`, await (handle as FileSystemFileHandle).getFile());
    if (files.size > MOST_FILES) {
      fail({ code: 'too-large', what: 'files', limit: MOST_FILES, actual: files.size });
    }
    if (files.size % COUNTED === 0) options.onCount?.(files.size);
  }
}

/** A connection for one thing: handles are rare. Undefined where the browser keeps nothing. */
async function withHandles<T>(work: (database: IDBPDatabase<Handles>) => Promise<T>): Promise<T | undefined> {
  let database: IDBPDatabase<Handles> | undefined;
  try {
    database = await openDB<Handles>('stratascope-handles', 1, {
      upgrade(fresh) {
        fresh.createObjectStore('handles', { keyPath: 'name' }).createIndex('time', 'time');
      },
      // A newer version of the app wants it.
      blocking: () => database?.close(),
    });
    return await work(database);
  } catch {
    // No IndexedDB, no room, a newer version, or a handle that cannot be stored (Firefox).
    return undefined;
  } finally {
    database?.close();
  }
}
