import {
  clearStorage,
  freshName,
  holdLocks,
  limitRoom,
  storeOf,
  watchWrites,
} from '../../testing/store-of.ts';
import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readable, utf8, type Bytes } from '../../base/bytes.ts';
import type { Digest } from '../../formats/digest.ts';
import { describeBytes } from '../../testing/image-of.ts';
import { Random } from '../../testing/random.ts';
import { openLock } from './open-lock.ts';
import { openStore } from './open-store.ts';
import type { KeptImage, Store } from './store.ts';

const TYPE = 'application/x-test';
const content = (text: string) => {
  const bytes = utf8(text);
  return { bytes, what: describeBytes(TYPE, bytes) };
};
const textOf = async (blob: Blob | null | undefined) =>
  blob ? readable(new Uint8Array(await blob.arrayBuffer())) : null;
const blobText = async (store: Store, digest: Digest) => textOf((await store.blob(digest))?.blob);
const partText = async (store: Store, digest: Digest) => textOf(await store.part(digest));

let undo: { restore(): void }[] = [];
afterEach(() => {
  for (const it of undo.splice(0).reverse()) it.restore();
});

function imageOf(id: string, opened: number, ...bytes: readonly Bytes[]): KeptImage {
  const all = bytes.map((it) => describeBytes(TYPE, it));
  return {
    id,
    origin: { kind: 'registry', registry: 'example.com', repository: id, tag: 'latest' },
    name: id,
    platform: null,
    root: all[0]!,
    digests: all.map(({ digest }) => digest),
    size: all.reduce((sum, { size }) => sum + size, 0),
    opened,
    pinned: false,
  };
}

