import { freshName, limitRoom, storeOf } from '../testing/store-of.ts';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { concat, equalBytes, streamOf, utf8, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import { peek, piecesOf } from '../base/streams.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { openImage } from '../image/open-image.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../testing/fake-registry.ts';
import { HttpServer } from '../testing/http-server.ts';
import { describeBytes, digestOfBytes, imageOf, indexOf, layoutOf } from '../testing/image-of.ts';
import { Random } from '../testing/random.ts';
import { AbsentSource } from '../testing/absent-source.ts';
import { blobThen } from './blob-then.ts';
import { READ_LIMIT } from './browser/in-time.ts';
import type { Store } from './browser/store.ts';
import { cached, tagOf } from './cached.ts';
import { LayoutSource } from './layout/layout-source.ts';
import type { RegistryOrigin } from './origin.ts';
import { RegistrySource } from './registry/registry-source.ts';
import type { Content } from './source.ts';
import { verified } from './verified.ts';

const { signal } = new AbortController();
const HASTY = { tries: 1, base: 1, longest: 1 };
const random = new Random(11);
const LARGE = random.bytes(1_000_000);
const SMALL = random.bytes(5000);
const IMAGE = imageOf({
  layers: [
    { tar: LARGE, blob: LARGE },
    { tar: SMALL, blob: SMALL },
  ],
});
const [large, small] = IMAGE.layers as [Descriptor, Descriptor];

let registries: { stop(): Promise<void> }[] = [];
let undo: { restore(): void }[] = [];
afterEach(async () => {
  for (const it of undo.splice(0)) it.restore();
  await Promise.all(registries.splice(0).map((it) => it.stop()));
});

async function registryOf(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start(options);
  registries.push(registry);
  registry.push('app', 'latest', IMAGE);
  return registry;
}

const originOf = (
  registry: FakeRegistry,
  more: Partial<RegistryOrigin> = { tag: 'latest' },
): RegistryOrigin => ({
  kind: 'registry',
  registry: registry.host,
  repository: 'app',
  ...more,
});

/** As a tab opens it. */
function placeOf(registry: FakeRegistry, store: Store, more?: Partial<RegistryOrigin>) {
  const origin = originOf(registry, more);
  return cached(new RegistrySource(origin, undefined, HASTY), store, origin);
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(pieces);
    pieces.push(value);
  }
}

/**
 * As a layer is read: to its end, checked, and sealed where it is right; once more where what was kept is wrong. Gives the
 * digest of what came (vitest takes seconds to compare a million bytes).
 */
async function readLayer(content: Content, what: Descriptor): Promise<Digest> {
  const read = async () => readAll(verified(await content.open(what, { signal }), what, 'layer'));
  let bytes;
  try {
    bytes = await read();
  } catch (error) {
    if (codeOf(error) !== 'digest-mismatch' || (await content.drop?.(what)) !== true) throw error;
    bytes = await read();
  }
  await content.seal?.(what);
  return digestOfBytes(bytes);
}

const codeOf = (error: unknown) => (error instanceof Problem ? error.failure.code : error);
const failing = (promise: Promise<unknown>) => promise.then(() => 'it was taken', codeOf);
const keptDigest = async (store: Store, { digest }: Descriptor) =>
  digestOfBytes(await readAll((await store.blob(digest))!.blob.stream()));
const partSize = async (store: Store, { digest }: Descriptor) => (await store.part(digest))?.size ?? 0;

