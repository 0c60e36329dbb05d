/** Reading files of an open image, with the workers' jobs on this thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../base/bytes.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { fileOf, layoutTarOf } from '../testing/archive-of.ts';
import { imageOf } from '../testing/image-of.ts';
import { Random } from '../testing/random.ts';
import { sessionAt, settled } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';

const LARGE = new Random(1).bytes(3_000_000);
const image = imageOf({
  layers: [
    tarOf([
      { name: 'etc/passwd', content: 'root:x:0:0' },
      { name: 'large', content: LARGE },
    ]),
    tarOf([
      { name: 'etc/same', type: 'hardlink', linkname: 'etc/passwd' },
      { name: 'to-same', type: 'symlink', linkname: '/etc/same' },
      { name: 'to-nothing', type: 'symlink', linkname: 'nowhere' },
    ]),
  ],
});

describe('reading files of an image', () => {
  let registry: FakeRegistry;
  beforeAll(async () => {
    registry = await FakeRegistry.start();
    registry.push('team/app', 'one', image);
  });
  afterAll(() => registry.stop());

  const { signal } = new AbortController();

  async function opened(where: 'registry' | 'file') {
    const { bar, session } = sessionAt(where === 'file' ? '' : `#image=${registry.host}/team/app:one`);
    if (where === 'file') {
      session.openLocal({ kind: 'file', file: fileOf('app.tar', layoutTarOf({ 'app:1': image })) });
    }
    await settled(session);
    const { phase } = session;
    if (phase.name !== 'open') throw new Error(phase.name);
    const read = async (path: string, start = 0, end = 1000) => {
      const part = await session.files.read(phase.tree.find(path)!, { start, end }, signal);
      return { text: readable(part.bytes), size: part.size, verified: part.verified };
    };
    return { bar, session, read, tree: phase.tree };
  }

  it.each(['registry', 'file'] as const)('gives what links lead to, from a %s', async (where) => {
    const { read } = await opened(where);
    const passwd = { text: 'root:x:0:0', size: 10, verified: where === 'file' };
    expect(await read('/etc/passwd')).toEqual(passwd);
    expect(await read('/etc/same')).toEqual(passwd);
    expect(await read('/to-same')).toEqual(passwd);
    expect(await read('/to-same', 5, 7)).toEqual({ ...passwd, text: 'x:' });
    expect(await read('/to-same', 10, 20)).toMatchObject({ text: '', size: 10 });
    await expect(read('/to-nothing')).rejects.toMatchObject({ failure: { code: 'not-found' } });
    await expect(read('/etc')).rejects.toMatchObject({ failure: { code: 'not-found' } });
  });

  it('gives a large file in any stretch', async () => {
    const { session, tree } = await opened('registry');
    const node = tree.find('/large')!;
    const { bytes } = await session.files.read(node, { start: 1_234_567, end: 2_900_000 }, signal);
    expect(Buffer.compare(bytes, LARGE.subarray(1_234_567, 2_900_000))).toBe(0);
    await expect(session.files.read(node, { start: 0, end: 1e9 }, signal)).rejects.toMatchObject({
      failure: { code: 'too-large' },
    });
  });

  it('ends what was being read when another image is opened', async () => {
    const { session, tree } = await opened('registry');
    const reading = session.files.read(tree.find('/large')!, { start: 0, end: 1000 }, signal);
    session.cancel();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('keeps the line in the address until another file is picked', async () => {
    const { bar, session, tree } = await opened('registry');
    session.showLine(3);
    expect(session.line).toBeNull();
    session.select(tree.find('/large'));
    session.showLine(3);
    expect(bar.read()).toMatch(/&path=\/large&line=3$/);
    session.select(tree.find('/etc/passwd'));
    expect(session.line).toBeNull();
    expect(bar.read()).toMatch(/&path=\/etc\/passwd$/);
  });
});
