/** Taking things along of an open image, with the workers' jobs on this thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable, type Bytes } from '../base/bytes.ts';
import { fileOf, layoutTarOf } from '../testing/archive-of.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { handedOver } from '../testing/handed-over.ts';
import { describeBytes, imageOf } from '../testing/image-of.ts';
import { readTar } from '../testing/read-tar.ts';
import { Random } from '../testing/random.ts';
import { sessionAt, settled, until } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';

const LAYERS = [
  tarOf([
    { name: 'etc/', type: 'dir', mode: 0o750 },
    { name: 'etc/passwd', content: 'root:x:0:0' },
    { name: 'etc/\u202e"<evil>/', type: 'dir' },
    { name: 'noise', content: new Random(1).bytes(300_000) },
  ]),
  tarOf([{ name: 'etc/same', type: 'hardlink', linkname: 'etc/passwd' }]),
];
const image = imageOf({ layers: LAYERS });

describe('taking along', () => {
  let registry: FakeRegistry;
  beforeAll(async () => {
    registry = await FakeRegistry.start();
    registry.push('team/app', 'one', image);
  });
  afterAll(() => registry.stop());

  /** What the browser was given, by its name. */
  const given = handedOver();

  async function opened(where: 'registry' | 'file') {
    const { session } = sessionAt(where === 'file' ? '' : `#image=${registry.host}/team/app:one`);
    if (where === 'file') {
      session.openLocal({ kind: 'file', file: fileOf('app.tar', layoutTarOf({ 'app:1': image })) });
    }
    await settled(session);
    const { phase, exports } = session;
    if (phase.name !== 'open' || exports === null) throw new Error(phase.name);
    return { session, exports, tree: phase.tree };
  }

  it('says what it waits for: a registry that is asked too much', async () => {
    const { session, exports } = await opened('registry');
    const blobs = new RegExp(`blobs/${image.layers[0]!.digest}`);
    registry.server.break({ on: blobs, fault: { status: 429, headers: { 'Retry-After': '2' } } });
    const saving = exports.saveLayer(0, 'blob');
    await until(session, () => session.waiting.last !== null);
    expect(session.waiting.last).toMatchObject({ why: 'too-many', host: registry.host });
    expect(exports.task?.step).toBe('writing');
    await saving;
    expect(session.waiting.last).toBeNull();
    expect(given[0]![1].size).toBe(image.layers[0]!.size);
  });

  const bytesOf = async (blob: Blob): Promise<Bytes> => new Uint8Array(await blob.arrayBuffer());

  it.each(['registry', 'file'] as const)('the root filesystem, from a %s', async (where) => {
    const { exports, tree } = await opened(where);
    await exports.saveTar(tree, [0]);
    expect(exports.outcome).toEqual({ what: 'done', name: 'rootfs.tar', entries: 5, leftOut: 0 });
    expect(given.map(([name, { type }]) => [name, type])).toEqual([
      ['rootfs.tar', 'application/octet-stream'],
    ]);
    const { entries, data, failure } = readTar([await bytesOf(given[0]![1])]);
    expect(failure).toBe(null);
    expect(entries.map(({ type, name }) => `${type} ${readable(name)}`)).toEqual([
      '0 etc/passwd',
      '0 noise',
      '1 etc/same',
      '5 etc/',
      '5 etc/\u202e"<evil>/',
    ]);
    expect(readable(data[0]!)).toBe('root:x:0:0');
  });

  it.each(['registry', 'file'] as const)('a layer as its blob and as its tar, from a %s', async (where) => {
    const { exports } = await opened(where);
    await exports.saveLayer(0, 'blob');
    await exports.saveLayer(0, 'tar');
    const digests = await Promise.all(
      given.map(async ([, blob]) => describeBytes('', await bytesOf(blob)).digest),
    );
    expect(digests).toEqual([image.layers[0]!.digest, image.diffIds[0]]);
  });

  it('under a name that no disk minds', async () => {
    const { exports, tree } = await opened('file');
    const evil = tree.find('/etc/\u202e"<evil>')!;
    await exports.saveTar(tree, [evil]);
    expect(given[0]![0]).toBe('___evil_.tar');
    await exports.saveTar(tree, Uint32Array.of(evil, tree.find('/noise')!));
    expect(given[1]![0]).toBe('files.tar');
  });

  it('nothing of a layer that is not what it was when it is fetched again', async () => {
    const { exports, tree } = await opened('registry');
    const blob = image.blobs.get(image.layers[0]!.digest)!;
    const at = blob.length >> 1;
    blob[at]! ^= 1;
    try {
      for (const take of [
        () => exports.saveTar(tree, [0]),
        () => exports.saveLayer(0, 'blob'),
        () => exports.saveLayer(0, 'tar'),
      ]) {
        await take();
        expect(exports.outcome).toMatchObject({ what: 'failed' });
        expect(given).toEqual([]);
      }
      expect(exports.outcome).toMatchObject({
        failure: { code: expect.stringMatching(/mismatch|malformed/) },
      });
    } finally {
      blob[at]! ^= 1;
    }
  });

  it('one at a time, until it is stopped or another image is opened', async () => {
    const { session, exports, tree } = await opened('registry');
    const first = exports.saveTar(tree, [0]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(exports.task).toMatchObject({ name: 'rootfs.tar' });
    await exports.saveLayer(0, 'blob');
    exports.cancel();
    await first;
    expect([exports.task, exports.outcome, given]).toEqual([null, null, []]);

    const second = exports.saveTar(tree, [0]);
    await new Promise((resolve) => setTimeout(resolve));
    session.cancel();
    await second;
    expect([exports.task, exports.outcome, given, session.exports]).toEqual([null, null, [], null]);
  });
});