describe('a cached image', () => {
  it('equals an uncached one, twice, and the second time asks for nothing but the tag', async () => {
    const index = indexOf([IMAGE]);
    for (const image of [IMAGE, index]) {
      const store = await storeOf();
      const registry = await registryOf();
      registry.push('app', 'latest', image);
      const plain = new RegistrySource(originOf(registry), undefined, HASTY);
      const expected = await openImage(plain, {}, signal);
      const layers = [await readLayer(plain, large), await readLayer(plain, small)];

      for (const round of ['first', 'second']) {
        registry.server.reset();
        const place = placeOf(registry, store);
        const opened = await openImage(place, {}, signal);
        expect(strip(opened), round).toEqual(strip(expected));
        expect([await readLayer(place, large), await readLayer(place, small)], round).toEqual(layers);
        await vi.waitFor(async () => expect(await store.blob(IMAGE.config.digest)).not.toBeNull());
        await vi.waitFor(async () => expect(await store.blob(image.root.digest)).not.toBeNull());
      }
      expect(registry.server.lines()).toEqual(['HEAD /v2/app/manifests/latest']);
    }
  });

  /** Where the document stands in its own descriptor is no difference. */
  function strip(opened: unknown): unknown {
    return JSON.parse(JSON.stringify(opened, (key, value: unknown) => (key === 'data' ? undefined : value)));
  }

  it('is kept as it is where its reader is done with each piece before the next', async () => {
    const store = await storeOf();
    const place = placeOf(await registryOf(), store);
    for (const what of [large, small]) {
      const reader = verified(await place.open(what, { signal, fleeting: true }), what, 'layer').getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        // What a browser would do with its memory.
        value.fill(0xee);
      }
      await place.seal?.(what);
      expect(await keptDigest(store, what)).toBe(what.digest);
    }
  });

  it('is not put down as it comes where the reader holds all of it, and is kept when that is handed over', async () => {
    const store = await storeOf();
    const registry = await registryOf();
    const place = placeOf(registry, store);
    const held = new Uint8Array(large.size);
    await gather(await place.open(large, { signal }), held, () => place.hold?.(large, held));
    expect(equalBytes(held, LARGE)).toBe(true);
    expect(await store.part(large.digest)).toBeNull();
    await place.keep?.(large, LARGE);
    const kept = await readAll((await store.blob(large.digest))!.blob.stream());
    expect(equalBytes(kept, LARGE)).toBe(true);
  });

  it('goes on from what a reader held when its connection broke', async () => {
    const store = await storeOf();
    const registry = await registryOf();
    registry.server.break({ on: /blobs/, fault: { cutAfter: 700_000 } });
    const place = placeOf(registry, store);
    const held = new Uint8Array(large.size);
    const gathering = gather(await place.open(large, { signal }), held, () => place.hold?.(large, held));
    await expect(gathering).rejects.toBeInstanceOf(Problem);
    const part = await readAll((await store.part(large.digest))!.stream());
    expect(equalBytes(part, LARGE.subarray(0, 700_000))).toBe(true);
  });

  it('puts down what a reader held when it was cancelled, but for the piece that it had in hand', async () => {
    const store = await storeOf();
    const place = placeOf(await registryOf(), store);
    const held = new Uint8Array(large.size);
    const reader = (await place.open(large, { signal })).getReader();
    place.hold?.(large, held);
    const first = (await reader.read()).value!;
    held.set(first);
    const second = (await reader.read()).value!;
    held.set(second.subarray(0, 1), first.length);
    await reader.cancel();
    const part = await readAll((await store.part(large.digest))!.stream());
    expect(equalBytes(part, LARGE.subarray(0, first.length))).toBe(true);
  });

  /** As a first look reads: the holding is said of after the first bytes have come. */
  async function gather(
    stream: ReadableStream<Uint8Array>,
    held: Uint8Array,
    hold: () => void,
  ): Promise<void> {
    const { whole } = await peek(stream, 16);
    hold();
    let at = 0;
    for await (const piece of piecesOf(whole, 1000)) {
      held.set(piece, at);
      at += piece.length;
    }
  }

  it('opens by digest with no network', async () => {
    const store = await storeOf();
    const registry = await registryOf();
    const more = { digest: IMAGE.root.digest };
    const first = await openImage(placeOf(registry, store, more), {}, signal);
    await vi.waitFor(async () => expect(await store.blob(IMAGE.config.digest)).not.toBeNull());
    await vi.waitFor(async () => expect(await store.blob(IMAGE.root.digest)).not.toBeNull());
    const place = placeOf(registry, store, more);
    await registry.stop();
    expect(strip(await openImage(place, {}, signal))).toEqual(strip(first));
    expect(place.recalled).toBeNull();
  });

  it('of a static layout opens where its host is gone', async () => {
    const other = imageOf({ layers: [utf8('other')] });
    const files = layoutOf({ one: IMAGE, other });
    const server = await HttpServer.start((_, url, reply) => {
      const bytes = files.get(url.pathname.slice(1));
      return bytes === undefined ? reply.send(404) : reply.content(bytes);
    });
    registries.push(server);
    const store = await storeOf();
    const origin = { kind: 'layout', url: `${server.origin}/` } as const;
    const wish = { platform: IMAGE.root.digest };
    const open = async (more: { name?: string }) => {
      const place = cached(new LayoutSource({ ...origin, ...more }, HASTY), store, { ...origin, ...more });
      return [strip(await openImage(place, wish, signal)), place.recalled !== null];
    };
    const first = [await open({}), await open({ name: 'one' })];
    expect(first.map(([, recalled]) => recalled)).toEqual([false, false]);
    await vi.waitFor(async () => expect(await store.blob(IMAGE.config.digest)).not.toBeNull());
    await vi.waitFor(async () => expect(await store.blob(IMAGE.root.digest)).not.toBeNull());
    await server.stop();
    registries = [];
    expect([await open({}), await open({ name: 'one' })]).toEqual(first.map(([opened]) => [opened, true]));
  });

  it('of a local file opens without the file', async () => {
    const store = await storeOf();
    for (const [digest, bytes] of IMAGE.blobs) {
      await store.keep({ mediaType: 'x/y', digest, size: bytes.length }, bytes);
    }
    const place = cached(new AbsentSource('app.tar', IMAGE.root), store, { kind: 'local', file: 'app.tar' });
    expect((await openImage(place, {}, signal)).kind).toBe('image');
    expect(await readLayer(place, large)).toBe(large.digest);
    expect((await place.blob?.(large))?.size).toBe(large.size);
    await store.drop(small.digest);
    expect(await failing(readLayer(place, small))).toBe('not-found');
  });

  it('is read from the place where the store is dead', async () => {
    const name = freshName();
    const store = await storeOf(name);
    const registry = await registryOf();
    (await openDB(name, 99)).close();
    for (let round = 0; round < 2; round++) {
      const place = placeOf(registry, store);
      expect((await openImage(place, {}, signal)).kind).toBe('image');
      expect(await readLayer(place, large)).toBe(large.digest);
    }
    expect(store.trouble).toBe('gone');
  });

  it('is read where nothing fits into the store', async () => {
    const store = await storeOf();
    const registry = await registryOf();
    undo.push(limitRoom(100));
    const place = placeOf(registry, store);
    expect((await openImage(place, {}, signal)).kind).toBe('image');
    expect(await readLayer(place, large)).toBe(large.digest);
    expect(store.trouble).toBe('full');
    expect(await store.blob(large.digest)).toBeNull();
  });
});

