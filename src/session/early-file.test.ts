import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable, utf8 } from '../base/bytes.ts';
import { FileTree } from '../image/file-tree.ts';
import { merge } from '../image/merge/merge.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { imageOf } from '../testing/image-of.ts';
import { Random } from '../testing/random.ts';
import { sessionAt, settled, until } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';
import { indexOfTar } from '../testing/tree-of.ts';
import { earlyFile, type Cut } from './early-file.ts';

const TARS = [
  tarOf([
    { name: 'etc/passwd', content: 'root:x:0:0' },
    { name: 'etc/same', type: 'hardlink', linkname: 'etc/passwd' },
    { name: 'etc/to', type: 'symlink', linkname: 'passwd' },
    {
      name: 'holes',
      content: 'end',
      pax: {
        'GNU.sparse.major': '0',
        'GNU.sparse.minor': '1',
        'GNU.sparse.size': '9',
        'GNU.sparse.numblocks': '1',
        'GNU.sparse.map': '6,3',
      },
    },
  ]),
  tarOf([
    { name: 'etc/motd', content: 'hello' },
    // What gives much more than its size is not kept.
    { name: 'noise', content: new Random(1).bytes(20_000) },
  ]),
];

describe('the file that a link leads to', () => {
  const layers = TARS.map(indexOfTar);
  const tree = new FileTree(merge(layers), layers);
  const fromTars: Cut = (layer, from, to) => Promise.resolve(TARS[layer]!.slice(from, to));
  const at = async (path: string, cut = fromTars) => {
    const early = earlyFile(tree, utf8(path), cut);
    const bytes = early && (await early.bytes);
    return bytes && `${early!.layer} ${readable(bytes)}`;
  };

  it('is cut out of its layer, links followed', async () => {
    expect(await at('/etc/passwd')).toBe('0 root:x:0:0');
    expect(await at('/etc/same')).toBe('0 root:x:0:0');
    expect(await at('/etc/to')).toBe('0 root:x:0:0');
    expect(await at('/etc/motd')).toBe('1 hello');
  });

  it('is left to others where it is no file, has holes, or its layer is not at hand, or not soon', async () => {
    expect(await at('/etc')).toBeNull();
    expect(await at('/nothing')).toBeNull();
    expect(await at('/holes')).toBeNull();
    expect(await at('/etc/motd', () => Promise.resolve(null))).toBeNull();
    expect(await at('/etc/motd', () => new Promise(() => {}))).toBeNull();
  });
});

describe('a session with a link to a file', () => {
  let registry: FakeRegistry;
  beforeAll(async () => {
    registry = await FakeRegistry.start();
    registry.push('app', 'one', imageOf({ layers: TARS }));
  });
  afterAll(() => registry.stop());

  it('has it with the tree, and asks nobody for it', async () => {
    const { session } = sessionAt(`#image=${registry.host}/app:one&path=/etc/motd`);
    await until(session, () => session.phase.name === 'open');
    const heard = registry.server.heard.length;
    const { files } = session;
    const node = session.selected!;
    const { signal } = new AbortController();
    const read = files.read(node, { start: 1, end: 99 }, signal);
    const { bytes, size, atHand } = await read;
    expect([readable(bytes), size, atHand]).toEqual(['ello', 5, true]);
    expect(registry.server.heard).toHaveLength(heard);
    await settled(session);
    expect((await files.read(node, { start: 0, end: 2 }, signal)).verified).toBe(true);
    const other = session.phase.name === 'open' ? session.phase.tree.find('/etc/passwd')! : 0;
    expect(readable((await files.read(other, { start: 0, end: 4 }, signal)).bytes)).toBe('root');
  });
});