describe('content', () => {
  it('is kept whole, and comes back as it was', async () => {
    const store = await storeOf();
    for (const text of ['abcdef', '']) {
      const { what, bytes } = content(text);
      expect(await store.blob(what.digest)).toBeNull();
      expect(await store.keep(what, bytes)).toBe(true);
      expect(await store.keep(what, new Blob([bytes]))).toBe(true);
      expect((await store.blob(what.digest))?.mediaType).toBe(TYPE);
      expect(await blobText(store, what.digest)).toBe(text);
      expect(await store.part(what.digest)).toBeNull();
    }
  });

  it('is listed by its digest once it is whole', async () => {
    const store = await storeOf();
    const [a, b] = [describeBytes(TYPE, utf8('a')), describeBytes(TYPE, utf8('bb'))];
    await store.keep(a, utf8('a'));
    await store.extend(b.digest, 0, utf8('b'));
    expect([...(await store.whole())]).toEqual([a.digest]);
    await store.extend(b.digest, 1, utf8('b'));
    await store.seal(b);
    expect(await store.whole()).toEqual(new Set([a.digest, b.digest]));
    await store.drop(a.digest);
    expect([...(await store.whole())]).toEqual([b.digest]);
  });

  it('is not kept where it has not the size that it should have', async () => {
    const store = await storeOf();
    const { what } = content('abcdef');
    expect(await store.keep(what, utf8('abc'))).toBe(false);
    expect(await store.blob(what.digest)).toBeNull();
  });

  it('is the same in parts, cut anywhere', async () => {
    const store = await storeOf();
    const random = new Random(7);
    for (let round = 0; round < 50; round++) {
      const text = `${round}:abcdefghijklmnopqrstuvwxyz`;
      const { what, bytes } = content(text);
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + random.below(9));
        expect(await store.seal(what)).toBe(false);
        expect(await store.extend(what.digest, at, bytes.subarray(at, end))).toBe(true);
        at = end;
        expect(await partText(store, what.digest)).toBe(text.slice(0, at));
        expect(await store.blob(what.digest)).toBeNull();
      }
      expect(await store.seal(what)).toBe(true);
      expect(await store.seal(what)).toBe(true);
      expect(await blobText(store, what.digest)).toBe(text);
      expect(await store.part(what.digest)).toBeNull();
    }
  });

  it('grows at its end only, whoever writes', async () => {
    const name = freshName();
    const [one, two] = [await storeOf(name), await storeOf(name)];
    const { what, bytes } = content('abcdef');
    const { digest } = what;
    expect(await one.extend(digest, 1, bytes.subarray(1, 3))).toBe(false);
    const both = await Promise.all([one, two].map((store) => store.extend(digest, 0, bytes.subarray(0, 3))));
    expect(both.sort()).toEqual([false, true]);
    expect(await two.extend(digest, 2, bytes.subarray(2, 4))).toBe(false);
    expect(await two.extend(digest, 4, bytes.subarray(4))).toBe(false);
    expect(await two.extend(digest, 3, bytes.subarray(3))).toBe(true);
    expect(await one.seal(what)).toBe(true);
    expect(await two.extend(digest, 6, bytes)).toBe(false);
    expect(await blobText(two, digest)).toBe('abcdef');
  });

  it('is not whole where there is more of it than there should be', async () => {
    const store = await storeOf();
    const { what, bytes } = content('abc');
    await store.extend(what.digest, 0, bytes);
    await store.extend(what.digest, 3, bytes);
    expect(await store.seal(what)).toBe(false);
    expect(await store.blob(what.digest)).toBeNull();
  });

  it('takes the place of what was on its way', async () => {
    const store = await storeOf();
    const { what, bytes } = content('abcdef');
    await store.extend(what.digest, 0, utf8('xyz'));
    await store.extend(what.digest, 3, utf8('x'));
    await store.keep(what, bytes);
    expect(await blobText(store, what.digest)).toBe('abcdef');
  });

  it('is gone when it was dropped, with what was computed from it', async () => {
    const store = await storeOf();
    const [a, b] = [content('aaa'), content('bbb')];
    for (const { what, bytes } of [a, b]) await store.keep(what, bytes);
    await store.keepDerived('of a', [a.what.digest], 1);
    await store.keepDerived('of both', [a.what.digest, b.what.digest], 2);
    await store.keepDerived('of b', [b.what.digest], 3);
    await store.drop(a.what.digest);
    expect(await store.blob(a.what.digest)).toBeNull();
    expect(await blobText(store, b.what.digest)).toBe('bbb');
    expect(await store.derived('of a')).toBeNull();
    expect(await store.derived('of both')).toBeNull();
    expect(await store.derived('of b')).toBe(3);
  });

  it('is nothing wrong after a writer died at any write', async () => {
    const text = 'abcdefghij';
    const { what, bytes } = content(text);
    for (let writes = 0; writes < 12; writes++) {
      const name = freshName();
      const dying = await storeOf(name);
      let left = writes;
      const watch = watchWrites(() => {
        if (left-- <= 0) throw new DOMException('dead', 'AbortError');
      });
      undo.push(watch);
      let written = 0;
      for (let at = 0; at < bytes.length; at += 3) {
        if (!(await dying.extend(what.digest, at, bytes.subarray(at, at + 3)))) break;
        written = Math.min(at + 3, bytes.length);
      }
      const sealed = written === bytes.length && (await dying.seal(what));
      watch.restore();
      const next = await storeOf(name);
      if (sealed) expect(await blobText(next, what.digest)).toBe(text);
      else expect((await partText(next, what.digest)) ?? '').toBe(text.slice(0, written));
      if (!sealed) {
        expect(await next.extend(what.digest, written, bytes.subarray(written))).toBe(true);
        expect(await next.seal(what)).toBe(true);
        expect(await blobText(next, what.digest)).toBe(text);
      }
    }
  });

  it('of another size than it should have is dropped', async () => {
    const name = freshName();
    const store = await storeOf(name);
    const { what, bytes } = content('abcdef');
    await store.keep(what, bytes);
    const db = await openDB(name);
    await db.put('parts', { blob: new Blob([bytes.subarray(1)]) }, [what.digest, 0]);
    expect(await store.blob(what.digest)).toBeNull();
    expect(await db.count('contents')).toBe(0);
    expect(await store.extend(what.digest, 0, bytes)).toBe(true);
    db.close();
  });
});

