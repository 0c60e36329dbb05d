/** What is installed in an open image, with the worker's job on this thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { imageOf } from '../testing/image-of.ts';
import { InProcessWorker } from '../testing/in-process-worker.ts';
import { sessionAt, settled } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';
import { runInstalledJob, type InstalledJob, type InstalledMessage } from '../worker/installed-job.ts';
import { WorkerPool } from '../worker/pool.ts';
import { Packages } from './packages.svelte.ts';

const STATUS = 'Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\n';

const image = imageOf({
  layers: [
    tarOf([
      { name: 'var/lib/dpkg/status', content: 'Package: a\nVersion: 1\n' },
      { name: 'var/lib/dpkg/info/a.list', content: '/.\n/bin\n/bin/a\n' },
      { name: 'bin/a', content: 'aaa' },
    ]),
    tarOf([
      { name: 'var/lib/dpkg/status', content: STATUS },
      { name: 'var/lib/dpkg/info/b.list', content: '/.\n/bin\n/bin/b\n/bin/gone\n' },
      { name: 'bin/b', content: 'bb' },
      // Another name of a file that describes a package: it is of two.
      { name: 'app/node_modules/c/package.json', content: '{"name":"c","version":"3"}' },
      {
        name: 'srv/node_modules/c/package.json',
        type: 'hardlink',
        linkname: 'app/node_modules/c/package.json',
      },
    ]),
  ],
});

describe('what is installed', () => {
  let registry: FakeRegistry;
  beforeAll(async () => {
    registry = await FakeRegistry.start();
    registry.push('app', 'one', image);
  });
  afterAll(() => registry.stop());

  type Run = (job: InstalledJob, post: (message: InstalledMessage) => void) => Promise<void>;
  const pool = (run: Run = runInstalledJob) =>
    new WorkerPool<InstalledJob, InstalledMessage>(
      () => new InProcessWorker<InstalledJob, InstalledMessage>(run) as unknown as Worker,
      1,
    );

  async function read(from = pool(), signal = new AbortController().signal): Promise<Packages> {
    const { session } = sessionAt(`#image=${registry.host}/app:one`);
    await settled(session);
    return new Packages(session.files.open, Promise.resolve(), signal, from);
  }

  it('is read out of all layers, each with its files', async () => {
    const packages = await read();
    const { installed, ownership, ids } = await packages.whenFound();
    const drawn = ownership.holdings.map(
      ({ files, bytes, missing, layers }, i) =>
        `${ids.id(i)} ${files} files ${bytes} B ${missing} missing ${JSON.stringify(layers)}`,
    );
    expect(drawn).toEqual([
      'deb:a@1 1 files 3 B 0 missing [[0,1]]',
      'deb:b@2 1 files 2 B 1 missing [[1,1]]',
      'npm:c@3 1 files 26 B 0 missing [[1,1]]',
      'npm:c@3#2 1 files 0 B 0 missing [[1,1]]',
    ]);
    expect(installed.damaged).toEqual([]);
    expect(packages.failure).toBeNull();
  });

  it('is read again after a failure', async () => {
    let isFailing = true;
    const packages = await read(
      pool(async (job, post) => {
        if (!isFailing) return runInstalledJob(job, post);
        post({ type: 'failed', failure: { code: 'unreachable', url: 'https://example.org/' } });
      }),
    );
    await expect(packages.whenFound()).rejects.toThrow();
    expect(packages.failure).toMatchObject({ code: 'unreachable' });
    isFailing = false;
    packages.retry();
    expect((await packages.whenFound()).installed.packages).toHaveLength(4);
    expect(packages.failure).toBeNull();
  });

  it('is not read on when the image was closed', async () => {
    const stop = new AbortController();
    const packages = await read(pool(), stop.signal);
    stop.abort(new DOMException('another image was asked for', 'AbortError'));
    await expect(packages.whenFound()).rejects.toThrow('another image was asked for');
    expect(packages.failure).toBeNull();
  });
});
