import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, utf8, type Bytes } from '../../base/bytes.ts';
import { dockerSave, legacySave } from '../../testing/docker-save.ts';
import { drawArchive, fileOf, folderOf } from '../../testing/draw-archive.ts';
import { digestOfBytes, imageOf, indexOf, layoutOf } from '../../testing/image-of.ts';
import { tarOf, type TestEntry } from '../../testing/tar-of.ts';
import { openArchive } from './open-archive.ts';

const BASE = tarOf([
  { name: 'etc/', type: 'dir' },
  { name: 'etc/release', content: 'stone' },
]);
const TOP = tarOf([{ name: 'etc/motd', content: 'hi' }]);
const TREE = `
  etc/ @0
    motd (2) @1
    release (5) @0`;

const gzip = (bytes: Uint8Array): Bytes => new Uint8Array(gzipSync(bytes));
const drawTar = (entries: readonly TestEntry[]) => drawArchive(fileOf(tarOf(entries)));
/** The entries of a tar with the files. */
const entriesOf = (files: ReadonlyMap<string, Bytes>, prefix = ''): TestEntry[] =>
  Array.from(files, ([name, content]) => ({ name: prefix + name, content }));
const changed = (entries: readonly TestEntry[], change: (entry: TestEntry) => TestEntry | TestEntry[]) =>
  entries.flatMap(change);