describe('what was computed', () => {
  const value = {
    nothing: null,
    left: undefined,
    yes: true,
    text: 'ä\u0000\ud800',
    numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53],
    big: 123456789012345678901234567890n,
    map: new Map<unknown, unknown>([['__proto__', new Set([1, 'a'])]]),
    short: new Uint16Array([1, 2, 3]),
    view: new Float64Array(new Float64Array([9, 1, 2]).buffer, 8),
    long: Uint32Array.from({ length: 30_000 }, (_, i) => i * 7),
    empty: new Uint8Array(0),
    buffer: Uint8Array.from([1, 2]).buffer,
    ['__proto__']: 'own',
  };

  it('comes back equal, in arrays of its own', async () => {
    const store = await storeOf();
    expect(await store.keepDerived('key', [], value)).toBe(true);
    const back = (await store.derived('key')) as typeof value;
    expect(back).toEqual(value);
    expect(Object.keys(back)).toEqual(Object.keys(value));
    expect(back.short.buffer.byteLength).toBe(6);
    expect(back.long.buffer.byteLength).toBe(120_000);
    await store.keepDerived('key', [], [1]);
    expect(await store.derived('key')).toEqual([1]);
  });

  it('is absent where any byte of it has changed', async () => {
    const name = freshName();
    const store = await storeOf(name);
    const db = await openDB(name);
    const random = new Random(3);
    for (let round = 0; round < 20; round++) {
      await store.keepDerived('key', [], value);
      const record = (await db.get('derived', 'key')) as { bulk: Blob; head: string };
      const bulk = new Uint8Array(await record.bulk.arrayBuffer());
      const at = random.below(bulk.length);
      bulk[at]! ^= 1 << random.below(8);
      await db.put('derived', { ...record, bulk: new Blob([bulk]) }, 'key');
      expect(await store.derived('key')).toBeNull();
      expect(await db.get('derived', 'key')).toBeUndefined();

      await store.keepDerived('key', [], value);
      const cut = random.below(record.head.length);
      const head = `${record.head.slice(0, cut)}0${record.head.slice(cut + 1)}`;
      if (head === record.head) continue;
      await db.put('derived', { ...record, head }, 'key');
      expect(await store.derived('key')).toBeNull();
    }
    db.close();
  });
});

describe('images', () => {
  const [base, top, other] = ['base', 'top layer', 'the other one'].map((text) => utf8(text)) as [
    Bytes,
    Bytes,
    Bytes,
  ];

  async function two(store: Store) {
    for (const bytes of [base, top, other]) await store.keep(describeBytes(TYPE, bytes), bytes);
    await store.keepImage(imageOf('a', 1, top, base));
    await store.keepImage(imageOf('b', 2, other, base));
    await store.keepTag('example.com/a:latest', describeBytes(TYPE, top), 5);
    await store.keepTag('example.com/b:latest', describeBytes(TYPE, other), 5);
  }
  const there = async (store: Store) => {
    const found = [];
    for (const bytes of [base, top, other])
      if ((await store.blob(describeBytes(TYPE, bytes).digest)) !== null) found.push(readable(bytes));
    return found;
  };
  const ids = async (store: Store) => (await store.images()).map(({ id }) => id);

  it('are listed, the latest first, once each', async () => {
    const store = await storeOf();
    await two(store);
    expect(await ids(store)).toEqual(['b', 'a']);
    await store.keepImage(imageOf('a', 3, top, base));
    expect(await ids(store)).toEqual(['a', 'b']);
  });

  it('stay pinned when they are opened again', async () => {
    const store = await storeOf();
    await two(store);
    expect(await store.pin('a', true)).toBe(true);
    expect(await store.pin('c', true)).toBe(false);
    await store.keepImage(imageOf('a', 3, top, base));
    expect((await store.images())[0]).toMatchObject({ id: 'a', pinned: true, opened: 3 });
    expect(await store.pin('a', false)).toBe(true);
    expect((await store.images())[0]).toMatchObject({ pinned: false });
  });

  it('leave what others share when they are removed, and their tags go', async () => {
    const store = await storeOf();
    await two(store);
    await store.removeImage('a');
    expect(await there(store)).toEqual(['base', 'the other one']);
    expect(await store.tag('example.com/a:latest')).toBeNull();
    expect(await store.tag('example.com/b:latest')).toMatchObject({ time: 5 });
    await store.removeImage('b');
    await store.removeImage('b');
    expect(await there(store)).toEqual([]);
  });

  it('all go at once', async () => {
    const store = await storeOf();
    await two(store);
    await store.keepDerived('key', [], 1);
    await store.removeAll();
    expect(await ids(store)).toEqual([]);
    expect(await there(store)).toEqual([]);
    expect(await store.derived('key')).toBeNull();
    expect(await store.tag('example.com/b:latest')).toBeNull();
  });
});

