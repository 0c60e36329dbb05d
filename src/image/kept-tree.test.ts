import { storeOf } from '../testing/store-of.ts';
import { describe, expect, it } from 'vitest';
import { describeBytes } from '../testing/image-of.ts';
import { treeOf } from '../testing/tree-of.ts';
import { utf8 } from '../base/bytes.ts';
import { keepRight, keepTree, recallTree } from './kept-tree.ts';

const blobs = ['lower', 'upper'].map((content) => ({
  descriptor: describeBytes('', utf8(content)),
  bytes: utf8(content),
}));
const layers = blobs.map(({ descriptor }) => descriptor.digest);
const { columns: tree } = treeOf('etc/a\netc/b', 'etc/.wh.a\nusr/c');
const { columns: other } = treeOf('other');

describe('a tree that is kept', () => {
  it('is found as it was, once its layers were found right', async () => {
    const store = await storeOf();
    expect(await recallTree(store, layers)).toBeNull();
    await keepTree(store, layers, { mark: 'one', tree });
    expect(await recallTree(store, layers)).toBeNull();
    await keepRight(store, layers, 'one');
    expect(await recallTree(store, layers)).toEqual(tree);
  });

  it('is that of these layers in this order', async () => {
    const store = await storeOf();
    await keepTree(store, layers, { mark: 'one', tree });
    await keepRight(store, layers, 'one');
    expect(await recallTree(store, layers.toReversed())).toBeNull();
    expect(await recallTree(store, [...layers, layers[0]!])).toBeNull();
    expect(await recallTree(store, layers.slice(1))).toBeNull();
  });

  it('is not taken for right because of another one, of layers that were not what they claimed', async () => {
    const store = await storeOf();
    await keepTree(store, layers, { mark: 'right', tree });
    await keepTree(store, layers, { mark: 'wrong', tree: other });
    await keepRight(store, layers, 'right');
    expect(await recallTree(store, layers)).toBeNull();
    await keepTree(store, layers, { mark: 'right', tree });
    expect(await recallTree(store, layers)).toEqual(tree);
  });

  it.each([0, 1])('goes with the content of layer %i', async (gone) => {
    const store = await storeOf();
    for (const { descriptor, bytes } of blobs) await store.keep(descriptor, bytes);
    await keepTree(store, layers, { mark: 'one', tree });
    await keepRight(store, layers, 'one');
    await store.drop(layers[gone]!);
    expect(await recallTree(store, layers)).toBeNull();
  });
});
