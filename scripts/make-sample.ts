/**
 * Makes public/sample/, the image that the app shows to whoever has none at hand: an OCI layout with two platforms.
 * The same bytes each time: fixed times and owners, entries in a fixed order, gzip by pako (zlib's output differs from
 * one build of Node to the next). `npm run sample`; with `--check` it only says whether the files are as they would be.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzip } from 'pako';
import {
  LayoutWriter,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  sha256,
  type LayoutDescriptor,
} from '../e2e/fixtures/layout.ts';
import { tarOf, type TestEntry } from '../src/testing/tar-of.ts';
import { BUILD, COPY, OWN } from './sample/app.ts';
import { BASE } from './sample/base.ts';
import { toolsOf } from './sample/tools.ts';

const CREATED = '2025-05-12T09:42:00Z';
const TITLE = 'bedrock:1.4';

interface Step {
  readonly at: string;
  readonly by: string;
  /** Absent for a step that only changes the config. */
  readonly entries?: readonly TestEntry[];
}

const stepsOf = (architecture: 'amd64' | 'arm64'): readonly Step[] => [
  { at: '09:30', by: 'ADD rootfs.tar.xz / # buildkit', entries: BASE },
  { at: '09:30', by: 'ENV PATH=/usr/sbin:/usr/bin' },
  { at: '09:31', by: 'ARG STRATA=1.4-1' },
  {
    at: '09:32',
    by: 'RUN |1 STRATA=1.4-1 /bin/sh -c pkg update && pkg install strata=$STRATA && setcap cap_net_raw=ep /usr/bin/probe # buildkit',
    entries: toolsOf(architecture),
  },
  { at: '09:39', by: 'WORKDIR /app' },
  { at: '09:40', by: 'COPY . /app # buildkit', entries: COPY },
  {
    at: '09:41',
    by: 'RUN /bin/sh -c ./build && rm -r templates /var/cache/pkg /var/log/pkg.log && ln -sf ../app/README.md /etc/motd # buildkit',
    entries: BUILD,
  },
  {
    at: '09:42',
    by: 'RUN /bin/sh -c chown -R bedrock: data && chmod 2770 data && mkfifo -m 600 /run/bedrock/queue # buildkit',
    entries: OWN,
  },
  { at: '09:42', by: 'USER bedrock' },
  { at: '09:42', by: 'EXPOSE map[8080/tcp:{}]' },
  { at: '09:42', by: 'ENTRYPOINT ["/app/server"]' },
  { at: '09:42', by: 'CMD ["--verbose"]' },
];

const LABELS = {
  'org.opencontainers.image.title': 'Bedrock',
  'org.opencontainers.image.description':
    'The sample image of Stratascope: a page about rocks, layer upon layer',
  'org.opencontainers.image.licenses': 'CC0-1.0',
  'org.opencontainers.image.version': '1.4',
};

function writePlatform(layout: LayoutWriter, architecture: 'amd64' | 'arm64'): LayoutDescriptor {
  const layers: LayoutDescriptor[] = [];
  const diffIds: string[] = [];
  const history = stepsOf(architecture).map(({ at, by, entries }) => {
    if (entries !== undefined) {
      const tar = tarOf(entries);
      diffIds.push(sha256(tar));
      layers.push(layout.blob(gzip(tar, { level: 9 }), OCI_LAYER_GZIP));
    }
    return {
      created: `2025-05-12T${at}:00Z`,
      created_by: by,
      comment: 'buildkit.dockerfile.v0',
      ...(entries === undefined ? { empty_layer: true } : {}),
    };
  });
  const config = layout.json(
    {
      created: CREATED,
      author: 'The authors of Stratascope',
      architecture,
      os: 'linux',
      ...(architecture === 'arm64' ? { variant: 'v8' } : {}),
      config: {
        User: 'bedrock',
        ExposedPorts: { '8080/tcp': {} },
        Env: ['PATH=/usr/sbin:/usr/bin', 'PORT=8080'],
        Entrypoint: ['/app/server'],
        Cmd: ['--verbose'],
        WorkingDir: '/app',
        Labels: LABELS,
        StopSignal: 'SIGTERM',
      },
      rootfs: { type: 'layers', diff_ids: diffIds },
      history,
    },
    OCI_CONFIG,
  );
  const manifest = layout.json({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }, OCI_MANIFEST);
  const variant = architecture === 'arm64' ? { variant: 'v8' } : {};
  return { ...manifest, platform: { os: 'linux', architecture, ...variant } };
}

function makeSample(folder: string): void {
  const layout = new LayoutWriter(folder);
  const manifests = [writePlatform(layout, 'amd64'), writePlatform(layout, 'arm64')];
  const index = layout.json(
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests, annotations: LABELS },
    OCI_INDEX,
  );
  layout.finish([{ ...index, annotations: { 'org.opencontainers.image.ref.name': TITLE } }]);
}

/** Every file with its bytes as base64, for comparison. */
function contentsOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${file.slice(folder.length)} ${readFileSync(file).toString('base64')}`)
    .join('\n');
}

const target = join(import.meta.dirname, '../public/sample');
if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  try {
    makeSample(folder);
    if (contentsOf(folder) !== contentsOf(target)) {
      console.error('public/sample is not what scripts/make-sample.ts makes: npm run sample');
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  rmSync(target, { recursive: true, force: true });
  makeSample(target);
  const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const size = files.reduce((sum, file) => sum + readFileSync(join(file.parentPath, file.name)).length, 0);
  console.log(`public/sample: ${files.length} files, ${size} bytes`);
}
