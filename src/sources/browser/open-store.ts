import { BrowserStore } from './browser-store.ts';
import { Database } from './database.ts';
import type { Store } from './store.ts';

/**
 * The store of this browser; null where there is none: no IndexedDB, denied, a private window without, or kept by a newer
 * version of this app. A new connection each time: once a thread. Never rejects.
 */
export async function openStore(name = 'stratascope'): Promise<Store | null> {
  const database = await Database.open(name);
  return database === null ? null : new BrowserStore(database);
}
