import { limitRoom, storeOf } from '../testing/store-of.ts';
import { describe, expect, it } from 'vitest';
import { concat, utf8, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { openArchive } from '../sources/archive/open-archive.ts';
import { keptArchive } from '../sources/browser/kept-archive.ts';
import { gather } from '../sources/browser/kept-content.ts';
import type { KeptImage, Store } from '../sources/browser/store.ts';
import { layoutTar } from '../sources/browser/write-layout.ts';
import type { Origin } from '../sources/origin.ts';
import { fileOf, layoutTarOf } from '../testing/archive-of.ts';
import { digestOfBytes, imageOf, indexOf, type TestImage } from '../testing/image-of.ts';
import { tarOf } from '../testing/tar-of.ts';
import { imageId, NOWHERE, parseAddress } from './address.ts';
import { importArchive } from './import-archive.ts';

const { signal } = new AbortController();
const layer = (text: string) => tarOf([{ name: 'etc/motd', content: text }]);
const SHARED = layer('the base of all');
const AMD64 = imageOf({ layers: [SHARED, layer('amd64')] });
const ARM64 = imageOf({ layers: [SHARED, layer('arm64')], platform: { os: 'linux', architecture: 'arm64' } });
const BOTH = indexOf([AMD64, ARM64]);
const DOCKER = imageOf({ layers: [layer('docker')], form: 'docker' });

/** Its layer is named by SHA-512. */
function sha512Image(): TestImage {
  const tar = layer('longer');
  const descriptor = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: digestOfBytes(tar, 'sha512'),
    size: tar.length,
  };
  const image = imageOf({ layers: [tar], manifest: { layers: [descriptor] } });
  const blobs = new Map([...image.blobs, [descriptor.digest, tar]]);
  blobs.delete(image.layers[0]!.digest);
  return { root: image.root, blobs };
}

/** As opening it leaves it: `of` is what of it was read. */
async function keep(store: Store, name: string, origin: Origin, root: Descriptor, of: TestImage['blobs']) {
  for (const [digest, bytes] of of) await store.keep({ mediaType: '', digest, size: bytes.length }, bytes);
  const image: KeptImage = {
    id: imageId(parseAddress(`#image=${name}`)),
    origin,
    name,
    platform: null,
    root,
    digests: [...of.keys()],
    size: [...of.values()].reduce((sum, { length }) => sum + length, 0),
    opened: 1_700_000_000_000,
    pinned: false,
  };
  await store.keepImage(image);
  return image;
}

const registry = (repository: string, tag = 'latest'): Origin => ({
  kind: 'registry',
  registry: 'registry.test',
  repository,
  tag,
});

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  return concat(pieces);
}

const archiveOf = (bytes: Bytes, name = 'kept.tar') =>
  openArchive({ kind: 'file', file: fileOf(name, bytes) }, { signal, onProgress: () => {} });

async function importInto(store: Store, bytes: Bytes, name = 'kept.tar') {
  return importArchive(await archiveOf(bytes, name), name, store, { signal, onProgress: () => {} });
}

/** All content, as text, by digest. */
async function contentOf(store: Store, image: KeptImage): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for (const [digest, blob] of (await gather(store, image))!) {
    content.set(digest, Buffer.from(await blob.arrayBuffer()).toString('base64'));
  }
  return content;
}