describe('what docker save writes', () => {
  const saved = dockerSave([{ layers: [BASE, TOP], tags: ['quarry:1'] }]);
  const drawn = `docker-archive, made manifest\nquarry:1${TREE}`;

  it('is opened from a tar, or from a folder that it was unpacked to', async () => {
    expect(await drawTar(saved)).toBe(drawn);
    const files = new Map(saved.map(({ name, content }) => [name as string, content as Bytes]));
    expect(await drawArchive(folderOf(files))).toBe(drawn);
    const within = new Map(Array.from(files, ([name, bytes]) => [`quarry/${name}`, bytes]));
    expect(await drawArchive(folderOf(within))).toBe(drawn);
  });

  it.each([
    ['in front of them ./', './', {}],
    ['a slash', '/', {}],
    ['more than 100 characters, GNU', `${'./'.repeat(40)}`, { dialect: 'gnu' }],
    ['more than 100 characters, PAX', `${'./'.repeat(40)}`, { dialect: 'pax' }],
    ['a way around', 'a/../', {}],
  ] as const)('is opened whatever its names have: %s', async (_, prefix, more) => {
    expect(
      await drawTar(saved.map((entry) => ({ ...entry, ...more, name: prefix + (entry.name as string) }))),
    ).toBe(drawn);
  });

  it('has layers that are compressed, whatever their names say: they are hashed, and still checked', async () => {
    const steps: string[] = [];
    const entries = dockerSave([{ layers: [BASE, TOP], tags: ['quarry:1'], isCompressed: true }]);
    expect(await drawTar(entries)).toBe(drawn);
    const { signal } = new AbortController();
    const onProgress = ({ step }: { step: string }) => steps.push(step);
    await openArchive(fileOf(tarOf(entries)), { signal, onProgress });
    expect(new Set(steps)).toEqual(new Set(['reading', 'hashing']));
  });

  it('holds several images with several names: one layer that they share is there once', async () => {
    const images = [
      { layers: [BASE], tags: ['base:1', 'base:latest'] },
      { layers: [BASE, TOP], tags: ['quarry:1'] },
      { layers: [TOP] },
    ];
    expect(await drawTar(dockerSave(images))).toBe(
      `docker-archive, made manifest
base:1 base:latest
  etc/ @0
    release (5) @0
quarry:1${TREE}
sha256:8e3e9a…
  etc/
    motd (2) @0`.replace(/sha256:\S+/, (await drawTar(dockerSave([images[2]!]))).split('\n')[1]!),
    );
  });

  it.each(['symlink', 'hardlink'] as const)('has layers that are links to others (%s)', async (type) => {
    const twice = dockerSave([{ layers: [BASE, BASE, TOP], tags: ['twice:1'] }]);
    const folder = 'f'.repeat(64);
    const [config, base] = twice as [TestEntry, TestEntry, ...TestEntry[]];
    const linked = changed(twice, (entry) => {
      if (entry.name !== 'manifest.json') return entry;
      const items = JSON.parse(new TextDecoder().decode(entry.content as Bytes)) as { Layers: string[] }[];
      items[0]!.Layers[1] = `${folder}/layer.tar`;
      const target = base.name as string;
      return [
        { name: `${folder}/layer.tar`, type, linkname: type === 'symlink' ? `../${target}` : target },
        { ...entry, content: JSON.stringify(items) },
      ];
    });
    expect(config.name).toMatch(/json$/);
    expect(await drawTar(linked)).toBe(`docker-archive, made manifest
twice:1
  etc/ @1
    motd (2) @2
    release (5) @1`);
  });

  it('ends in the middle: layers that are there are read', async () => {
    const [config, base, top, manifest] = saved as [TestEntry, TestEntry, TestEntry, TestEntry];
    const tar = tarOf([manifest, config, base, top]);
    const length = tar.length - 1024 - 1024;
    expect(await drawArchive(fileOf(tar.subarray(0, length)))).toBe(
      `docker-archive, made manifest, truncated ${length}
quarry:1
  not-found blob ${digestOfBytes(TOP).slice(0, 13)}…`,
    );
  });

  it.each<[string, (entry: TestEntry) => TestEntry | TestEntry[], string]>([
    [
      'manifest.json is cut',
      (it) => (it.name === 'manifest.json' ? { ...it, content: '[{' } : it),
      'malformed manifest not JSON 2',
    ],
    [
      'manifest.json is another one’s',
      (it) => (it.name === 'manifest.json' ? { ...it, content: '{"name":"app"}' } : it),
      'malformed manifest an object, expected an array ',
    ],
    [
      'manifest.json is empty',
      (it) => (it.name === 'manifest.json' ? { ...it, content: '[]' } : it),
      'malformed manifest names no image ',
    ],
    ['a layer is missing', (it) => (/layer/.test(it.name as string) ? [] : it), 'not-found blob .*layer.tar'],
    [
      'the config is missing',
      (it) => (/…?[0-9a-f]{64}\.json/.test(it.name as string) ? [] : it),
      'not-found blob .*json',
    ],
    [
      'manifest.json is missing',
      (it) => (it.name === 'manifest.json' ? [] : it),
      'not-found layout manifest.json',
    ],
    [
      'the config is not what its name says',
      (it) => (/[0-9a-f]{64}\.json/.test(it.name as string) ? { ...it, content: '{"os":"linux"}' } : it),
      'digest-mismatch config sha256:[0-9a-f]{6}… sha256:[0-9a-f]{6}…',
    ],
    [
      'a layer is another one',
      (it) => (/layer/.test(it.name as string) ? { ...it, content: BASE } : it),
      '[^]*other bytes than sha256:[0-9a-f]{6}…',
    ],
  ])('is damaged: %s', async (_, change, expected) => {
    expect(await drawTar(changed(saved, change))).toMatch(new RegExp(`^${expected}$`));
  });

  it('has two entries of one name (the last counts), and names that lead out (they do not count)', async () => {
    const base = saved[1]!;
    expect(
      await drawTar([
        { ...base, content: 'not this one' },
        ...saved,
        { name: '../../etc/passwd', content: 'root' },
        { name: 'x', type: 'symlink', linkname: '../..' },
      ]),
    ).toBe(
      `docker-archive, made manifest, duplicate-entry ${base.name as string}, outside ../../etc/passwd, outside x\nquarry:1${TREE}`,
    );
  });

  it('has links that lead round in a circle', async () => {
    const [, base] = saved as [TestEntry, TestEntry];
    const circle = changed(saved, (it) =>
      it === base
        ? [
            { name: base.name, type: 'symlink', linkname: '/loop' },
            { name: 'loop', type: 'symlink', linkname: base.name },
          ]
        : it,
    );
    expect(await drawTar(circle)).toBe(
      `not-found blob ${(base.name as string).replace(/(.{6}).{58}/, '$1…')}`,
    );
  });

  it('is sparse', async () => {
    const layer = concat([BASE.subarray(0, BASE.length - 1024), new Uint8Array(100 * 1024)]);
    const plain = dockerSave([{ layers: [layer], tags: ['sparse:1'] }]);
    const dataLength = BASE.length - 1024;
    const sparse = changed(plain, (it) =>
      /layer/.test(it.name as string)
        ? {
            ...it,
            content: layer.subarray(0, dataLength),
            pax: {
              'GNU.sparse.size': String(layer.length),
              'GNU.sparse.numblocks': '1',
              'GNU.sparse.map': `0,${dataLength}`,
            },
          }
        : it,
    );
    expect(tarOf(sparse).length).toBeLessThan(tarOf(plain).length - 90 * 1024);
    expect(await drawTar(sparse)).toBe(await drawTar(plain));
  });
});

