import { describe, expect, it } from 'vitest';
import { isAbort } from '../base/abort.ts';
import { concat, readable, streamOf, toBase64, toHex, utf8, type Bytes } from '../base/bytes.ts';
import { Problem, type Failure } from '../base/problem.ts';
import { parseDigest, type Digest } from '../formats/digest.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import * as type from '../formats/media-type.ts';
import { platformText } from '../formats/platform.ts';
import type { Source } from '../sources/source.ts';
import { imageOf as builtImage, indexOf, inMemory } from '../testing/image-of.ts';
import type { Image } from './image.ts';
import { RegistrySource } from '../sources/registry/registry-source.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { openImage, type Opened, type Wish } from './open-image.ts';

const NEVER = new AbortController().signal;

/** Documents by their digest, written by hand: what an index may say is more than a well-behaved writer would. */
class Shelf {
  readonly blobs = new Map<Digest, Bytes>();
  readonly opened: Digest[] = [];

  async put(mediaType: string, content: unknown, more: Partial<Descriptor> = {}): Promise<Descriptor> {
    const bytes = typeof content === 'string' ? utf8(content) : utf8(JSON.stringify(content));
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const digest = parseDigest(`sha256:${toHex(hash)}`);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length, ...more };
  }

  /** An image of which the layers are named only. */
  async image(name: string, { os = 'linux', architecture = 'amd64', layers = 1, ...more } = {}) {
    const ids = Array.from({ length: layers }, (_, i) => idOf(`${name} ${i}`));
    const config = await this.put(type.OCI_CONFIG, {
      os,
      architecture,
      author: name,
      rootfs: { type: 'layers', diff_ids: ids },
      ...more,
    });
    return this.put(type.OCI_MANIFEST, {
      schemaVersion: 2,
      mediaType: type.OCI_MANIFEST,
      config,
      layers: ids.map((digest) => ({ mediaType: `${type.OCI_LAYER}+gzip`, digest, size: 1000 })),
    });
  }

  index(manifests: readonly unknown[], more: object = {}): Promise<Descriptor> {
    return this.put(type.OCI_INDEX, { schemaVersion: 2, mediaType: type.OCI_INDEX, manifests, ...more });
  }

  from(root: Descriptor): Source {
    return {
      resolve: () => Promise.resolve(root),
      open: async (what) => {
        this.opened.push(what.digest);
        await Promise.resolve();
        const bytes = this.blobs.get(what.digest);
        if (!bytes) throw new Problem({ code: 'not-found', what: 'manifest', name: what.digest });
        const middle = bytes.length >> 1;
        return streamOf(bytes.subarray(0, middle), bytes.subarray(middle));
      },
    };
  }
}

/** A digest of nothing in particular. */
function idOf(text: string): Digest {
  return parseDigest(`sha256:${toHex(utf8(text.padEnd(32, '.'))).slice(0, 64)}`);
}

const on = (descriptor: Descriptor, text: string): object => {
  const [os, architecture, variant] = text.split('/');
  return { ...descriptor, platform: { os, architecture, variant } };
};

const open = (shelf: Shelf, root: Descriptor, wish: Wish = {}): Promise<Opened> =>
  openImage(shelf.from(root), wish, NEVER);

