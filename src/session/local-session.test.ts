/** A session with files of this machine, with the workers' jobs on this thread. */
import { describe, expect, it } from 'vitest';
import { fileOf, layoutTarOf } from '../testing/archive-of.ts';
import { imageOf } from '../testing/image-of.ts';
import { pathsOf, sessionAt, settled } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';

const image = (content: string) => imageOf({ layers: [tarOf([{ name: 'etc/file', content }])] });
const ONE = layoutTarOf({ 'app:1': image('one') });
const TWO = layoutTarOf({ 'app:1': image('one'), 'app:2': image('second') });
const file = (name: string, content: Parameters<typeof fileOf>[1]) =>
  ({ kind: 'file', file: fileOf(name, content) }) as const;

describe('a session with local files', () => {
  it('opens a file as any image, and its address names it', async () => {
    const { bar, session } = sessionAt('');
    session.openLocal(file('my app.tar', ONE));
    expect(session.phase).toMatchObject({ name: 'opening', asked: 'my app.tar' });
    await settled(session);
    expect(session.verified).toBe('true');
    expect(pathsOf(session)).toEqual(['/ 0', '/etc 0', '/etc/file 3']);
    expect(bar.entries).toEqual(['', '#local=my%20app.tar']);
    expect(session.local?.archive?.form).toBe('oci-layout');
    session.cancel();
    expect(session.local).toBeNull();
  });

  it('lets the person choose among several images, recognises the file once, and goes back', async () => {
    const { bar, session, jobs } = sessionAt('');
    session.openLocal(file('two.tar', TWO));
    await settled(session);
    const { phase } = session;
    expect(phase.name === 'choosing-image' && phase.images.map(({ names }) => names)).toEqual([
      ['app:1'],
      ['app:2'],
    ]);
    session.chooseImage('app:2');
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/file 6');
    expect(bar.read()).toBe('#local=two.tar&name=app:2');
    bar.at--;
    session.follow();
    await settled(session);
    expect(session.phase.name).toBe('choosing-image');
    session.chooseImage('app:1');
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/file 3');
    session.offerImages();
    await settled(session);
    expect(session.phase.name).toBe('choosing-image');
    expect(jobs.archive).toBe(1);
  });

  it('tells two files of one name apart, and follows links back to the first', async () => {
    const { bar, session, jobs } = sessionAt('');
    session.openLocal(file('a.tar', ONE));
    await settled(session);
    session.openLocal(file('a.tar', layoutTarOf({ x: image('another') })));
    await settled(session);
    expect(bar.read()).toBe('#local=a.tar~2');
    expect(pathsOf(session)).toContain('/etc/file 7');
    bar.at--;
    session.follow();
    await settled(session);
    expect(pathsOf(session)).toContain('/etc/file 3');
    expect(jobs.archive).toBe(2);
  });

  it('says that a link is to a file that is not here, and takes it up when the file is given', async () => {
    const { bar, session } = sessionAt('#local=two.tar~2&name=app:2&path=/etc/file&view=files');
    await settled(session);
    expect(session.phase).toMatchObject({
      name: 'failed',
      failure: { code: 'not-found', what: 'file', name: 'two.tar~2' },
    });
    const address = bar.read();
    session.openLocal(file('two.tar', TWO));
    await settled(session);
    expect(bar.read()).toBe(address);
    expect(session.phase.name === 'open' && session.phase.tree.path(session.selected!)).toBe('/etc/file');
    expect(pathsOf(session)).toContain('/etc/file 6');
  });

  it('opens another file than the link waits for as itself', async () => {
    const { bar, session } = sessionAt('#local=two.tar&name=app:2');
    await settled(session);
    session.openLocal(file('one.tar', ONE));
    await settled(session);
    expect(bar.read()).toBe('#local=one.tar');
    expect(session.phase.name).toBe('open');
  });

  it('says which images a file has where it has not the one of the link', async () => {
    const { session } = sessionAt('#local=two.tar&name=app:3');
    await settled(session);
    session.openLocal(file('two.tar', TWO));
    await settled(session);
    expect(session.phase).toMatchObject({
      name: 'failed',
      failure: { code: 'not-found', what: 'image', name: 'app:3', offered: ['app:1', 'app:2'] },
    });
  });

  it.each([
    ['nothing', '', 'empty'],
    ['a text', 'hello, world\n'.repeat(50), 'text'],
  ])('says what it looks like: %s', async (_, content, looksLike) => {
    const { session } = sessionAt('');
    session.openLocal(file('x', content));
    await settled(session);
    expect(session.phase).toMatchObject({ failure: { code: 'not-an-image', looksLike } });
  });

  it('stops at once when cancelled', async () => {
    const { session } = sessionAt('');
    session.openLocal(file('a.tar', ONE));
    session.cancel();
    expect(session.phase.name).toBe('empty');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([session.phase.name, session.local, session.recognising]).toEqual(['empty', null, null]);
  });

  it('shows what a file has of an image, and which layers it does not have', async () => {
    const two = imageOf({
      layers: [
        tarOf([{ name: 'below', content: '1' }]),
        tarOf([{ name: '.wh.below' }, { name: 'above', content: '22' }]),
      ],
    });
    const without = (...lost: number[]) => {
      const blobs = new Map(two.blobs);
      for (const i of lost) blobs.delete(two.layers[i]!.digest);
      return layoutTarOf({ 'app:1': { ...two, blobs } });
    };
    const { session } = sessionAt('');
    session.openLocal(file('upper.tar', without(0)));
    await settled(session);
    expect(pathsOf(session)).toEqual(['/ 0', '/above 2']);
    expect(session.layers.map(({ state }) => state)).toEqual(['missing', 'verified']);
    expect(session.verified).toBe('false');
    session.openLocal(file('lower.tar', without(1)));
    await settled(session);
    expect(pathsOf(session)).toEqual(['/ 0', '/below 1']);
    session.openLocal(file('none.tar', without(0, 1)));
    await settled(session);
    expect(session.phase).toMatchObject({ name: 'failed', failure: { code: 'not-found', what: 'blob' } });
  });
});