describe('what Docker wrote before 1.10', () => {
  const drawn = (name: string) => `docker-archive, made manifest-and-config\n${name}${TREE}`;

  it('is read by its parents, named by repositories', async () => {
    expect(await drawTar(legacySave([BASE, TOP], { quarry: { '1': 'TOP' } }))).toBe(drawn('quarry:1'));
  });

  it('has no names: the image is that which is no parent', async () => {
    const text = await drawTar(legacySave([BASE, TOP], null));
    expect(text).toBe(drawn(text.split('\n')[1]!));
  });

  it('is damaged: a parent is missing, or parents go round in a circle', async () => {
    const entries = legacySave([BASE, TOP], { quarry: { '1': 'TOP' } });
    const without = entries.filter((_, i) => i > 3);
    expect(await drawTar(without)).toMatch(/^not-found blob [0-9a-f]{6}…\/json$/);
    const circle = legacySave([BASE], { quarry: { '1': 'TOP' } });
    const id = (circle[0]!.name as string).slice(0, -1);
    circle[2] = { ...circle[2]!, content: JSON.stringify({ id, parent: id }) };
    expect(await drawTar(circle)).toBe('too-large layers 1024');
  });
});

describe('an OCI image layout', () => {
  const image = imageOf({ layers: [BASE, TOP] });
  const arm = imageOf({ layers: [BASE], platform: { os: 'linux', architecture: 'arm64' } });
  const files = layoutOf({ '1.0': image });
  const drawn = `oci-layout\n1.0${TREE}`;

  it('is opened from a tar and from a folder, at the root or one folder down', async () => {
    expect(await drawTar(entriesOf(files))).toBe(drawn);
    expect(await drawTar(entriesOf(files, './quarry/'))).toBe(drawn);
    expect(await drawArchive(folderOf(files))).toBe(drawn);
  });

  it('is opened when it was compressed as a whole', async () => {
    const tar = tarOf(entriesOf(files));
    expect(await drawArchive(fileOf(gzip(tar)))).toBe(drawn);
    expect(await drawArchive(fileOf(gzip(tar.subarray(0, 1000)), gzip(tar.subarray(1000))))).toBe(drawn);
    expect(await drawArchive(fileOf(gzip(gzip(tar))))).toBe('unsupported compression gzip within gzip');
  });

  it('has several images: each its own, and those that are the same under all their names', async () => {
    const several = layoutOf({ a: image, b: arm, c: image, '': arm });
    const lines = (await drawTar(entriesOf(several))).split('\n').filter((line) => !line.startsWith(' '));
    expect(lines).toEqual(['oci-layout', 'a c', 'b']);
  });

  it('has one image of several platforms: as an index, nested or not, or without one, some of them absent', async () => {
    const index = indexOf([image, arm]);
    expect(await drawTar(entriesOf(layoutOf({ '1.0': index })))).toBe(drawn);
    expect(await drawTar(entriesOf(layoutOf({ '1.0': indexOf([index]) })))).toBe(drawn);
    const bare = layoutOf({ '': index });
    bare.set('index.json', index.blobs.get(index.root.digest)!);
    expect(await drawTar(entriesOf(bare))).toBe(`oci-layout\n${index.root.digest.slice(0, 13)}…${TREE}`);
    const absent = layoutOf({ '1.0': index });
    for (const digest of arm.blobs.keys()) {
      if (!image.blobs.has(digest)) absent.delete(`blobs/${digest.replace(':', '/')}`);
    }
    expect(await drawTar(entriesOf(absent))).toBe(drawn);
  });

  it('is Docker’s: named by containerd’s name, or by the tags in manifest.json', async () => {
    const { digest, size, mediaType } = image.root;
    const annotated = (annotations: object) =>
      utf8(JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, digest, size, annotations }] }));
    const config = `blobs/${image.config.digest.replace(':', '/')}`;
    const docker = new Map(files);
    docker.set(
      'index.json',
      annotated({
        'org.opencontainers.image.ref.name': '1',
        'io.containerd.image.name': 'docker.io/team/quarry:1',
      }),
    );
    expect(await drawTar(entriesOf(docker))).toBe(`oci-layout\ndocker.io/team/quarry:1${TREE}`);
    docker.set('index.json', annotated({}));
    docker.set(
      'manifest.json',
      utf8(JSON.stringify([{ Config: config, RepoTags: ['quarry:1', 'quarry:2'], Layers: [] }])),
    );
    expect(await drawTar(entriesOf(docker))).toBe(`oci-layout\nquarry:1 quarry:2${TREE}`);
  });

  it.each([
    ['oci-layout', 'not-found layout oci-layout'],
    ['index.json', 'not-found layout index.json'],
    [
      `blobs/${image.root.digest.replace(':', '/')}`,
      `oci-layout\n1.0\n  not-found blob ${image.root.digest.slice(0, 13)}…`,
    ],
  ])('misses %s', async (missing, expected) => {
    const damaged = new Map(files);
    expect(damaged.delete(missing)).toBe(true);
    expect(await drawTar(entriesOf(damaged))).toBe(expected);
    expect(await drawArchive(folderOf(damaged))).toBe(expected);
  });
});

