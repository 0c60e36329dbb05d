/** The images of the benchmark, in the storage of a docker-registry under .cache/bench, made once. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { setChecksum } from '../../src/testing/tar-of.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, sha256 } from '../fixtures/layout.ts';
import { run, runScript } from '../fixtures/process.ts';
import { Pusher } from '../fixtures/push.ts';
import { startRegistry } from '../fixtures/registry.ts';

/** Layers of the image of real files: the packages of each by a rule, up to a size. Bytes. */
const LAYERS = [
  { title: 'base', picks: /^(required|important)$/, by: 'priority', limit: 120e6 },
  { title: 'libraries', picks: /^lib/, by: 'name', limit: 220e6 },
  { title: 'programs', picks: /^(?!lib)/, by: 'name', limit: 160e6 },
  { title: 'documentation', picks: /-(doc|common|data)$|^doc-/, by: 'name', limit: 60e6 },
] as const;

/** What the issue asks for at least, of real files. */
const LEAST_UNPACKED = 300e6;
/** Entries of the synthetic image, and how many layers they are spread over. */
const ENTRIES = 1_000_000;
const ENTRY_LAYERS = 4;

const OCI_ARCHIVE = 'real.oci.tar';
const DOCKER_ARCHIVE = 'large.docker.tar';

/** The local tarball of plain layers: its layers' limits are so many times those above, to make 900 MB. */
const LARGE = 2.15;

export interface BenchImages {
  readonly storage: string;
  /** The image of real files as an OCI archive, and a larger one as a docker archive, as skopeo writes them. */
  readonly ociArchive: string;
  readonly dockerArchive: string;
}

export async function makeBenchImages(folder: string): Promise<BenchImages> {
  // Another name for other images, or those of an older recipe would be taken for them.
  const done = join(folder, 'images-2');
  if (!existsSync(done)) {
    console.log('Making the images of the benchmark (once, some minutes) …');
    const making = join(folder, 'making');
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    const registry = await startRegistry({
      storage: join(making, 'storage'),
      folder,
      name: 'making',
      cors: false,
    });
    try {
      await pushReal(new Pusher(registry.host, 'bench/real'), making, 1);
      await pushEntries(new Pusher(registry.host, 'bench/entries'));
      await pushReal(new Pusher(registry.host, 'bench/large'), making, LARGE);
      await save(`${registry.host}/bench/real:latest`, `oci-archive:${join(making, OCI_ARCHIVE)}`);
      await save(`${registry.host}/bench/large:latest`, `docker-archive:${join(making, DOCKER_ARCHIVE)}`);
    } finally {
      await registry.stop();
    }
    renameSync(making, done);
  }
  return {
    storage: join(done, 'storage'),
    ociArchive: join(done, OCI_ARCHIVE),
    dockerArchive: join(done, DOCKER_ARCHIVE),
  };
}

async function save(reference: string, to: string): Promise<void> {
  await run('skopeo', ['copy', '--quiet', '--src-tls-verify=false', `docker://${reference}`, to]);
}

/** Files of the Debian packages that are installed here, as a package manager would have put them into layers. */
async function pushReal(pusher: Pusher, work: string, scale: number): Promise<void> {
  const format = '${Package}\t${Priority}\t${Installed-Size}\n';
  const packages = (await run('dpkg-query', ['--show', `--showformat=${format}`]))
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', priority = '', size = '0']) => ({ name, priority, size: Number(size) * 1024 }));
  const left = new Set(packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  const layers = [];
  const diffIds: string[] = [];
  let unpacked = 0;
  for (const { title, picks, by, limit: one } of LAYERS) {
    const limit = one * scale;
    let size = 0;
    const chosen = [...left].filter((it) => {
      // A giant would be a layer by itself, and hide what many files cost.
      if (!picks.test(it[by]) || it.size > limit / 3 || size + it.size > limit) return false;
      size += it.size;
      return true;
    });
    if (chosen.length === 0) continue;
    for (const it of chosen) left.delete(it);
    const names = join(work, `${title}.names`);
    const tar = join(work, `${title}.tar`);
    writeFileSync(names, chosen.map((it) => it.name).join('\n'));
    await runScript(
      `xargs dpkg -L < "$names" 2>/dev/null | grep '^/.' | LC_ALL=C sort -u | sed 's,^/,,' > "$names.files"
       tar -C / --no-recursion --verbatim-files-from --ignore-failed-read --numeric-owner --format=posix \\
         --pax-option=delete=atime,delete=ctime --files-from="$names.files" -cf "$tar" 2>/dev/null || [ -s "$tar" ]`,
      { names, tar },
    );
    const bytes = readFileSync(tar);
    unpacked += bytes.length;
    diffIds.push(sha256(bytes));
    layers.push(await pusher.blob(gzipSync(bytes, { level: 6 }), OCI_LAYER_GZIP));
    rmSync(tar);
  }
  if (layers.length < 3 || unpacked < LEAST_UNPACKED) {
    throw new Error(
      `The Debian packages here make ${layers.length} layers of ${unpacked} bytes; ${LEAST_UNPACKED} are needed: install more.`,
    );
  }
  await pushImage(pusher, layers, diffIds);
}

/** Headers only, of files without bytes, with the names of a large Node project: deep, repetitive, all different. */
async function pushEntries(pusher: Pusher): Promise<void> {
  const layers = [];
  const diffIds: string[] = [];
  const perLayer = ENTRIES / ENTRY_LAYERS;
  for (let layer = 0; layer < ENTRY_LAYERS; layer++) {
    const tar = new Uint8Array(perLayer * 512 + 1024);
    const template = Buffer.alloc(512);
    template.write('0000644\x000000000\x000000000\x0000000000000\x0014523145200\0', 100, 'latin1');
    template.write('0', 156);
    template.write('ustar\x0000', 257, 'latin1');
    for (let i = 0; i < perLayer; i++) {
      const block = tar.subarray(i * 512, (i + 1) * 512);
      block.set(template);
      const hash = createHash('md5').update(`${layer}/${i}`).digest('hex').slice(0, 10);
      // 100 files in a folder, 25 folders in a package; every layer adds to packages of the one before.
      const [folder, pack] = [Math.floor(i / 100), Math.floor(i / 2500)];
      const name = `srv/app/node_modules/package-${pack}/lib/part-${folder % 25}/${hash}-${layer}.js`;
      block.set(Buffer.from(name, 'latin1'));
      setChecksum(block);
    }
    diffIds.push(sha256(tar));
    layers.push(await pusher.blob(gzipSync(tar, { level: 4 }), OCI_LAYER_GZIP));
  }
  await pushImage(pusher, layers, diffIds);
}

async function pushImage(
  pusher: Pusher,
  layers: readonly unknown[],
  diffIds: readonly string[],
): Promise<void> {
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map((_, i) => ({ created: '2025-01-01T00:00:00Z', created_by: `RUN step ${i}` })),
  };
  await pusher.manifest(
    {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: await pusher.json(config, OCI_CONFIG),
      layers,
    },
    'latest',
  );
}