describe('where room is short', () => {
  const MiB = 1024 * 1024;
  const fill = (value: number) => new Uint8Array(MiB).fill(value);
  const [a, b, c, d] = [fill(1), fill(2), fill(3), fill(4)] as const;
  const isThere = async (store: Store, bytes: Bytes) =>
    (await store.blob(describeBytes(TYPE, bytes).digest)) !== null;
  const keep = (store: Store, bytes: Bytes) => store.keep(describeBytes(TYPE, bytes), bytes);

  it('what was not opened for longest goes, but nothing that is pinned or open', async () => {
    const name = freshName();
    const store = await storeOf(name);
    const page = await storeOf(name);
    const heard: unknown[] = [];
    undo.push({ restore: page.onTrouble(() => heard.push(page.trouble)) });
    undo.push(limitRoom(3.5 * MiB), holdLocks(openLock('open')));
    for (const bytes of [a, b, c]) expect(await keep(store, bytes)).toBe(true);
    await store.keepImage({ ...imageOf('pinned', 1, a), pinned: true });
    await store.keepImage(imageOf('open', 2, b));
    await store.keepImage(imageOf('old', 3, c));
    expect(await keep(store, d)).toBe(true);
    expect(await isThere(store, c)).toBe(false);
    expect(await isThere(store, a)).toBe(true);
    expect(await isThere(store, b)).toBe(true);
    expect((await store.images()).map(({ id }) => id)).toEqual(['open', 'pinned']);
    expect(store.trouble).toBeNull();
    // Nothing may go any more: it is not kept, and nothing else is harmed.
    await store.keepImage({ ...imageOf('new', 4, d), pinned: true });
    expect(await keep(store, c)).toBe(false);
    expect(store.trouble).toBe('full');
    // The page hears of it where that was in a thread.
    await vi.waitFor(() => expect(heard).toEqual(['full']));
    for (const bytes of [a, b, d]) expect(await isThere(store, bytes)).toBe(true);
    await store.removeImage('new');
    expect(store.trouble).toBeNull();
    expect(await keep(store, c)).toBe(true);
  });

  it('what is left over goes first, and what is just being opened does not', async () => {
    const store = await storeOf();
    undo.push(limitRoom(3.5 * MiB), holdLocks());
    vi.useFakeTimers({ toFake: ['Date'] });
    undo.push({ restore: () => vi.useRealTimers() });
    await keep(store, a);
    await keep(store, b);
    await store.keepImage({ ...imageOf('pinned', 1, a), pinned: true });
    vi.setSystemTime(Date.now() + 11 * 60 * 1000);
    const { digest } = describeBytes(TYPE, c);
    await store.extend(digest, 0, c.subarray(1));
    expect(await keep(store, d)).toBe(true);
    expect(await isThere(store, a)).toBe(true);
    expect(await isThere(store, b)).toBe(false);
    expect((await store.part(digest))?.size).toBe(MiB - 1);
  });

  it('what others share stays', async () => {
    const store = await storeOf();
    undo.push(limitRoom(3.5 * MiB), holdLocks());
    for (const bytes of [a, b, c]) await keep(store, bytes);
    await store.keepImage(imageOf('old', 1, a, b));
    await store.keepImage({ ...imageOf('pinned', 2, b, c), pinned: true });
    expect(await keep(store, d)).toBe(true);
    expect(await isThere(store, a)).toBe(false);
    expect(await isThere(store, b)).toBe(true);
  });

  it('nothing goes where nobody can tell what is open', async () => {
    const store = await storeOf();
    undo.push(limitRoom(1.5 * MiB));
    await keep(store, a);
    await store.keepImage(imageOf('old', 1, a));
    expect(await keep(store, b)).toBe(false);
    expect(await isThere(store, a)).toBe(true);
  });

  it('a part is refused whole, and those before it stay', async () => {
    const store = await storeOf();
    undo.push(limitRoom(1.5 * MiB), holdLocks());
    const { digest } = describeBytes(TYPE, a);
    expect(await store.extend(digest, 0, a)).toBe(true);
    expect(await store.extend(digest, MiB, b)).toBe(false);
    expect((await store.part(digest))?.size).toBe(MiB);
    expect(await store.keepDerived('key', [], b)).toBe(false);
    expect(await store.derived('key')).toBeNull();
  });
});

