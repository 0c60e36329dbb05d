/** Stores over an IndexedDB in memory, where room may be short and a tab may die. Import it before anything else. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openStore } from '../sources/browser/open-store.ts';
import type { Store } from '../sources/browser/store.ts';

let count = 0;

/** A name that no database has yet. */
export const freshName = () => `store-${++count}`;

/** As a tab has it; several of one name are several tabs. */
export async function storeOf(name = freshName()): Promise<Store> {
  const store = await openStore(name);
  if (store === null) throw new Error('no IndexedDB');
  return store;
}

/** As if the person had cleared the site's data; connections find nothing any more. */
export function clearStorage(): void {
  globalThis.indexedDB = new IDBFactory();
}

type Put = (this: IDBObjectStore, value: unknown, key?: IDBValidKey) => IDBRequest<IDBValidKey>;
const real = { add: IDBObjectStore.prototype.add as Put, put: IDBObjectStore.prototype.put as Put };

/** Until `restore`, each write is shown to `check` first, which may throw in its place. */
export function watchWrites(check: (store: string, value: unknown) => void): { restore(): void } {
  for (const name of ['add', 'put'] as const) {
    const put: Put = function (value, key) {
      check(this.name, value);
      return real[name].call(this, value, key);
    };
    IDBObjectStore.prototype[name] = put;
  }
  return { restore: () => void Object.assign(IDBObjectStore.prototype, real) };
}

/** Until `restore`, no more than so many bytes of Blobs fit into all databases together, from now on. */
export function limitRoom(bytes: number): { restore(): void } {
  /** Bytes, by object store and key. */
  const sizes = new Map<string, number>();
  const remove = IDBObjectStore.prototype.delete;
  for (const name of ['add', 'put'] as const) {
    const put: Put = function (value, key) {
      const { blob, bulk } = value as { blob?: Blob; bulk?: Blob };
      const size = (blob ?? bulk)?.size;
      if (size !== undefined) {
        const used = [...sizes.values()].reduce((sum, it) => sum + it, 0);
        if (used + size > bytes) throw new DOMException('full', 'QuotaExceededError');
        sizes.set(JSON.stringify([this.name, key]), size);
      }
      return real[name].call(this, value, key);
    };
    IDBObjectStore.prototype[name] = put;
  }
  IDBObjectStore.prototype.delete = function (query) {
    for (const name of sizes.keys()) {
      const [store, key] = JSON.parse(name) as [string, IDBValidKey];
      if (store !== this.name) continue;
      const isHit = query instanceof IDBKeyRange ? query.includes(key) : indexedDB.cmp(query, key) === 0;
      if (isHit) sizes.delete(name);
    }
    return remove.call(this, query);
  };
  return { restore: () => void Object.assign(IDBObjectStore.prototype, real, { delete: remove }) };
}

/** Web Locks, as far as the store uses them: `ifAvailable`, and exclusive. Each call holds `names`, as tabs would. */
export function holdLocks(...names: string[]): { restore(): void } {
  const held = new Set(names);
  const locks = {
    request: async (name: string, _: object, work: (lock: object | null) => unknown) =>
      work(held.has(name) ? null : { name }),
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  return {
    restore() {
      if (before === undefined) delete (globalThis as { navigator?: unknown }).navigator;
      else Object.defineProperty(globalThis, 'navigator', before);
    },
  };
}
