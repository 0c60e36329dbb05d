/** Archives that are made to cost more than they weigh: what is named again and again is read once, and bounds come first. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { utf8, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { MAX_LAYERS } from '../../formats/manifest.ts';
import { digestOfBytes } from '../../testing/image-of.ts';
import { tarOf } from '../../testing/tar-of.ts';
import type { ArchiveFiles } from './archive-files.ts';
import { readDockerImages } from './docker-images.ts';
import { MAX_IMAGES, MAX_TAGS } from './image-names.ts';
import { readLayout } from './layout-images.ts';
import { readLegacyImages } from './legacy-images.ts';
import { recoverImages } from './recover-images.ts';

const json = (value: unknown) => utf8(JSON.stringify(value));
const options = { signal: new AbortController().signal, onProgress: () => {} };
const TAR = tarOf([{ name: 'etc/release', content: 'stone' }]);
const DIFF_ID = digestOfBytes(TAR);

/** Files of an archive; `read` counts, by path, how often the content of one was asked for. `links` lead to others. */
function filesOf(content: Readonly<Record<string, Bytes>>, links: ReadonlyMap<string, string> = new Map()) {
  const read = new Map<string, number>();
  const files: ArchiveFiles = {
    find(asked) {
      const path = links.get(asked) ?? asked;
      const bytes = Object.hasOwn(content, path) ? content[path] : undefined;
      if (bytes === undefined) return null;
      const blob = new Blob([bytes]);
      const count = <T>(value: T): T => {
        read.set(path, (read.get(path) ?? 0) + 1);
        return value;
      };
      const { arrayBuffer, slice } = blob;
      blob.arrayBuffer = () => count(arrayBuffer.call(blob));
      blob.slice = (...range) => count(slice.apply(blob, range));
      return { size: bytes.length, blob, place: path };
    },
    isFolder: false,
    paths: [...Object.keys(content), ...links.keys()],
    truncatedAt: null,
    remarks: [],
  };
  return { files, read };
}

async function failureOf(reading: Promise<unknown>) {
  const error: unknown = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error(`no failure: ${String(error)}`);
  return error.failure;
}

describe('an archive of docker save', () => {
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [DIFF_ID] },
  });

  it('that names one image a hundred thousand times reads it once, with all tags', async () => {
    const { files, read } = filesOf({ config, 'layer.tar': TAR });
    const items = Array.from({ length: 100_000 }, (_, i) => ({
      config: 'config',
      layers: ['layer.tar'],
      tags: [`app:${i}`],
    }));
    const { images } = await readDockerImages(files, items, options);
    expect(images).toHaveLength(1);
    expect(images[0]!.names).toHaveLength(100_000);
    expect(Object.fromEntries(read)).toEqual({ config: 1, 'layer.tar': 1 });
  });

  it('that names a config under many lists of layers reads it once, and each layer', async () => {
    const two = json({ rootfs: { type: 'layers', diff_ids: [DIFF_ID, DIFF_ID] } });
    const { files, read } = filesOf({ config: two, a: TAR, b: TAR });
    const items = ['a a', 'a b', 'b a', 'b b'].map((layers) => ({
      config: 'config',
      layers: layers.split(' '),
      tags: [],
    }));
    await readDockerImages(files, items, options);
    expect(Object.fromEntries(read)).toEqual({ config: 1, a: 1, b: 1 });
  });

  it('that gives one file many names reads it once', async () => {
    const compressed = gzipSync(TAR) as Uint8Array<ArrayBuffer>;
    const names = Array.from({ length: 500 }, (_, i) => `${i}`);
    const links = new Map(
      names.flatMap((name) => [[`c${name}`, 'config'] as const, [name, 'layer'] as const]),
    );
    const { files, read } = filesOf({ config, layer: compressed }, links);
    const items = names.map((name) => ({ config: `c${name}`, layers: [name], tags: [] }));
    await readDockerImages(files, items, options);
    const once = filesOf({ config, layer: compressed });
    await readDockerImages(once.files, [{ config: 'config', layers: ['layer'], tags: [] }], options);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(once.read));
  });

  it('whose image has too many layers is refused before one is looked for', async () => {
    const { files, read } = filesOf({ config, 'layer.tar': TAR });
    const layers = Array.from({ length: 500_000 }, () => 'layer.tar');
    const items = [{ config: 'config', layers, tags: [] }];
    expect(await failureOf(readDockerImages(files, items, options))).toEqual({
      code: 'too-large',
      what: 'layers',
      limit: MAX_LAYERS,
      actual: 500_000,
    });
    expect(read.size).toBe(0);
  });

  it('of too many images is refused before one is read', async () => {
    const { files, read } = filesOf({ config });
    const items = Array.from({ length: MAX_IMAGES + 1 }, (_, i) => ({
      config: 'config',
      layers: [`${i}`],
      tags: [],
    }));
    expect(await failureOf(readDockerImages(files, items, options))).toEqual({
      code: 'too-large',
      what: 'images',
      limit: MAX_IMAGES,
      actual: MAX_IMAGES + 1,
    });
    expect(read.size).toBe(0);
  });
});