describe('the room', () => {
  it('is told, what is shared once, and asked to be kept with the first pin', async () => {
    let asked = 0;
    const storage = {
      estimate: () => Promise.resolve({ usage: 10, quota: 20 }),
      persisted: () => Promise.resolve(asked > 0),
      persist: () => Promise.resolve(++asked > 0),
    };
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { storage }, configurable: true });
    undo.push({
      restore: () =>
        before === undefined
          ? void delete (globalThis as { navigator?: unknown }).navigator
          : void Object.defineProperty(globalThis, 'navigator', before),
    });
    const store = await storeOf();
    const [base, top] = [utf8('base'), utf8('top')];
    for (const bytes of [base, top]) await store.keep(describeBytes(TYPE, bytes), bytes);
    await store.extend(describeBytes(TYPE, utf8('coming')).digest, 0, utf8('com'));
    await store.keepImage(imageOf('a', 1, top, base));
    await store.keepImage(imageOf('b', 2, base));
    expect(await store.room()).toEqual({ usage: 10, quota: 20, persisted: false, blobs: 10 });
    expect(await store.pin('a', true)).toBe(true);
    expect(await store.pin('b', true)).toBe(true);
    expect(await store.pin('b', false)).toBe(true);
    await vi.waitFor(() => expect(asked).toBe(1));
    expect(await store.room()).toMatchObject({ persisted: true });
  });

  it('is not told where the browser does not', async () => {
    expect(await (await storeOf()).room()).toBeNull();
  });
});