describe('an archive that ends before its index', () => {
  it('is told by the manifests that are there: an image of a layout', async () => {
    const image = imageOf({ layers: [BASE, TOP] });
    const files = layoutOf({ '1.0': indexOf([image]) });
    const [layout, index, ...blobs] = entriesOf(files) as [TestEntry, TestEntry, ...TestEntry[]];
    const whole = tarOf([...blobs, index, layout]);
    const name = `${[...indexOf([image]).blobs.keys()].at(-1)!.slice(0, 13)}…`;
    // The end of the tar, and then oci-layout, index.json, and the index of the image go.
    const first = (length: number) => drawArchive(fileOf(whole.subarray(0, whole.length - 1024 - length)));
    expect(await first(500)).toBe(`oci-layout, truncated ${whole.length - 1524}\n1.0${TREE}`);
    expect(await first(1500)).toBe(`oci-layout, truncated ${whole.length - 2524}\n${name}${TREE}`);
    expect(await first(2500)).toBe(
      `oci-layout, truncated ${whole.length - 3524}\n${image.root.digest.slice(0, 13)}…${TREE}`,
    );
  });

  it('is told by its config: what skopeo and podman write', async () => {
    const renamed = dockerSave([{ layers: [BASE, TOP], tags: ['quarry:1'] }]).map((entry) => {
      if (!/layer/.test(entry.name as string)) return entry;
      return { ...entry, name: `${digestOfBytes(entry.content as Bytes).slice(7)}.tar` };
    });
    const [config, base, top, manifest] = renamed as [TestEntry, TestEntry, TestEntry, TestEntry];
    const whole = tarOf([base, top, config, manifest]);
    const lines = (await drawArchive(fileOf(whole.subarray(0, whole.length - 1524)))).split('\n');
    expect(lines[0]).toBe(`docker-archive, made manifest, truncated ${whole.length - 1524}`);
    expect(`\n${lines.slice(2).join('\n')}`).toBe(TREE);
  });

  const SKOPEO = dockerSave([{ layers: [BASE, TOP], tags: ['quarry:1'] }]).map((entry) => {
    if (!/layer/.test(entry.name as string)) return entry;
    return { ...entry, name: `${digestOfBytes(entry.content as Bytes).slice(7)}.tar` };
  });

  it('has its layers, and no config: they are laid upon each other, and that is said', async () => {
    const [config, base, top] = SKOPEO as [TestEntry, TestEntry, TestEntry, TestEntry];
    const whole = tarOf([base, top, config]);
    const first = async (length: number) => {
      const lines = (await drawArchive(fileOf(whole.subarray(0, length)))).split('\n');
      return [lines[0], ...lines.slice(2)].join('\n');
    };
    const [baseEnd, topEnd] = [512 + BASE.length, 1024 + BASE.length + TOP.length];
    const form = 'docker-archive, made manifest-and-config, truncated';
    expect(await first(topEnd + 512)).toBe(`${form} ${topEnd + 512}, loose stack${TREE}`);
    expect(await first(topEnd + 1)).toBe(`${form} ${topEnd + 1}, loose stack${TREE}`);
    const missing = `${digestOfBytes(TOP).slice(0, 13)}…`;
    expect(await first(topEnd - 100)).toBe(
      `${form} ${topEnd - 100}, loose stack\n  not-found blob ${missing}`,
    );
    expect(await first(baseEnd - 1024)).toBe(`malformed tar truncated ${baseEnd - 1024}`);
  });

  it('has layers whose order nobody knows: each is shown by itself', async () => {
    const drawn = (name: string) => `${name}\n  etc/ @0`;
    const lines = async (entries: readonly TestEntry[]) => {
      const whole = tarOf(entries);
      const text = await drawArchive(fileOf(whole.subarray(0, whole.length - 1024 - 100)));
      return text.replace(/sha256:[0-9a-f]{6}…/g, 'image').replace(/\d{3,}/, 'N');
    };
    const end = { name: 'f'.repeat(64), content: 'x'.repeat(1000) };
    const docker = dockerSave([{ layers: [BASE, TOP] }]).slice(1, 3);
    const image = imageOf({ layers: [BASE, TOP] });
    const isLayer = ({ content }: TestEntry) => (content as Bytes)[0] !== 0x7b;
    const blobs = entriesOf(layoutOf({ '': image })).filter(
      (entry) => (entry.name as string).startsWith('blobs/') && isLayer(entry),
    );
    for (const entries of [docker, blobs]) {
      expect(await lines([...entries, end])).toBe(
        `docker-archive, made manifest-and-config, truncated N, loose layers
${drawn('image')}
    release (5) @0
image
  etc/
    motd (2) @0`,
      );
    }
  });
});

