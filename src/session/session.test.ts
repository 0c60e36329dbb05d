/** The life of a session, against a registry that speaks HTTP, with the workers' jobs on this thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable, utf8 } from '../base/bytes.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { imageOf, indexOf, LINUX_AMD64 } from '../testing/image-of.ts';
import { pathsOf, sessionAt, settled, until } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';

const ARM: typeof LINUX_AMD64 = { os: 'linux', architecture: 'arm64' };

const layer = (name: string, content: string) => tarOf([{ name, content }]);
const amd = imageOf({ layers: [layer('etc/base', 'b'), layer('etc/top', 'amd')] });
const arm = imageOf({ layers: [layer('etc/base', 'b'), layer('etc/top', 'arm64')], platform: ARM });

describe('a session', () => {
  let open: FakeRegistry;
  let closed: FakeRegistry;

  beforeAll(async () => {
    open = await FakeRegistry.start();
    open.push('team/app', 'one', amd);
    open.push('team/app', 'both', indexOf([amd, arm]));
    open.push(
      'team/app',
      'rare',
      indexOf([arm, imageOf({ layers: [], platform: { os: 'linux', architecture: 's390x' } })]),
    );
    open.push('team/damaged', 'layer', amd);
    const { digest } = amd.layers[1]!;
    const damaged = amd.blobs.get(digest)!.slice();
    damaged[damaged.length - 20]! ^= 1;
    open.replace('team/damaged', digest, damaged);
    closed = await FakeRegistry.start({ auth: 'basic', users: { ann: 'secret' } });
    closed.push('team/app', 'one', amd);
  });
  afterAll(async () => {
    await Promise.all([open.stop(), closed.stop()]);
  });

  const at = (tag: string, more = '') => `#image=${open.host}/team/app:${tag}${more}`;

  it('goes from an address to a verified tree', async () => {
    const { session } = sessionAt(at('one', '&path=/etc/top'));
    expect(session.phase.name).toBe('opening');
    await settled(session);
    expect(session.verified).toBe('true');
    expect(pathsOf(session)).toEqual(['/ 0', '/etc 0', '/etc/base 1', '/etc/top 3']);
    expect(session.layers.map(({ state, entries }) => [state, entries])).toEqual([
      ['verified', 1],
      ['verified', 1],
    ]);
    expect(session.phase.name === 'open' && session.phase.tree.path(session.selected!)).toBe('/etc/top');
  });

  it('takes linux/amd64 unless told, and another platform is one step that can be taken back', async () => {
    const { bar, session } = sessionAt(at('both'));
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/top 3');
    session.choosePlatform(arm.root.digest);
    await settled(session);
    expect(bar.read()).toBe(at('both', '&platform=linux/arm64'));
    expect(pathsOf(session)).toContain('/etc/top 5');
    bar.at--;
    session.follow();
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/top 3');
  });

  it('is put away in the middle, and begins anew when it is back; what was open and checked stays', async () => {
    const { session } = sessionAt(at('one'));
    session.rest();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(session.phase.name).toBe('opening');
    session.wake();
    await settled(session);
    expect(session.verified).toBe('true');
    const { phase } = session;
    session.rest();
    session.wake();
    expect(session.phase).toBe(phase);
    expect(
      await session.files.read(
        session.phase.name === 'open' ? session.phase.tree.find(utf8('/etc/top'))! : 0,
        { start: 0, end: 3 },
        new AbortController().signal,
      ),
    ).toMatchObject({ bytes: utf8('amd') });
  });

  it('asks where nothing tells which platform is meant', async () => {
    const { session } = sessionAt(at('rare'));
    await settled(session);
    const { phase } = session;
    expect(
      phase.name === 'choosing-platform' && phase.choices.map((it) => it.platform?.architecture),
    ).toEqual(['arm64', 's390x']);
    session.choosePlatform(arm.root.digest);
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/top 5');
  });

  it('offers the platforms that there are, where the address asks for another one', async () => {
    const { bar, session } = sessionAt(at('both', '&platform=linux/riscv64&path=/etc/top'));
    await settled(session);
    const { phase } = session;
    if (phase.name !== 'failed' || phase.failure.code !== 'not-found') throw new Error(phase.name);
    expect(phase.failure).toMatchObject({ what: 'platform', offered: ['linux/amd64', 'linux/arm64'] });
    session.openPlatform(phase.failure.offered![1]!);
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/top 5');
    expect(bar.entries.at(-1)).toBe(at('both', '&platform=linux/arm64&path=/etc/top'));
  });

  it('keeps views and selections in the address, moves with the keys in place, and follows it back', async () => {
    const { bar, session } = sessionAt(at('one'));
    await settled(session);
    if (session.phase.name !== 'open') throw new Error(session.phase.name);
    const { tree } = session.phase;
    session.select(tree.find('/etc')!);
    session.select(tree.find('/etc/base')!, 'move');
    session.show('config');
    expect(bar.entries).toEqual([
      at('one'),
      at('one', '&path=/etc/base'),
      at('one', '&path=/etc/base&view=config'),
    ]);
    bar.at = 0;
    session.follow();
    expect([session.view, session.path, session.selected]).toEqual(['files', null, null]);
    // The same image is not opened again.
    expect(session.phase).toMatchObject({ name: 'open', tree });
  });

  it('keeps the layer that is looked at in the address, and knows one that is not there', async () => {
    const { bar, session } = sessionAt(at('both', '&layer=1'));
    expect(session.layer).toBeNull();
    await settled(session);
    expect(session.layer).toBe(1);
    session.showLayer(1);
    session.showLayer(0);
    session.showLayer(null);
    session.showLayer(null);
    expect(bar.entries).toEqual([at('both', '&layer=1'), at('both', '&layer=0'), at('both')]);
    bar.at = 1;
    session.follow();
    expect([session.layer, session.phase.name]).toEqual([0, 'open']);
    session.choosePlatform(arm.root.digest);
    expect(bar.read()).toBe(at('both', '&platform=linux/arm64'));
    const { session: beyond } = sessionAt(at('one', '&layer=2'));
    await settled(beyond);
    expect([beyond.layer, beyond.verified]).toEqual([null, 'true']);
  });

  it('shows the filesystem as it was after a layer, and its files, as the address says', async () => {
    const { bar, session } = sessionAt(at('both', '&upto=0'));
    await settled(session);
    await until(session, () => session.stage?.after === 0);
    expect([session.upto, session.staging]).toEqual([0, false]);
    const { tree, files } = session.stage!;
    expect([tree.find('/etc/top'), tree.count]).toEqual([null, 3]);
    const base = tree.find('/etc/base')!;
    const { bytes } = await files.read(base, { start: 0, end: 9 }, new AbortController().signal);
    expect(readable(bytes)).toBe('b');
    session.select(base);
    session.showStage(0);
    session.showStage(null);
    expect(session.stage!.after).toBeNull();
    expect(session.stage!.tree.path(session.selected!)).toBe('/etc/base');
    // After the last is after all.
    session.showStage(1);
    session.showAt(0, utf8('/etc/top'));
    expect(bar.entries).toEqual([
      at('both', '&upto=0'),
      at('both', '&upto=0&path=/etc/base'),
      at('both', '&path=/etc/base'),
      at('both', '&upto=0&path=/etc/top'),
    ]);
    expect(session.stage).toMatchObject({ after: 0, tree });
    expect(session.selected).toBeNull();
    bar.at = 2;
    session.follow();
    expect(session.stage!.after).toBeNull();
    // What is alone, and what is up to it, are two things.
    session.showStage(0);
    session.showLayer(1);
    expect([session.layer, session.upto, session.stage!.after]).toEqual([1, null, null]);
  });

  it('shows it also where one goes on to another file while it is made', async () => {
    const { session } = sessionAt(at('both'));
    await settled(session);
    session.showStage(0);
    expect([session.staging, session.stage!.after]).toEqual([true, null]);
    session.select(session.stage!.tree.find('/etc/base'));
    await until(session, () => session.stage!.after === 0);
    expect([session.staging, session.stage!.tree.path(session.selected!)]).toEqual([false, '/etc/base']);
  });

  it('never shows an image of which one layer is not what its digest says', async () => {
    const { session } = sessionAt(`#image=${open.host}/team/damaged:layer`);
    await settled(session);
    expect(session.phase).toMatchObject({
      name: 'failed',
      failure: { code: 'digest-mismatch', subject: 'layer', expected: amd.layers[1]!.digest },
    });
    expect(session.verified).toBe('false');
    expect(session.layers[1]!.state).toBe('failed');
  });

  it('shows no image of which a layer unpacks to something else than its diff ID', async () => {
    const rootfs = { type: 'layers', diff_ids: [amd.diffIds[0], arm.diffIds[1]] };
    open.push(
      'team/damaged',
      'diff-id',
      imageOf({ layers: [layer('etc/base', 'b'), layer('etc/top', 'amd')], config: { rootfs } }),
    );
    const { session } = sessionAt(`#image=${open.host}/team/damaged:diff-id`);
    await until(session, () => session.phase.name === 'failed');
    expect(session.phase).toMatchObject({
      failure: { code: 'digest-mismatch', subject: 'diff-id', expected: arm.diffIds[1] },
    });
    expect(session.verified).toBe('false');
  });

  it('tells what is wrong with a reference, and opens the next one', async () => {
    const { bar, session } = sessionAt('');
    expect(session.phase.name).toBe('empty');
    session.openReference(' Team/App ');
    await settled(session);
    expect(session.phase).toMatchObject({
      name: 'failed',
      asked: 'Team/App',
      failure: { code: 'bad-reference' },
    });
    session.openReference(`${open.host}/team/app:one`);
    await settled(session);
    expect(pathsOf(session)).toHaveLength(4);
    expect(bar.entries).toHaveLength(3);
  });

  it('signs in for one registry, and forgets nothing but on purpose', async () => {
    const { bar, session } = sessionAt(`#image=${closed.host}/team/app:one`);
    await settled(session);
    expect(session.phase).toMatchObject({ failure: { code: 'unauthorized', hadCredentials: false } });
    session.signIn({ username: 'ann', password: 'wrong' });
    await settled(session);
    expect(session.phase).toMatchObject({ failure: { code: 'unauthorized', hadCredentials: true } });
    // The name may be corrected; the password is not kept.
    expect([session.keyring.list, session.keyring.nameFor(closed.host)]).toEqual([[], 'ann']);
    session.signIn({ username: 'ann', password: 'secret' });
    await settled(session);
    expect(pathsOf(session)).toHaveLength(4);
    expect(bar.entries.join()).not.toContain('secret');
    expect(session.keyring.list).toEqual([{ registry: closed.host, username: 'ann', kept: 'tab' }]);

    // Forgotten while it is open: what is on the screen stays, and nothing more is asked for by that name.
    session.keyring.forget(closed.host);
    closed.server.reset();
    const node = pathsOf(session).indexOf('/etc/top 3');
    const { signal } = new AbortController();
    await expect(session.files.read(node, { start: 0, end: 3 }, signal)).rejects.toThrow('unauthorized');
    expect(closed.server.heard.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('stops at once when cancelled, and shows nothing of what comes after', async () => {
    const { bar, session } = sessionAt(at('one'));
    session.cancel();
    expect(session.phase.name).toBe('empty');
    expect(bar.read()).toBe('');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(session.phase.name).toBe('empty');
  });

  it('finds a path that is not text', async () => {
    const name = Uint8Array.of(0xff, 0xfe);
    open.push('team/app', 'bytes', imageOf({ layers: [tarOf([{ name, content: '' }])] }));
    const { session } = sessionAt(at('bytes', '&path=/%FF%FE'));
    await settled(session);
    expect(session.selected).not.toBeNull();
    expect(readable(session.path!)).toBe('/\uFFFD\uFFFD');
  });
});