describe('what is exported', () => {
  it('comes back whole, under the digest that it had', async () => {
    const [here, there] = [await storeOf(), await storeOf()];
    const images = [
      await keep(here, 'registry.test/single:1', registry('single', '1'), AMD64.root, AMD64.blobs),
      await keep(here, 'registry.test/both', registry('both'), BOTH.root, BOTH.blobs),
      await keep(here, 'registry.test/docker', registry('docker'), DOCKER.root, DOCKER.blobs),
      await keep(here, 'registry.test/long', registry('long'), sha512Image().root, sha512Image().blobs),
    ];
    const { stream } = await layoutTar(here, images);
    const { kept, failed } = await importInto(there, await bytesOf(stream));
    expect(failed).toEqual([]);
    expect(kept.map(({ name }) => name)).toEqual([
      'registry.test/single:1',
      'registry.test/both:latest',
      'registry.test/docker:latest',
      'registry.test/long:latest',
    ]);
    for (const [i, image] of kept.entries()) {
      const original = images[i]!;
      expect(image.root.digest).toBe(original.root.digest);
      expect(await contentOf(there, image)).toEqual(await contentOf(here, original));
      const { target } = parseAddress(`#${image.id}`);
      expect(target).toEqual({
        kind: 'image',
        reference: `${image.name}@${original.root.digest}`,
      });
    }
    // What a tag means is no file's to say.
    expect(await there.tag('registry.test/both:latest')).toBeNull();
  });

  it('is the same, byte for byte, when it is exported again', async () => {
    const store = await storeOf();
    const image = await keep(store, 'registry.test/both', registry('both'), BOTH.root, BOTH.blobs);
    const once = await bytesOf((await layoutTar(store, [image])).stream);
    expect(await bytesOf((await layoutTar(store, [image])).stream)).toEqual(once);
  });

  it('has each shared layer once, and each name once', async () => {
    const store = await storeOf();
    const images = [
      await keep(store, 'registry.test/a', registry('a'), AMD64.root, AMD64.blobs),
      await keep(store, 'registry.test/b', registry('a'), ARM64.root, ARM64.blobs),
    ];
    const { stream, size } = await layoutTar(store, images);
    const archive = await archiveOf(await bytesOf(stream));
    expect(archive.images.map(({ name }) => name)).toEqual([
      'registry.test/a:latest',
      'registry.test/a:latest-2',
    ]);
    const all = new Map([...AMD64.blobs, ...ARM64.blobs]);
    expect([...archive.blobs.keys()].sort()).toEqual([...all.keys()].sort());
    expect(size).toBe([...all.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('names the one platform that is here, where an index names more; it comes back under the index', async () => {
    const [here, there] = [await storeOf(), await storeOf()];
    const some = new Map([...ARM64.blobs, [BOTH.root.digest, BOTH.blobs.get(BOTH.root.digest)!]]);
    const image = await keep(here, 'registry.test/both', registry('both'), BOTH.root, some);
    const bytes = await bytesOf((await layoutTar(here, [image])).stream);
    expect((await archiveOf(bytes)).images.map(({ root }) => root.digest)).toEqual([ARM64.root.digest]);
    const { kept } = await importInto(there, bytes);
    expect(kept.map(({ root, platform }) => [root.digest, platform])).toEqual([
      [BOTH.root.digest, 'linux/arm64'],
    ]);
    expect(await contentOf(there, kept[0]!)).toEqual(await contentOf(here, image));
  });

  it('of indexes that lead to the same again and again, and back, is each document once', async () => {
    const [here, there] = [await storeOf(), await storeOf()];
    // Ten million ways lead to the one image that is not here.
    let nest = indexOf([AMD64]);
    for (let level = 0; level < 6; level++) nest = indexOf(Array.from({ length: 15 }, () => nest));
    const top = indexOf([nest, ARM64]);
    const some = new Map(
      [...top.blobs].filter(([digest]) => !AMD64.blobs.has(digest) || ARM64.blobs.has(digest)),
    );
    const image = await keep(here, 'registry.test/nest', registry('nest'), top.root, some);
    const bytes = await bytesOf((await layoutTar(here, [image])).stream);
    expect((await archiveOf(bytes)).images.map(({ root }) => root.digest)).toEqual([ARM64.root.digest]);
    const { kept, failed } = await importInto(there, bytes);
    expect(failed).toEqual([]);
    expect(kept.map(({ root, platform }) => [root.digest, platform])).toEqual([
      [top.root.digest, 'linux/arm64'],
    ]);
  });

  it('gives ten thousand entries of one image each a name, at once', async () => {
    const store = await storeOf();
    const entries = Array.from({ length: 10_000 }, (_, i) => ({
      root: { ...AMD64.root, platform: { os: 'linux', architecture: `a${'?'.repeat(i % 50)}b${i % 200}` } },
      blobs: AMD64.blobs,
    }));
    const index = indexOf([ARM64, ...entries]);
    const some = new Map([...index.blobs].filter(([digest]) => digest !== ARM64.root.digest));
    const image = await keep(store, 'registry.test/many', registry('many'), index.root, some);
    const archive = await archiveOf(await bytesOf((await layoutTar(store, [image])).stream));
    expect(archive.images[0]!.names.length).toBeGreaterThan(100);
  });

  it('leaves out what is not here whole, and a file that was opened and not kept', async () => {
    const store = await storeOf();
    const file = { kind: 'local', file: 'app.tar' } as const;
    const opened = await keep(store, 'app.tar', file, AMD64.root, new Map());
    expect((await layoutTar(store, [opened])).images).toEqual([]);
    expect(await keptArchive(store, 'app.tar')).toBeNull();
    const image = await keep(store, 'registry.test/a', registry('a'), AMD64.root, AMD64.blobs);
    await store.drop(AMD64.layers[1]!.digest);
    expect((await layoutTar(store, [image])).images).toEqual([]);
  });
});

describe('what is imported', () => {
  it('of any layout, opens like the file, without it', async () => {
    const store = await storeOf();
    const { kept } = await importInto(store, layoutTarOf({ one: AMD64, two: DOCKER }), 'app.tar');
    expect(kept.map(({ id, name, platform }) => [id, name, platform])).toEqual([
      ['local=app.tar&name=one', 'one', 'linux/amd64'],
      ['local=app.tar&name=two', 'two', 'linux/amd64'],
    ]);
    const archive = (await keptArchive(store, 'app.tar'))!;
    expect(archive.images.map(({ name, root }) => [name, root.digest])).toEqual(
      // Both were opened in the same moment.
      expect.arrayContaining([
        ['one', AMD64.root.digest],
        ['two', DOCKER.root.digest],
      ]),
    );
    expect(archive.form).toBe('oci-layout');
    expect(new Set(archive.blobs.keys())).toEqual(new Set([...AMD64.blobs.keys(), ...DOCKER.blobs.keys()]));
  });

  it('twice, is there once; another file of the same name is another one', async () => {
    const store = await storeOf();
    await importInto(store, layoutTarOf({ one: AMD64 }), 'app.tar');
    await importInto(store, layoutTarOf({ one: AMD64 }), 'app.tar');
    await importInto(store, layoutTarOf({ one: DOCKER }), 'app.tar');
    const ids = (await store.images()).map(({ id }) => id);
    expect(ids.sort()).toEqual(['local=app.tar', 'local=app.tar~2']);
  });

  it('and is not what it claims, is not kept; the others are', async () => {
    const store = await storeOf();
    const blobs = new Map(DOCKER.blobs);
    const [broken] = DOCKER.layers;
    const bytes = blobs.get(broken!.digest)!.slice();
    bytes[bytes.length >> 1]! ^= 1;
    blobs.set(broken!.digest, bytes);
    const { kept, failed } = await importInto(
      store,
      layoutTarOf({ good: AMD64, bad: { root: DOCKER.root, blobs } }),
    );
    expect(kept.map(({ name }) => name)).toEqual(['good']);
    expect(failed.map(({ name, failure }) => [name, failure.code])).toEqual([['bad', 'digest-mismatch']]);
    expect(await store.blob(broken!.digest)).toBeNull();
    expect(await store.images()).toHaveLength(1);
  });

  it('and has not all that it names, is told', async () => {
    const store = await storeOf();
    const blobs = new Map(DOCKER.blobs);
    blobs.delete(DOCKER.layers[0]!.digest);
    const { kept, failed } = await importInto(store, layoutTarOf({ torn: { root: DOCKER.root, blobs } }));
    expect(kept).toEqual([]);
    expect(failed).toMatchObject([{ name: 'torn', failure: { code: 'not-found', what: 'blob' } }]);
  });

  it('may lie about where it comes from: what it says is no tag, and no more than a name', async () => {
    const store = await storeOf();
    const mark = JSON.stringify({
      origin: 'docker://docker.io/library/alpine:latest',
      root: { mediaType: '', digest: DOCKER.root.digest, size: DOCKER.root.size },
    });
    const manifests = [{ ...AMD64.root, annotations: { 'io.stratascope.kept': mark } }];
    const tar = tarOf([
      { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests }) },
      ...[...AMD64.blobs, ...DOCKER.blobs].map(([digest, content]) => ({
        name: `blobs/${digest.replace(':', '/')}`,
        content,
      })),
    ]);
    const { kept, failed } = await importInto(store, tar);
    // The root that it names does not lead to the manifest that it stands at.
    expect([kept, failed.map(({ failure }) => failure.code)]).toEqual([[], ['not-found']]);
    expect(await store.images()).toEqual([]);
  });

  it.each(['', 'nonsense', '{"origin":1}', '{"origin":"docker://UPPER/x"}', '[['.repeat(9000)])(
    'with a mark that is none of ours (%#) is like any other',
    async (mark) => {
      const store = await storeOf();
      const manifests = [{ ...DOCKER.root, annotations: { 'io.stratascope.kept': mark } }];
      const tar = tarOf([
        { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
        { name: 'index.json', content: utf8(JSON.stringify({ schemaVersion: 2, manifests })) },
        ...[...DOCKER.blobs].map(([digest, content]) => ({
          name: `blobs/${digest.replace(':', '/')}`,
          content,
        })),
      ]);
      const { kept } = await importInto(store, tar, 'marked.tar');
      expect(kept.map(({ id }) => id)).toEqual(['local=marked.tar']);
    },
  );

  it('where there is no room, fails, and leaves what was there', async () => {
    const store = await storeOf();
    await importInto(store, layoutTarOf({ one: AMD64 }), 'first.tar');
    await store.pin('local=first.tar', true);
    const room = limitRoom(10);
    try {
      const failing = importInto(store, layoutTarOf({ two: DOCKER }), 'second.tar');
      await expect(failing).rejects.toThrow(Problem);
    } finally {
      room.restore();
    }
    expect((await store.images()).map(({ id }) => id)).toEqual(['local=first.tar']);
  });

  it('stops when nobody wants it any more', async () => {
    const store = await storeOf();
    const archive = await archiveOf(layoutTarOf({ one: AMD64, two: DOCKER }));
    const stopping = new AbortController();
    const importing = importArchive(archive, 'kept.tar', store, {
      signal: stopping.signal,
      onProgress: () => stopping.abort(new DOMException('enough', 'AbortError')),
    });
    await expect(importing).rejects.toThrow('enough');
    expect(await store.images()).toEqual([]);
  });
});

it('an address of nowhere names no image', () => {
  expect(imageId(NOWHERE)).toBe('');
});