describe('the database', () => {
  const { what, bytes } = content('abcdef');

  async function expectNothing(store: Store) {
    const { digest } = what;
    expect(await store.blob(digest)).toBeNull();
    expect(await store.part(digest)).toBeNull();
    expect(await store.derived('key')).toBeNull();
    expect(await store.tag('name')).toBeNull();
    expect(await store.images()).toEqual([]);
    expect(await store.keep(what, bytes)).toBe(false);
    expect(await store.extend(digest, 0, bytes)).toBe(false);
    expect(await store.seal(what)).toBe(false);
    expect(await store.keepDerived('key', [], 1)).toBe(false);
    expect(await store.keepTag('name', what, 1)).toBe(false);
    expect(await store.keepImage(imageOf('a', 1, bytes))).toBe(false);
    expect(await store.pin('a', true)).toBe(false);
    await store.drop(digest);
    await store.removeImage('a');
    await store.removeAll();
    expect(await store.room()).toBeNull();
    expect(store.trouble).toBe('gone');
  }

  it('of a newer version is left alone', async () => {
    const name = freshName();
    (await openDB(name, 99)).close();
    expect(await openStore(name)).toBeNull();
  });

  it('is none where the browser has none', async () => {
    const before = globalThis.indexedDB;
    undo.push({ restore: () => void (globalThis.indexedDB = before) });
    (globalThis as { indexedDB?: unknown }).indexedDB = undefined;
    expect(await openStore()).toBeNull();
  });

  it('lets go when a newer version comes, and answers nothing any more', async () => {
    const name = freshName();
    const store = await storeOf(name);
    await store.keep(what, bytes);
    const newer = await openDB(name, 99);
    await expectNothing(store);
    expect(await newer.count('contents')).toBe(1);
    newer.close();
  });

  it('that is not let go of by another tab is none, and soon', async () => {
    const name = freshName();
    const stubborn = await openDB(name, 1);
    void deleteDB(name);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    undo.push({ restore: () => vi.useRealTimers() });
    const opening = openStore(name);
    vi.advanceTimersByTime(5000);
    expect(await opening).toBeNull();
    stubborn.close();
  });

  it('that is deleted under us is begun anew', async () => {
    const name = freshName();
    const store = await storeOf(name);
    await store.keep(what, bytes);
    await deleteDB(name);
    expect(await store.blob(what.digest)).toBeNull();
    expect(await store.keep(what, bytes)).toBe(true);
    expect(await blobText(store, what.digest)).toBe('abcdef');
  });

  it('that loses its connection is opened again, and with it gone for good nothing is said but null', async () => {
    const name = freshName();
    const store = await storeOf(name);
    await store.keep(what, bytes);
    const transaction = IDBDatabase.prototype.transaction;
    undo.push({ restore: () => void (IDBDatabase.prototype.transaction = transaction) });
    let failures = 1;
    IDBDatabase.prototype.transaction = function (...args) {
      if (failures-- > 0) throw new DOMException('closing', 'InvalidStateError');
      return transaction.apply(this, args);
    };
    expect(await blobText(store, what.digest)).toBe('abcdef');
    expect(store.trouble).toBeNull();
    failures = Infinity;
    await expectNothing(store);
    failures = 0;
    expect(await blobText(store, what.digest)).toBe('abcdef');
    expect(store.trouble).toBeNull();
  });

  it('that cannot be opened again for now is opened later', async () => {
    const name = freshName();
    const store = await storeOf(name);
    const [open, transaction] = [IDBFactory.prototype.open, IDBDatabase.prototype.transaction];
    undo.push({
      restore: () => {
        IDBFactory.prototype.open = open;
        IDBDatabase.prototype.transaction = transaction;
        vi.useRealTimers();
      },
    });
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('closing', 'InvalidStateError');
    };
    let opened = 0;
    IDBFactory.prototype.open = () => {
      opened++;
      throw new DOMException('being cleared', 'UnknownError');
    };
    vi.useFakeTimers({ toFake: ['performance'] });
    await expectNothing(store);
    expect(opened).toBe(1);
    IDBFactory.prototype.open = open;
    IDBDatabase.prototype.transaction = transaction;
    expect(await store.keep(what, bytes)).toBe(false);
    vi.advanceTimersByTime(1001);
    expect(await store.keep(what, bytes)).toBe(true);
    expect(store.trouble).toBeNull();
  });

  it('that was cleared while it was open begins anew', async () => {
    const before = globalThis.indexedDB;
    undo.push({ restore: () => void (globalThis.indexedDB = before) });
    const store = await storeOf();
    await store.keep(what, bytes);
    clearStorage();
    const transaction = IDBDatabase.prototype.transaction;
    undo.push({ restore: () => void (IDBDatabase.prototype.transaction = transaction) });
    let failures = 1;
    IDBDatabase.prototype.transaction = function (...args) {
      if (failures-- > 0) throw new DOMException('gone', 'NotFoundError');
      return transaction.apply(this, args);
    };
    expect(await store.blob(what.digest)).toBeNull();
    expect(await store.keep(what, bytes)).toBe(true);
  });

  it('that does not answer is as good as none, and soon; later it is asked again', async () => {
    const name = freshName();
    const store = await storeOf(name);
    await store.keep(what, bytes);
    // As WebKit leaves it where a page that was put away had begun something.
    const other = await openDB(name, 1);
    const stuck = other.transaction('contents', 'readwrite');
    stuck.done.catch(() => {});
    let isStuck = true;
    const hold = async () => {
      while (isStuck) await stuck.objectStore('contents').get('');
    };
    const holding = hold();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    undo.push({ restore: () => vi.useRealTimers() });
    const asking = store.blob(what.digest);
    // The reading begins when the connection is there, a few turns from now.
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(15_000);
    expect(await asking).toBeNull();
    await expectNothing(store);
    isStuck = false;
    await holding;
    vi.advanceTimersByTime(30_001);
    expect(await blobText(store, what.digest)).toBe('abcdef');
    other.close();
  });

  it('breaks off what is going on when the page is put away, and goes on when it is back', async () => {
    const name = freshName();
    const store = await storeOf(name);
    await store.keep(what, bytes);
    const writing = store.keep(content('another').what, utf8('another'));
    await new Promise((resolve) => setImmediate(resolve));
    store.rest();
    expect(await writing).toBe(false);
    // Nothing of ours is in the way of anybody.
    await deleteDB(name);
    expect(await store.keep(what, bytes)).toBe(false);
    store.wake();
    expect(await store.keep(what, bytes)).toBe(true);
    expect(store.trouble).toBeNull();
  });

  it('that takes no Blobs, as in the private windows of WebKit, is none', async () => {
    const { put, add } = IDBObjectStore.prototype;
    undo.push({ restore: () => void (IDBObjectStore.prototype.put = put) });
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      if (!((value as { blob?: unknown }).blob instanceof Blob)) return put.call(this, value, key);
      // A request that fails after a while: the key is taken.
      add.call(this, 1, key);
      return add.call(this, 1, key);
    };
    const name = freshName();
    expect(await openStore(name)).toBeNull();
    expect(await openStore(name)).toBeNull();
    expect((await indexedDB.databases()).map((it) => it.name)).not.toContain(name);
  });
});
