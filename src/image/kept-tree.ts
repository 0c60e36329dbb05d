/** What a store keeps of an image beside its layers: the tree that they make, so that a second opening merges nothing. */
import { utf8 } from '../base/bytes.ts';
import type { Digest } from '../formats/digest.ts';
import { digestOf } from '../formats/hash.ts';
import type { Store } from '../sources/browser/store.ts';
import { VERSION as INDEXES } from './kept-layer.ts';
import type { TreeColumns } from './tree-columns.ts';

/** Of the rules of the merge, and of the shape of TreeColumns: what another version has kept is not found. */
const VERSION = `${INDEXES}.1`;

export interface KeptTree {
  /** Of this very merge: other layers than those that were found right may have been merged in their name. */
  readonly mark: string;
  readonly tree: TreeColumns;
}

/** The blobs of an image's layers, the lowest first. */
export type Layers = readonly Digest[];

const idOf = (layers: Layers) => digestOf(utf8(layers.join(' ')), 'sha256');
const treeKey = (id: Digest) => `tree ${VERSION} ${id}`;
const rightKey = (id: Digest) => `right ${VERSION} ${id}`;

/** Null where none is kept, or not all of the layers that were merged were found right. Its rows are those of the layers' indexes. */
export async function recallTree(store: Store, layers: Layers): Promise<TreeColumns | null> {
  const id = await idOf(layers);
  const right = await store.derived(rightKey(id));
  if (right === null) return null;
  const kept = (await store.derived(treeKey(id))) as KeptTree | null;
  return kept !== null && kept.mark === right ? kept.tree : null;
}

/** `tree` belongs to the store from now on. Of no use until `keepRight` is called with the same mark. */
export async function keepTree(store: Store, layers: Layers, kept: KeptTree): Promise<void> {
  await store.keepDerived(treeKey(await idOf(layers)), layers, kept);
}

/** When all of the layers have been found right. */
export async function keepRight(store: Store, layers: Layers, mark: string): Promise<void> {
  await store.keepDerived(rightKey(await idOf(layers)), layers, mark);
}