describe('a layer', () => {
  let store: Store;
  let registry: FakeRegistry;
  beforeEach(async () => {
    store = await storeOf();
    registry = await registryOf();
  });
  const place = () => placeOf(registry, store);

  it('is not kept before it was sealed', async () => {
    for (const what of [large, small]) {
      await readAll(await place().open(what, { signal }));
      expect(await store.blob(what.digest)).toBeNull();
    }
  });

  it('gives any part of it, kept or not', async () => {
    for (let round = 0; round < 2; round++) {
      for (const [what, bytes] of [
        [large, LARGE],
        [small, SMALL],
      ] as const) {
        const start = random.below(bytes.length);
        const range = { start, end: random.between(start + 1, bytes.length) };
        const stream = await place().open(what, { signal, range });
        expect(equalBytes(await readAll(stream), bytes.slice(range.start, range.end))).toBe(true);
        await readLayer(place(), what);
      }
    }
  });

  it.each([0.1, 0.5, 0.99])('goes on where it was cut at %f', async (share) => {
    const cut = Math.floor(share * LARGE.length);
    registry.server.break({ on: /blobs/, fault: { cutAfter: cut } });
    expect(await failing(readLayer(place(), large))).toBe('interrupted');
    expect(await partSize(store, large)).toBe(cut);
    registry.server.reset();
    expect(await readLayer(place(), large)).toBe(large.digest);
    expect(registry.server.heard.map(({ headers }) => headers.range)).toEqual([`bytes=${cut}-999999`]);
    registry.server.reset();
    expect(await readLayer(place(), large)).toBe(large.digest);
    expect(registry.server.heard).toEqual([]);
  });

  it('is right where the registry knows no ranges', async () => {
    await store.extend(large.digest, 0, LARGE.subarray(0, 300_000));
    registry.server.break({ on: /blobs/, fault: { ignoreRange: true } });
    expect(await readLayer(place(), large)).toBe(large.digest);
    expect((await store.blob(large.digest))?.blob.size).toBe(LARGE.length);
  });

  it('goes on after its reader has gone, at whatever byte', async () => {
    for (let round = 0; round < 5; round++) {
      const reader = (await place().open(large, { signal })).getReader();
      const before = await partSize(store, large);
      let read = 0;
      for (let i = random.below(4); i >= 0; i--) read += (await reader.read()).value?.length ?? 0;
      await reader.cancel();
      expect(await partSize(store, large)).toBe(Math.max(before, read));
    }
    expect(await readLayer(place(), large)).toBe(large.digest);
  });

  it('needs no network where all of it came and nobody sealed it', async () => {
    await store.extend(large.digest, 0, LARGE);
    const offline = place();
    await registry.stop();
    expect(await readLayer(offline, large)).toBe(large.digest);
    expect((await store.blob(large.digest))?.blob.size).toBe(LARGE.length);
  });

  it('is read anew where its kept part is wrong, or longer than it should be', async () => {
    for (const part of [LARGE.slice(0, 400_000).fill(7), concat([LARGE, SMALL])]) {
      await store.extend(large.digest, 0, part);
      expect(await readLayer(place(), large)).toBe(large.digest);
      expect(await keptDigest(store, large)).toBe(large.digest);
      await store.drop(large.digest);
    }
  });

  it('is read anew where a byte of what was kept has changed', async () => {
    for (const [what, bytes] of [
      [large, LARGE],
      [small, SMALL],
    ] as const) {
      const wrong = bytes.slice();
      wrong[17]! ^= 1;
      await store.keep(what, wrong);
      expect(await readLayer(place(), what)).toBe(what.digest);
      expect(await keptDigest(store, what)).toBe(what.digest);
    }
    const wrong = IMAGE.blobs.get(IMAGE.config.digest)!.slice();
    wrong[3]! ^= 1;
    await store.keep(IMAGE.config, wrong);
    expect((await openImage(place(), {}, signal)).kind).toBe('image');
  });

  it('that is wrong in the registry is wrong, and nothing of it stays', async () => {
    for (const what of [large, small]) {
      registry.replace('app', what.digest, new Uint8Array(what.size));
      expect(await failing(readLayer(place(), what))).toBe('digest-mismatch');
      expect(await store.blob(what.digest)).toBeNull();
      expect(await store.part(what.digest)).toBeNull();
    }
  });

  it('that two tabs read at once is right, whoever was faster', async () => {
    const both = await Promise.all([readLayer(place(), large), readLayer(place(), large)]);
    expect(both).toEqual([large.digest, large.digest]);
    expect(await keptDigest(store, large)).toBe(large.digest);
  });

  it('is not sealed with bytes that another tab has put down wrong', async () => {
    const one = place();
    const stream = await one.open(large, { signal });
    await store.extend(large.digest, 0, new Uint8Array(LARGE.length));
    await readAll(verified(stream, large, 'layer'));
    await one.seal?.(large);
    expect(await store.blob(large.digest)).toBeNull();
    expect(await readLayer(place(), large)).toBe(large.digest);
  });

  it('that breaks off in the store goes on from the place', async () => {
    // Chromium, after the site's data was cleared: it fails, or it never answers.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    undo.push({ restore: () => vi.useRealTimers() });
    const text = utf8('abcdefghij');
    for (const end of ['error', 'silence'])
      for (let length = 0; length <= text.length; length++) {
        let left = length;
        const broken = {
          stream: () =>
            new ReadableStream({
              async pull(controller) {
                if (left === 0 && end === 'silence') {
                  setImmediate(() => vi.advanceTimersByTime(READ_LIMIT));
                  await new Promise(() => {});
                }
                if (left-- === 0) throw new DOMException('cleared', 'NotReadableError');
                controller.enqueue(text.subarray(length - left - 1, length - left));
              },
            }),
        } as unknown as Blob;
        const said: unknown[] = [];
        const stream = blobThen(broken, signal, async (at, broke) => {
          said.push([at, broke]);
          return at === text.length ? null : streamOf(text.subarray(at));
        });
        expect(await readAll(stream)).toEqual(text);
        expect(said).toEqual([[length, true]]);
      }
  });
});