describe('a root filesystem', () => {
  it.each([
    ['plain', BASE],
    ['compressed', gzip(BASE)],
  ])('is an image of one layer (%s)', async (_, bytes) => {
    const lines = (await drawArchive(fileOf(bytes))).split('\n');
    expect([lines[0], ...lines.slice(2)]).toEqual([
      'root-filesystem, made manifest-and-config',
      '  etc/ @0',
      '    release (5) @0',
    ]);
  });

  it('may have images in it', async () => {
    const inner = entriesOf(layoutOf({ '1.0': imageOf({ layers: [BASE] }) }), 'srv/images/');
    expect(await drawTar([{ name: 'etc/hosts', content: 'x' }, ...inner])).toMatch(/^root-filesystem/);
  });

  it('may have a manifest.json of its own', async () => {
    expect(
      await drawTar([
        { name: 'etc/hosts', content: 'x' },
        { name: 'manifest.json', content: '{"name": "app"}' },
      ]),
    ).toMatch(/^root-filesystem/);
  });

  it('ends in the middle: what stands before is shown', async () => {
    const tar = tarOf([
      { name: 'a', content: 'a' },
      { name: 'b', content: new Uint8Array(5000) },
    ]);
    for (const [length, gone] of [
      [3000, 'truncated 3000'],
      [1100, 'truncated 1100'],
    ] as const) {
      const lines = (await drawArchive(fileOf(tar.subarray(0, length)))).split('\n');
      expect([lines[0], ...lines.slice(2)]).toEqual([
        `root-filesystem, made manifest-and-config, ${gone}`,
        '  a (1) @0',
      ]);
    }
    const cut = gzip(concat([tar, new Uint8Array(100_000)]));
    const text = await drawArchive(fileOf(cut.subarray(0, cut.length - 12)));
    expect(text.split('\n')[0]).toMatch(/^root-filesystem, made manifest-and-config, truncated \d+$/);
  });
});

describe('what is no image', () => {
  it.each<[string, Bytes]>([
    ['empty', utf8('')],
    ['text', utf8('hello, world')],
    ['json', utf8('{"a": 1}')],
    ['html', utf8('<!DOCTYPE html><p>')],
    ['jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)],
    ['zip', utf8('PK\x03\x04rest')],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4)],
    ['bzip2', utf8('BZh91AY&SY')],
    ['iso', concat([new Uint8Array(0x8000), utf8('\x01CD001'), new Uint8Array(3000)])],
    ['empty-tar', tarOf([], { trailer: 20 })],
    ['unknown', new Uint8Array(2 ** 21)],
    ['unknown', Uint8Array.of(0xde, 0xad, 0xbe, 0xef)],
    ['text', gzip(utf8('hello'))],
    ['text', gzip(utf8('hello '.repeat(1000)))],
  ])('looks like %s', async (looks, bytes) => {
    expect(await drawArchive(fileOf(bytes))).toBe(`not-an-image dropped ${looks}`);
  });

  it('is a folder', async () => {
    expect(await drawArchive(folderOf(new Map()))).toBe('not-an-image dropped empty-folder');
    const site = new Map([
      ['site/index.html', utf8('<html>')],
      ['site/manifest.json', utf8('{}')],
    ]);
    expect(await drawArchive(folderOf(site))).toBe('not-an-image dropped folder');
  });

  it('is a file that is gone', async () => {
    const gone = fileOf('x');
    const file = (gone as { file: File }).file;
    file.slice = () => {
      throw new DOMException('gone', 'NotReadableError');
    };
    expect(await drawArchive(gone)).toBe('not-found file dropped');
  });
});

it('lets go where it is told to', async () => {
  const aborted = AbortSignal.abort();
  const options = { signal: aborted, onProgress: () => {} };
  await expect(openArchive(fileOf(BASE), options)).rejects.toBe(aborted.reason);
  await expect(openArchive(folderOf(new Map()), options)).rejects.toBe(aborted.reason);
});
