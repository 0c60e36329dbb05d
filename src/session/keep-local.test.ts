import { freshName, storeOf } from '../testing/store-of.ts';
import { expect, it } from 'vitest';
import { recallLayer } from '../image/kept-layer.ts';
import { fileOf, layoutTarOf } from '../testing/archive-of.ts';
import { imageOf } from '../testing/image-of.ts';
import { pathsOf, sessionAt, settled } from '../testing/session-at.ts';
import { tarOf } from '../testing/tar-of.ts';
import { keepLocal, openLocalOf } from './keep-local.ts';

it('keeps a local image with what was found of its layers: without its file it opens as any that was kept', async () => {
  const image = imageOf({
    layers: ['one', 'two'].map((name) => tarOf([{ name, content: name }])),
  });
  const name = freshName();
  const before = sessionAt('', storeOf(name)).session;
  before.openLocal({ kind: 'file', file: fileOf('app.tar', layoutTarOf({ 'app:1': image })) });
  await settled(before);
  const store = await storeOf(name);
  let done = 0;
  const open = openLocalOf(before)!;
  expect(await keepLocal(open, store, new AbortController().signal, (bytes) => (done = bytes))).toBe(true);
  const pieces = [image.root, image.config, ...image.layers];
  expect(done).toBe(pieces.reduce((sum, { size }) => sum + size, 0));
  for (const { descriptor, diffId, index } of open.layers) {
    expect((await recallLayer(store, descriptor, diffId))?.index).toEqual(index);
  }

  const again = sessionAt('#local=app.tar', storeOf(name)).session;
  await settled(again);
  expect(again.verified).toBe('true');
  expect(pathsOf(again)).toEqual(pathsOf(before));
  expect(again.local).toMatchObject({ files: null, archive: { isKept: true } });
});

it('has nothing to keep where nothing local is open', () => {
  expect(openLocalOf(sessionAt('').session)).toBeNull();
});