describe('a tag', () => {
  const OTHER = imageOf({ layers: [utf8('other')] });
  const head = 'HEAD /v2/app/manifests/latest';
  const get = 'GET /v2/app/manifests/latest';

  async function remembering(options: FakeRegistryOptions = {}) {
    const store = await storeOf();
    const registry = await registryOf(options);
    await placeOf(registry, store).resolve(signal);
    await vi.waitFor(async () => expect(await store.tag(tagOf(originOf(registry))!)).not.toBeNull());
    registry.server.reset();
    const place = placeOf(registry, store);
    return { store, registry, place, digest: async () => (await place.resolve(signal)).digest };
  }

  it('that is the same costs one HEAD', async () => {
    const { registry, digest } = await remembering();
    expect(await digest()).toBe(IMAGE.root.digest);
    expect(registry.server.lines()).toEqual([head]);
  });

  it('that has moved is read anew, and remembered', async () => {
    const { store, registry, digest } = await remembering();
    registry.push('app', 'latest', OTHER);
    expect(await digest()).toBe(OTHER.root.digest);
    expect(registry.server.lines().slice(0, 2)).toEqual([head, get]);
    await vi.waitFor(async () =>
      expect((await store.tag(tagOf(originOf(registry))!))?.descriptor.digest).toBe(OTHER.root.digest),
    );
  });

  it('that has moved to a list of what was there is not mistaken for it', async () => {
    const docker = imageOf({ form: 'docker', layers: [utf8('docker')] });
    const store = await storeOf();
    const registry = await registryOf();
    registry.push('app', 'latest', docker);
    await placeOf(registry, store).resolve(signal);
    await vi.waitFor(async () => expect(await store.tag(tagOf(originOf(registry))!)).not.toBeNull());
    const list = indexOf([docker], 'docker');
    registry.push('app', 'latest', list);
    expect((await placeOf(registry, store).resolve(signal)).digest).toBe(list.root.digest);
  });

  it('is read where the digest may not be seen', async () => {
    const { registry, digest } = await remembering({ hide: ['docker-content-digest'] });
    expect(await digest()).toBe(IMAGE.root.digest);
    expect(registry.server.lines()).toContain(get);
  });

  it('is what it was, with its time, where nobody answers', async () => {
    const { registry, place, digest } = await remembering();
    const before = Date.now();
    await registry.stop();
    expect(await digest()).toBe(IMAGE.root.digest);
    expect(place.recalled!.time).toBeLessThanOrEqual(before);
    expect(before - place.recalled!.time).toBeLessThan(60_000);
  });

  it('is what it was where the registry is overloaded', async () => {
    const { registry, place, digest } = await remembering();
    registry.server.break({ on: /latest/, times: 9, fault: { status: 503 } });
    expect(await digest()).toBe(IMAGE.root.digest);
    expect(place.recalled).not.toBeNull();
    registry.server.reset();
    expect(await digest()).toBe(IMAGE.root.digest);
    expect(place.recalled).toBeNull();
  });

  it('that is gone, or forbidden, is not what it was', async () => {
    const { registry, place } = await remembering();
    for (const [status, code] of [
      [404, 'not-found'],
      [403, 'forbidden'],
    ] as const) {
      registry.server.break({ on: /latest/, times: 9, fault: { status } });
      expect(await failing(place.resolve(signal))).toBe(code);
      registry.server.reset();
    }
    expect(place.recalled).toBeNull();
  });

  it('is not asked for when the person has gone away', async () => {
    const { registry, place } = await remembering();
    registry.server.break({ on: /latest/, fault: { silence: true } });
    const stop = new AbortController();
    const resolving = place.resolve(stop.signal);
    stop.abort();
    await expect(resolving).rejects.toHaveProperty('name', 'AbortError');
  });
});

it('names are those of the tag', () => {
  const origin = { kind: 'registry', registry: 'docker.io', repository: 'library/alpine' } as const;
  const digest: Digest = digestOfBytes(SMALL);
  expect(tagOf({ ...origin, tag: '3' })).toBe('docker.io/library/alpine:3');
  expect(tagOf(origin)).toBe('docker.io/library/alpine:latest');
  expect(tagOf({ ...origin, tag: '3', digest })).toBeNull();
  expect(describeBytes('', SMALL).digest).toBe(digest);
});