/** The image's name, or what there is to choose from, or why not. */
async function outcome(shelf: Shelf, root: Descriptor, platform?: string): Promise<string> {
  try {
    const opened = await open(shelf, root, platform === undefined ? {} : { platform });
    if (opened.kind === 'image') return opened.image.config.content.author;
    if (opened.kind === 'artifact') return `artifact: ${opened.artifact.name}`;
    return `choose: ${opened.choices.map((it) => (it.platform ? platformText(it.platform) : '-')).join(', ')}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return printed(error.failure);
  }
}

function printed(failure: Failure): string {
  const { code, ...facts } = failure;
  return [code, ...Object.values(facts as Record<string, unknown>)].map(String).join(' | ');
}

async function imageOf(shelf: Shelf, root: Descriptor, wish: Wish = {}): Promise<Image> {
  const opened = await open(shelf, root, wish);
  if (opened.kind !== 'image') throw new Error('not an image');
  return opened.image;
}

describe('which image is opened', () => {
  it('is the one that a manifest describes', async () => {
    const shelf = new Shelf();
    const image = await imageOf(shelf, await shelf.image('alone', { architecture: 'arm64', layers: 2 }));
    expect(image.platform && platformText(image.platform)).toBe('linux/arm64');
    expect(image.layers.map((layer) => layer.diffId)).toEqual([idOf('alone 0'), idOf('alone 1')]);
    expect([image.indexes, image.platforms, image.attestations, image.absent]).toEqual([[], [], [], []]);
  });

  // An index as a list of platforms, a wish or none, and the one that is opened.
  it.each<[offered: string, wish: string | undefined, opened: string]>([
    ['linux/arm64 linux/amd64', undefined, 'linux/amd64'],
    ['linux/amd64/v3 linux/amd64', undefined, 'linux/amd64'],
    ['linux/amd64/v2 linux/amd64/v3', undefined, 'linux/amd64/v2'],
    ['linux/arm64', undefined, 'linux/arm64'],
    ['linux/arm64 linux/s390x', undefined, 'choose: linux/arm64, linux/s390x'],
    ['windows/amd64 linux/arm64', undefined, 'choose: windows/amd64, linux/arm64'],
    ['linux/amd64 linux/arm64/v8', 'linux/arm64', 'linux/arm64/v8'],
    ['linux/amd64 linux/arm64', 'linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64 linux/arm64/v8', 'linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/amd64 linux/arm64', 'linux/aarch64', 'linux/arm64'],
    ['linux/x86_64 linux/arm64', undefined, 'linux/x86_64'],
    ['linux/arm/v6 linux/arm/v7', 'linux/arm', 'linux/arm/v7'],
    ['linux/arm/v6 linux/arm64', 'linux/arm', 'linux/arm/v6'],
    ['linux/arm/v6 linux/arm', 'linux/armhf', 'linux/arm'],
    ['linux/amd64', 'linux/arm64', 'not-found | platform | linux/arm64 | linux/amd64'],
    [
      'linux/arm/v6 linux/s390x linux/s390x',
      'linux/arm/v7',
      'not-found | platform | linux/arm/v7 | linux/arm/v6,linux/s390x',
    ],
    ['linux/amd64', 'linux', 'bad-address | linux | a platform is os/architecture[/variant]'],
    ['', undefined, 'unsupported | artifact | empty index'],
    ['', 'linux/arm64', 'not-found | platform | linux/arm64 | '],
  ])('of %j, wishing %j: %s', async (offered, wish, opened) => {
    const shelf = new Shelf();
    const names = offered.split(' ').filter(Boolean);
    const manifests = await Promise.all(names.map(async (name) => on(await shelf.image(name), name)));
    expect(await outcome(shelf, await shelf.index(manifests), wish)).toBe(opened);
  });

  it('is the first of two for the same platform, and any by its digest', async () => {
    const shelf = new Shelf();
    const [first, second, stranger] = [
      await shelf.image('first'),
      await shelf.image('second'),
      await shelf.image('stranger'),
    ];
    const root = await shelf.index([on(first, 'linux/amd64'), on(second, 'linux/amd64')]);
    expect(await outcome(shelf, root)).toBe('first');
    expect(await outcome(shelf, root, second.digest)).toBe('second');
    expect(await outcome(shelf, root, stranger.digest)).toBe(
      `not-found | platform | ${stranger.digest} | linux/amd64`,
    );
  });

  it('is the wished one also where no index stands before it', async () => {
    const shelf = new Shelf();
    const root = await shelf.image('alone', { architecture: 'arm64' });
    expect(await outcome(shelf, root, 'linux/arm64/v8')).toBe('alone');
    expect(await outcome(shelf, root, root.digest)).toBe('alone');
    expect(await outcome(shelf, root, 'linux/amd64')).toBe(
      'not-found | platform | linux/amd64 | linux/arm64',
    );
  });

  it('is told by the configs where an index does not say what its images are for', async () => {
    const shelf = new Shelf();
    const root = await shelf.index([
      await shelf.image('a', { architecture: 'arm64' }),
      await shelf.image('b', { architecture: 'amd64' }),
      { ...(await shelf.image('c', { architecture: 'riscv64' })), platform: { os: '', architecture: '' } },
    ]);
    expect(await outcome(shelf, root)).toBe('b');
    expect(await outcome(shelf, root, 'linux/riscv64')).toBe('c');
    const image = await imageOf(shelf, root);
    expect(image.platforms.map((it) => it.platform?.architecture)).toEqual(['arm64', 'amd64', 'riscv64']);
  });

  it('keeps a damaged one in the choice, where it fails only when it is taken', async () => {
    const shelf = new Shelf();
    const broken = await shelf.put(type.OCI_MANIFEST, '{');
    const root = await shelf.index([await shelf.image('fine'), broken]);
    expect(await outcome(shelf, root)).toBe('fine');
    expect(await outcome(shelf, root, broken.digest)).toBe('malformed | manifest | not JSON | 1');
  });
});

describe('what builders write', () => {
  it.each(['oci', 'docker'] as const)('opens: %s, alone and of an index', async (form) => {
    const layers = [utf8('lower'), utf8('upper')];
    const history = [{ created_by: 'a' }, { created_by: 'b', empty_layer: true }, { created_by: 'c' }];
    const made = builtImage({ form, layers, config: { history } });
    const other = builtImage({ form, layers, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } });
    for (const root of [made, indexOf([other, made], form)]) {
      const opened = await openImage(inMemory(root), {}, NEVER);
      if (opened.kind !== 'image') throw new Error('not an image');
      const { image } = opened;
      expect(image.config.descriptor).toEqual(made.config);
      expect(image.layers.map(({ descriptor }) => descriptor)).toEqual(made.layers);
      expect(image.layers.map(({ diffId }) => diffId)).toEqual(made.diffIds);
      expect(image.layers.map(({ step }) => step?.createdBy)).toEqual(['a', 'c']);
      expect(image.history.map(({ layer }) => layer)).toEqual([0, null, 1]);
    }
  });
});

describe('indexes in indexes', () => {
  it('are seen through: 0 to 8 of them around an image give the same image', async () => {
    const shelf = new Shelf();
    const plain = await imageOf(shelf, await shelf.image('inner', { layers: 3 }));
    let root: Descriptor = plain.manifest.descriptor;
    for (let depth = 1; depth <= 9; depth++) {
      root = await shelf.index([on(await shelf.image(`other ${depth}`), 'linux/s390x'), root]);
      const image = await imageOf(shelf, root, { platform: 'linux/amd64' });
      expect([image.manifest, image.config, image.layers, image.platform]).toEqual([
        plain.manifest,
        plain.config,
        plain.layers,
        plain.platform,
      ]);
      expect(image.indexes).toHaveLength(depth);
      expect(image.platforms).toHaveLength(depth + 1);
      expect(image.indexes[0]!.descriptor.digest).toBe(root.digest);
    }
    const deep = await shelf.index([root]);
    expect(await outcome(shelf, deep)).toBe('too-large | nested indexes | 8');
  });

  it('give their images in the order of the text, each once', async () => {
    const shelf = new Shelf();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const images = await Promise.all(
      names.map(async (name) => on(await shelf.image(name, { architecture: name }), `linux/${name}`)),
    );
    const inner = await shelf.index(images.slice(1, 3));
    const root = await shelf.index([images[0], inner, images[3], inner, images[1], images[4]]);
    expect(await outcome(shelf, root)).toBe('choose: linux/a, linux/b, linux/c, linux/d, linux/e');
    expect(shelf.opened.filter((digest) => digest === inner.digest)).toHaveLength(1);
  });

  it('pass their platform on to entries that have none', async () => {
    const shelf = new Shelf();
    const inner = await shelf.index([await shelf.image('inner', { os: '', architecture: '' })]);
    const root = await shelf.index([on(await shelf.image('a'), 'linux/amd64'), on(inner, 'linux/ppc64le')]);
    expect(await outcome(shelf, root, 'linux/ppc64le')).toBe('inner');
    const image = await imageOf(shelf, root, { platform: 'linux/ppc64le' });
    expect(image.platform).toEqual({ os: 'linux', architecture: 'ppc64le' });
  });

  it('may be disguised as manifests', async () => {
    const shelf = new Shelf();
    const inner = await shelf.index([
      on(await shelf.image('arm', { architecture: 'arm64' }), 'linux/arm64'),
      on(await shelf.image('amd'), 'linux/amd64'),
    ]);
    const root = await shelf.index([{ ...inner, mediaType: type.OCI_MANIFEST }]);
    expect(await outcome(shelf, root)).toBe('amd');
    expect(await outcome(shelf, await shelf.index([{ ...inner, mediaType: undefined }]))).toBe('amd');
  });

  it('may be absent, without keeping the others from being opened', async () => {
    const shelf = new Shelf();
    const inner = await shelf.index([
      on(await shelf.image('gone', { architecture: 's390x' }), 'linux/s390x'),
    ]);
    const root = await shelf.index([inner, on(await shelf.image('here'), 'linux/amd64')]);
    shelf.blobs.delete(inner.digest);
    const image = await imageOf(shelf, root);
    expect(image.absent.map(({ digest }) => digest)).toEqual([inner.digest]);
    expect(await outcome(shelf, await shelf.index([inner]))).toBe(`not-found | manifest | ${inner.digest}`);
  });

  it('are bounded in number', async () => {
    const shelf = new Shelf();
    const inner = await Promise.all(
      Array.from({ length: 600 }, (_, i) => shelf.index([], { annotations: { i: `${i}` } })),
    );
    expect(await outcome(shelf, await shelf.index(inner))).toBe('too-large | documents | 512');
  });
});

describe('entries of a type that nobody knows', () => {
  const UNKNOWN = 'application/vnd.example.unheard-of.v7+json';
  const amd = builtImage({ layers: [utf8('amd')] });
  const arm = builtImage({ layers: [utf8('arm')], platform: { os: 'linux', architecture: 'arm64' } });
  const called = (image: typeof amd, mediaType: string, platform = image.root.platform) => ({
    ...image,
    root: { ...image.root, mediaType, platform: platform! },
  });
  const nameless = (image: typeof amd) => {
    const { platform: _, ...root } = called(image, UNKNOWN).root;
    return { ...image, root };
  };
  const note = utf8('a note');
  const odd = async () => {
    const root = await new Shelf().put(UNKNOWN, 'a note');
    return { root, blobs: new Map([[root.digest, note]]) };
  };

  it('are manifests, and keep nobody from opening the image', async () => {
    const registry = await FakeRegistry.start();
    try {
      registry.push('app', 'beside', indexOf([await odd(), called(arm, UNKNOWN), amd]));
      registry.push('app', 'only', indexOf([called(arm, UNKNOWN)]));
      registry.push('app', 'nameless', indexOf([await odd(), nameless(arm), nameless(amd)]));
      const open = async (tag: string, platform: string | null = null) => {
        const origin = { kind: 'registry', registry: registry.host, repository: 'app', tag } as const;
        const opened = await openImage(new RegistrySource(origin), { platform }, NEVER);
        return opened.kind === 'image' ? opened.image.manifest.descriptor.digest : opened.kind;
      };
      expect(await open('beside')).toBe(amd.root.digest);
      expect(await open('beside', 'linux/arm64')).toBe(arm.root.digest);
      expect(await open('only')).toBe(arm.root.digest);
      expect(await open('nameless')).toBe(amd.root.digest);
      const manifests = [amd, arm].map(({ root }) => root.digest);
      const asBlobs = registry.server.lines().filter((line) => line.includes('/blobs/'));
      expect(asBlobs.filter((line) => manifests.some((digest) => line.includes(digest)))).toEqual([]);
    } finally {
      await registry.stop();
    }
  });
});

describe('manifests that are not there', () => {
  // `docker save` writes the index of all platforms, and the blobs of one.
  it('leave the one that is', async () => {
    const shelf = new Shelf();
    const names = ['linux/amd64', 'linux/arm64', 'linux/s390x'];
    const manifests = await Promise.all(names.map((name) => shelf.image(name)));
    const root = await shelf.index(manifests.map((descriptor, i) => on(descriptor, names[i]!)));
    shelf.blobs.delete(manifests[0]!.digest);
    expect(await outcome(shelf, root)).toBe('choose: linux/arm64, linux/s390x');
    shelf.blobs.delete(manifests[2]!.digest);
    expect(await outcome(shelf, root)).toBe('linux/arm64');
    const image = await imageOf(shelf, root);
    expect(image.absent.map(({ digest }) => digest)).toEqual([manifests[0]!.digest, manifests[2]!.digest]);
  });

  it('are known as such, unread, where the place knows what it lacks', async () => {
    const shelf = new Shelf();
    const names = ['linux/amd64', 'linux/arm64', 'linux/s390x', 'windows/amd64'];
    const manifests = await Promise.all(names.map((name) => shelf.image(name)));
    const root = await shelf.index(manifests.map((descriptor, i) => on(descriptor, names[i]!)));
    for (const i of [2, 3]) shelf.blobs.delete(manifests[i]!.digest);
    const source: Source = { ...shelf.from(root), lacks: ({ digest }) => !shelf.blobs.has(digest) };
    const open = async (platform: string | null) => {
      const opened = await openImage(source, { platform }, NEVER);
      return opened.kind === 'image' ? opened.image : null;
    };
    const image = (await open(null))!;
    expect(image.absent.map(({ platform }) => platform && platformText(platform))).toEqual(names.slice(2));
    expect(image.platforms.map(({ platform }) => platform && platformText(platform))).toEqual(
      names.slice(0, 2),
    );
    expect(shelf.opened).not.toContain(manifests[2]!.digest);
    await expect(open('linux/s390x')).rejects.toMatchObject({
      failure: { code: 'not-found', what: 'platform', name: 'linux/s390x', offered: names.slice(0, 2) },
    });
    shelf.blobs.delete(manifests[0]!.digest);
    expect((await open(null))!.manifest.descriptor.digest).toBe(manifests[1]!.digest);
  });

  it('are told as such where one was wished for, or none is left', async () => {
    const shelf = new Shelf();
    const manifest = await shelf.image('gone');
    const root = await shelf.index([on(manifest, 'linux/amd64')]);
    shelf.blobs.delete(manifest.digest);
    const gone = `not-found | manifest | ${manifest.digest}`;
    expect(await outcome(shelf, root)).toBe(gone);
    expect(await outcome(shelf, root, 'linux/amd64')).toBe(gone);
  });
});

describe('what is no image', () => {
  it('stays out of the choice: attestations', async () => {
    const shelf = new Shelf();
    const [amd, arm] = [await shelf.image('amd'), await shelf.image('arm')];
    const proof = await attestation(shelf);
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': arm.digest,
    };
    const marked = { ...on(proof, 'unknown/unknown'), annotations };
    const root = await shelf.index([on(arm, 'linux/arm64'), marked, on(proof, 'unknown/unknown')]);
    expect(await outcome(shelf, root)).toBe('arm');
    const { attestations, platforms } = await imageOf(shelf, root);
    expect(platforms.map(({ descriptor }) => descriptor.digest)).toEqual([arm.digest]);
    expect(attestations.map(({ about }) => about)).toEqual([arm.digest]);
    expect(await outcome(shelf, root, proof.digest)).toBe('artifact: in-toto attestation');
    expect(await outcome(shelf, await shelf.index([marked]))).toBe('artifact: in-toto attestation');
    expect(await outcome(shelf, proof)).toBe('artifact: in-toto attestation');
    expect(await outcome(shelf, await shelf.index([marked, amd]))).toBe('amd');
  });

  it('stays out of the choice: artifacts that nothing but their manifest gives away', async () => {
    const shelf = new Shelf();
    const chart = await shelf.put(type.OCI_MANIFEST, {
      schemaVersion: 2,
      config: await shelf.put('application/vnd.cncf.helm.config.v1+json', {}),
      layers: [],
    });
    const root = await shelf.index([chart, await shelf.image('image', { architecture: 'arm64' })]);
    expect(await outcome(shelf, root)).toBe('image');
    expect(await outcome(shelf, await shelf.index([chart]))).toBe('artifact: Helm chart');
  });

  it('is named', async () => {
    const shelf = new Shelf();
    const sbom = await shelf.index([], { artifactType: 'application/vnd.example.thing' });
    expect(await outcome(shelf, sbom)).toBe('unsupported | artifact | application/vnd.example.thing');
    const schema1 = await shelf.put(type.DOCKER_SCHEMA1_SIGNED, {
      schemaVersion: 1,
      fsLayers: [],
      history: [],
    });
    expect(await outcome(shelf, schema1)).toBe(`unsupported | schema1 | ${type.DOCKER_SCHEMA1_SIGNED}`);
  });

  it('is an image all the same, where only the type of its config is odd', async () => {
    const shelf = new Shelf();
    const layers = [{ mediaType: 'application/octet-stream', digest: idOf('x'), size: 3 }];
    const manifest = async (mediaType: string, config: unknown) =>
      shelf.put(type.OCI_MANIFEST, { schemaVersion: 2, config: await shelf.put(mediaType, config), layers });
    const image = { author: 'odd', rootfs: { diff_ids: [idOf('x')] } };
    const example = 'application/vnd.example.config';
    expect(await outcome(shelf, await manifest('application/octet-stream', image))).toBe('odd');
    expect(await outcome(shelf, await manifest(example, image))).toBe('odd');
    expect(await outcome(shelf, await manifest(example, {}))).toBe(`artifact: ${example}`);
    expect(await outcome(shelf, await manifest(example, '---'))).toBe(`artifact: ${example}`);
    expect(await outcome(shelf, await manifest(type.OCI_CONFIG, '---'))).toBe(
      'malformed | config | not JSON | 1',
    );
  });
});

describe('documents that do not agree', () => {
  it('fail: more layers than anything could mount', async () => {
    const shelf = new Shelf();
    const root = await shelf.image('x', { layers: 1025 });
    expect(await outcome(shelf, root)).toBe('too-large | layers | 1024 | 1025');
  });

  it('fail: diff IDs and layers', async () => {
    const shelf = new Shelf();
    const root = await shelf.image('x', {
      layers: 2,
      rootfs: { type: 'layers', diff_ids: [idOf('y')] },
    } as object);
    expect(await outcome(shelf, root)).toBe(
      'malformed | config | 1 diff IDs for 2 layers | /rootfs/diff_ids',
    );
    const silent = await imageOf(
      shelf,
      await shelf.image('x', { layers: 2, rootfs: { diff_ids: null } } as object),
    );
    expect(silent.layers.map((layer) => layer.diffId)).toEqual([null, null]);
  });

  it('fail: content and its digest or size, at every step', async () => {
    const shelf = new Shelf();
    const manifest = await shelf.image('x');
    const root = await shelf.index([on(manifest, 'linux/amd64')]);
    const { config } = await imageOf(shelf, root);
    for (const [subject, { digest }] of [
      ['index', root],
      ['manifest', manifest],
      ['config', config.descriptor],
    ] as const) {
      const right = shelf.blobs.get(digest)!;
      shelf.blobs.set(digest, utf8(readable(right).replace('2', '3').replace('x', 'y')));
      expect(await outcome(shelf, root)).toMatch(`digest-mismatch | ${subject} | ${digest}`);
      shelf.blobs.set(digest, concat([right, utf8(' ')]));
      expect(await outcome(shelf, root)).toMatch(`size-mismatch | ${subject} | ${digest} | ${right.length}`);
      shelf.blobs.set(digest, right);
    }
    expect(await outcome(shelf, root)).toBe('x');
  });

  it('fail: a claim past the limit, before a byte is read', async () => {
    const shelf = new Shelf();
    const manifest = { ...(await shelf.image('x')), size: 4 * 1024 * 1024 + 1 };
    const root = await shelf.index([on(manifest, 'linux/amd64')]);
    expect(await outcome(shelf, root)).toBe('too-large | manifest | 4194304 | 4194305');
    expect(shelf.opened).toEqual([root.digest]);
  });
});

describe('an image', () => {
  it('takes the variant from the index where its config leaves it out', async () => {
    const shelf = new Shelf();
    const image = await shelf.image('x', { architecture: 'arm' });
    for (const [claimed, platform] of [
      ['linux/arm/v7', 'linux/arm/v7'],
      ['linux/amd64', 'linux/arm'],
    ] as const) {
      const root = await shelf.index([on(image, claimed)]);
      expect(platformText((await imageOf(shelf, root)).platform!)).toBe(platform);
    }
  });

  it('opens with encrypted layers: only they cannot be read', async () => {
    const shelf = new Shelf();
    const root = await shelf.put(type.OCI_MANIFEST, {
      schemaVersion: 2,
      config: await shelf.put(type.OCI_CONFIG, { author: 'secret', rootfs: { diff_ids: [idOf('s')] } }),
      layers: [{ mediaType: `${type.OCI_LAYER}+gzip+encrypted`, digest: idOf('t'), size: 1 }],
    });
    expect(await outcome(shelf, root)).toBe('secret');
  });

  it('is read from data inlined in its descriptors, checked like any other', async () => {
    const shelf = new Shelf();
    const config = await shelf.put(type.OCI_CONFIG, { author: 'inlined', rootfs: { diff_ids: [] } });
    const data = toBase64(shelf.blobs.get(config.digest)!);
    shelf.blobs.delete(config.digest);
    const manifest = (inlined: string) =>
      shelf.put(type.OCI_MANIFEST, { schemaVersion: 2, config: { ...config, data: inlined }, layers: [] });
    expect(await outcome(shelf, await manifest(data))).toBe('inlined');
    const wrong = toBase64(utf8('!'.repeat(config.size)));
    expect(await outcome(shelf, await manifest(wrong))).toMatch('digest-mismatch | config');
  });

  it('is not opened once it is not wanted any more', async () => {
    const shelf = new Shelf();
    const abort = new AbortController();
    abort.abort();
    const opening = openImage(shelf.from(await shelf.image('x')), {}, abort.signal);
    await expect(opening).rejects.toSatisfy(isAbort);
  });
});

/** As buildkit writes one: the types of an image around a layer that is none. */
async function attestation(shelf: Shelf): Promise<Descriptor> {
  return shelf.put(type.OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: type.OCI_MANIFEST,
    config: await shelf.put(type.OCI_CONFIG, {
      os: 'unknown',
      architecture: 'unknown',
      rootfs: { type: 'layers', diff_ids: [idOf('proof')] },
    }),
    layers: [{ mediaType: 'application/vnd.in-toto+json', digest: idOf('proof'), size: 9 }],
  });
}
