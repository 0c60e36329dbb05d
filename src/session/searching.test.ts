/** Looking for a text in the files of an open image, with the workers' jobs on this thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FindTable } from '../image/find/find-table.ts';
import { MAX_IN_FILE } from '../image/find/layer-search.ts';
import { planSearch } from '../image/find/search-plan.ts';
import type { TextPattern } from '../image/find/query.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { imageOf } from '../testing/image-of.ts';
import { InProcessWorker } from '../testing/in-process-worker.ts';
import { sessionAt, settled, until } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';
import { WorkerPool } from '../worker/pool.ts';
import { runSearchJob, type SearchJob, type SearchMessage } from '../worker/search-job.ts';
import { MAX_MATCHES, Searching, SILENCE_MS } from './searching.svelte.ts';

/** One more than are told. */
const MANY = Array.from({ length: MAX_MATCHES / MAX_IN_FILE + 1 }, (_, i) => `/many-${i}`);

const image = imageOf({
  layers: [
    tarOf([
      { name: 'etc/hosts', content: 'localhost\nquarry stone\n' },
      { name: 'etc/motd', content: 'a stone\nand a stone\n' },
      { name: 'bin/tool', content: 'stone\0stone' },
    ]),
    tarOf([
      { name: 'etc/motd', content: 'no more\n' },
      ...MANY.map((name) => ({ name, content: 'stone\n'.repeat(MAX_IN_FILE) })),
    ]),
  ],
});

const STONE: TextPattern = { how: 'substring', value: 'stone', anyCase: false };

describe('looking for a text', () => {
  let registry: FakeRegistry;
  beforeAll(async () => {
    registry = await FakeRegistry.start();
    registry.push('app', 'one', image);
  });
  afterAll(() => registry.stop());

  const pool = () =>
    new WorkerPool<SearchJob, SearchMessage>(
      () =>
        new InProcessWorker<SearchJob, SearchMessage>((job, post) =>
          runSearchJob(job, post),
        ) as unknown as Worker,
      2,
    );

  /** `paths`: where it is looked for. */
  async function look(paths: readonly string[], from = pool(), silence = SILENCE_MS) {
    const { session } = sessionAt(`#image=${registry.host}/app:one`);
    await settled(session);
    const { open } = session.files;
    const { tree } = open;
    const ids = Uint32Array.from(paths, (path) => tree.find(path)!);
    const plans = planSearch(new FindTable({ tree: tree.columns, layers: tree.layers }), ids);
    const searching = new Searching(open, plans, (id) => tree.path(id), STONE, from, silence);
    const over = () => until(session, () => searching.state !== 'running');
    return { session, searching, over };
  }

  const lines = ({ found }: Searching) =>
    found.flatMap(({ path, matches }) => matches.map(({ line, text }) => `${path}:${line}:${text}`));

  it('tells the lines, by path, and what was passed by', async () => {
    const { searching, over } = await look(['/etc/motd', '/etc/hosts', '/bin/tool']);
    await over();
    expect(searching.state).toBe('done');
    expect(lines(searching)).toEqual(['/etc/hosts:2:quarry stone']);
    expect(searching.matches).toBe(1);
    expect(searching.progress).toEqual({ bytes: 42, allBytes: 42, files: 3, allFiles: 3, binaries: 1 });
  });

  it('stops at as many lines as anybody reads', async () => {
    const { searching, over } = await look(MANY);
    await over();
    expect(searching.state).toBe('limit');
    expect(searching.matches).toBe(MAX_MATCHES);
  });

  it('says what it waits for, and of a layer that cannot be read why; the others are looked into', async () => {
    const { session, searching, over } = await look(['/etc/hosts', '/etc/motd'], pool(), 10_000);
    const [lower, upper] = image.layers.map(({ digest }) => new RegExp(`blobs/${digest}`));
    registry.server.break(
      { on: lower!, fault: { status: 429, headers: { 'Retry-After': '2' } } },
      { on: upper!, fault: { status: 404 } },
    );
    await until(session, () => session.waiting.last !== null);
    expect(session.waiting.last).toMatchObject({ why: 'too-many' });
    await over();
    expect(session.waiting.last).toBeNull();
    expect(lines(searching)).toEqual(['/etc/hosts:2:quarry stone']);
    expect(searching.failures).toMatchObject([{ layer: 1, failure: { code: 'not-found' } }]);
  });

  it('is over when it is cancelled, and when nothing is heard of a thread any more', async () => {
    const mute = () =>
      new WorkerPool<SearchJob, SearchMessage>(
        () =>
          new InProcessWorker<SearchJob, SearchMessage>((_, post) =>
            post({ type: 'progress', counts: { bytes: 0, files: 0, binaries: 0 }, found: [] }),
          ) as unknown as Worker,
        2,
      );
    const cancelled = await look(['/etc/hosts'], mute());
    cancelled.searching.cancel();
    expect(cancelled.searching.state).toBe('cancelled');
    const silent = await look(['/etc/hosts'], mute(), 50);
    await silent.over();
    expect(silent.searching.state).toBe('too-long');
  });
});
