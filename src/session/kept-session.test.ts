/** A session over a store: what was opened once opens again, from another tab, without a network. */
import { freshName, storeOf } from '../testing/store-of.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../sources/browser/store.ts';
import { VERSION } from '../image/kept-layer.ts';
import { keepRight, keepTree, recallTree } from '../image/kept-tree.ts';
import type { TreeColumns } from '../image/tree-columns.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { imageOf } from '../testing/image-of.ts';
import { pathsOf, sessionAt, settled, until } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';
import { treeOf } from '../testing/tree-of.ts';

const layer = (name: string, content: string) => tarOf([{ name, content }]);
const base = layer('etc/base', 'base');
const one = imageOf({ layers: [base, layer('etc/top', 'one')] });
const two = imageOf({ layers: [base, layer('etc/top', 'second')] });

describe('a session that keeps what it opens', () => {
  let registry: FakeRegistry;
  let name: string;
  let host: string;

  beforeEach(async () => {
    registry = await FakeRegistry.start();
    host = registry.host;
    registry.push('app', 'one', one);
    registry.push('app', 'two', two);
    name = freshName();
  });
  afterEach(() => registry.stop().catch(() => {}));

  /** As another tab, or the next visit: of the first it has the store, and nothing else. */
  async function visit(tag: string) {
    const store = await storeOf(name);
    const { session } = sessionAt(`#image=${host}/app:${tag}`, Promise.resolve(store));
    await settled(session);
    return { session, store };
  }
  const layersAsked = () => registry.server.heard.filter(({ url }) => url.includes('/blobs/')).length;
  /** The last of what is written comes after all is verified. */
  const written = async (store: Store, digests: readonly string[]) => {
    for (let tries = 0; tries < 200; tries++) {
      const found = await Promise.all(digests.map((digest) => store.derived(`checked ${VERSION} ${digest}`)));
      if (!found.includes(null)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('it was never written');
  };
  const digestsOf = (image: typeof one) => image.layers.map(({ digest }) => digest);

  it('opens it again with the registry gone, as it was, and says how old that is', async () => {
    const first = await visit('one');
    expect(first.session.verified).toBe('true');
    await written(first.store, digestsOf(one));
    await registry.stop();
    const again = await visit('one');
    expect(again.session.verified).toBe('true');
    expect(pathsOf(again.session)).toEqual(pathsOf(first.session));
    const { phase } = again.session;
    expect(phase.name === 'open' && Date.now() - phase.recalled!).toBeLessThan(60_000);
    expect(await again.store.images()).toMatchObject([
      {
        id: `image=${host}/app:one`,
        digests: [one.root.digest, one.config.digest, ...digestsOf(one)],
      },
    ]);
  });

  it('does not merge again what it has merged', async () => {
    const first = await visit('one');
    await written(first.store, digestsOf(one));
    let kept: TreeColumns | null = null;
    await until(first.session, () => {
      void recallTree(first.store, digestsOf(one)).then((tree) => (kept = tree));
      return kept !== null;
    });
    // Another one in its place, to be told from it.
    const { columns: tree } = treeOf('etc/kept');
    await keepTree(first.store, digestsOf(one), { mark: 'test', tree });
    await keepRight(first.store, digestsOf(one), 'test');
    const again = await visit('one');
    expect(again.session.phase).toMatchObject({ name: 'open', tree: { columns: tree } });
  });

  it('fetches a layer that two images share once', async () => {
    const first = await visit('one');
    await written(first.store, digestsOf(one));
    const asked = layersAsked();
    const second = await visit('two');
    expect(pathsOf(second.session)).toEqual(['/ 0', '/etc 0', '/etc/base 4', '/etc/top 6']);
    // The config and the layer that is not shared.
    expect(layersAsked() - asked).toBe(2);
  });

  it('fetches what was damaged in the store again, and says nothing', async () => {
    const first = await visit('one');
    await written(first.store, digestsOf(one));
    const [shared] = one.layers;
    const derived = [`index ${VERSION} ${shared!.digest}`, `checked ${VERSION} ${shared!.digest}`] as const;
    const values = await Promise.all(derived.map((key) => first.store.derived(key)));
    await first.store.drop(shared!.digest);
    const wrong = new Uint8Array(shared!.size).fill(7);
    await first.store.keep(shared!, wrong);
    for (const [i, key] of derived.entries()) await first.store.keepDerived(key, [shared!.digest], values[i]);
    const asked = layersAsked();
    const again = await visit('one');
    expect(again.session.verified).toBe('true');
    expect(pathsOf(again.session)).toEqual(pathsOf(first.session));
    expect(layersAsked() - asked).toBe(1);
    await until(again.session, () => true);
    const kept = await again.store.blob(shared!.digest);
    expect(new Uint8Array(await kept!.blob.arrayBuffer())).toEqual(one.blobs.get(shared!.digest));
  });

  it('stays open where what was damaged cannot be fetched, and does not call it verified', async () => {
    const first = await visit('one');
    await written(first.store, digestsOf(one));
    const [shared] = one.layers;
    const keys = [`index ${VERSION} ${shared!.digest}`, `checked ${VERSION} ${shared!.digest}`];
    const values = await Promise.all(keys.map((key) => first.store.derived(key)));
    await first.store.drop(shared!.digest);
    await first.store.keep(shared!, new Uint8Array(shared!.size).fill(7));
    for (const [i, key] of keys.entries()) await first.store.keepDerived(key, [shared!.digest], values[i]);
    await registry.stop();
    const again = await visit('one');
    expect(again.session.phase.name).toBe('open');
    expect(again.session.verified).toBe('false');
    expect(pathsOf(again.session)).toEqual(pathsOf(first.session));
  });
});