describe('an archive of docker save, as it was before 1.10', () => {
  const idOf = (i: number) => i.toString(16).padStart(64, '0');
  /** Each the parent of the next one. */
  const chain = (length: number, comment: string) =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => [
        [`${idOf(i)}/json`, json({ id: idOf(i), ...(i > 0 ? { parent: idOf(i - 1) } : {}), comment })],
        [`${idOf(i)}/layer.tar`, TAR],
      ]).flat(),
    ) as Record<string, Bytes>;

  it('that gives an image many tags has them all', async () => {
    const tags = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`v${i}`, idOf(0)]));
    const { files } = filesOf({ ...chain(1, ''), repositories: json({ app: tags }) });
    const { images } = await readLegacyImages(files, options);
    expect(images[0]!.names).toHaveLength(50_000);
  });

  it('that gives one layer many names reads it once', async () => {
    const one = chain(1, '');
    const links = new Map(
      Array.from({ length: 900 }, (_, i) => idOf(i + 1)).flatMap((id) => [
        [`${id}/json`, `${idOf(0)}/json`] as const,
        [`${id}/layer.tar`, `${idOf(0)}/layer.tar`] as const,
      ]),
    );
    const { files, read } = filesOf(one, links);
    expect((await readLegacyImages(files, options)).images).toHaveLength(1);
    expect(read.get(`${idOf(0)}/json`)).toBe(1);
    const once = filesOf(one);
    await readLegacyImages(once.files, options);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(once.read));
  });

  it('of too many images is refused before one is read', async () => {
    const tags = Object.fromEntries(Array.from({ length: MAX_IMAGES + 1 }, (_, i) => [`v${i}`, idOf(i)]));
    const { files, read } = filesOf({ ...chain(1, ''), repositories: json({ app: tags }) });
    expect(await failureOf(readLegacyImages(files, options))).toMatchObject({ what: 'images' });
    expect([...read.keys()]).toEqual(['repositories']);
  });

  it('whose images repeat long histories of shared parents reads each once, and makes no endless configs', async () => {
    const images = 20;
    const tags = Object.fromEntries(Array.from({ length: images }, (_, i) => [`v${i}`, idOf(i)]));
    const short = filesOf({ ...chain(images, 'short'), repositories: json({ app: tags }) });
    expect((await readLegacyImages(short.files, options)).images).toHaveLength(images);
    expect(short.read.get(`${idOf(0)}/json`)).toBe(1);
    const long = filesOf({ ...chain(images, 'x'.repeat(1_000_000)), repositories: json({ app: tags }) });
    expect(await failureOf(readLegacyImages(long.files, options))).toMatchObject({
      code: 'too-large',
      what: 'config',
    });
  });
});

describe('an image layout', () => {
  const config = json({ rootfs: { type: 'layers', diff_ids: [] } });
  const configDigest = digestOfBytes(config);
  const manifest = (i: number) =>
    json({
      schemaVersion: 2,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: 1 },
      layers: [],
      annotations: { i: `${i}` },
    });
  const entry = (bytes: Bytes) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOfBytes(bytes),
    size: bytes.length,
  });
  const pathOf = (bytes: Bytes) => `blobs/${digestOfBytes(bytes).replace(':', '/')}`;
  const layout = (manifests: readonly object[], more: Record<string, Bytes>) =>
    filesOf({
      'oci-layout': json({ imageLayoutVersion: '1.0.0' }),
      'index.json': json({ schemaVersion: 2, manifests }),
      'manifest.json': json([{ Config: `${configDigest.slice(7)}.json`, RepoTags: ['app:1'] }]),
      ...more,
    });

  it('that names one manifest again and again reads it once', async () => {
    const one = manifest(0);
    const other = manifest(1);
    const repeated = Array.from({ length: 5000 }, () => entry(one));
    const { files, read } = layout([...repeated, entry(other)], {
      [pathOf(one)]: one,
      [pathOf(other)]: other,
    });
    const { images } = await readLayout(files);
    expect(images.map(({ names }) => names)).toEqual([['app:1'], ['app:1']]);
    expect(read.get(pathOf(one))).toBe(1);
  });

  it('whose images share more tags than anybody reads is refused', async () => {
    const all = Array.from({ length: 600 }, (_, i) => manifest(i));
    const blobs = Object.fromEntries(all.map((bytes) => [pathOf(bytes), bytes]));
    const RepoTags = Array.from({ length: 5000 }, (_, i) => `app:${i}`);
    const { files } = layout(all.map(entry), {
      ...blobs,
      'manifest.json': json([{ Config: `${configDigest.slice(7)}.json`, RepoTags }]),
    });
    expect(await failureOf(readLayout(files))).toEqual({
      code: 'too-large',
      what: 'tags',
      limit: MAX_TAGS,
      actual: 3_000_000,
    });
  });

  it('of too many images is refused when as many were read', async () => {
    const all = Array.from({ length: MAX_IMAGES + 50 }, (_, i) => manifest(i));
    const blobs = Object.fromEntries(all.map((bytes) => [pathOf(bytes), bytes]));
    const { files, read } = layout(all.map(entry), blobs);
    expect(await failureOf(readLayout(files))).toMatchObject({ code: 'too-large', what: 'images' });
    expect(read.size).toBeLessThan(MAX_IMAGES + 5);
  });
});

describe('a tar that is cut off', () => {
  const hexOf = (i: number) => i.toString(16).padStart(64, '0');

  it.each([
    ['configs', (i: number) => `${hexOf(i)}.json`],
    ['manifests', (i: number) => `blobs/sha256/${hexOf(i)}`],
  ])('whose %s are none is looked through to a limit', async (_, pathOf) => {
    const bytes = json({ rootfs: { type: 'layers', diff_ids: [DIFF_ID] } });
    const { files, read } = filesOf(
      Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [pathOf(i), bytes])),
    );
    expect(await recoverImages(files, options)).toBeNull();
    expect(read.size).toBeLessThan(1100);
  });
});
