/**
 * The nodes of a tree while layers are laid upon each other: columns, and a hash table from (parent, name) to node.
 * A node never moves and never changes its parent. Taking a folder away is marking it gone: nothing leads to what was
 * below it any more, so the cost does not depend on how much that was. A parent's number is less than its children's.
 */
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';
import { IMPLIED } from '../tree-columns.ts';
import { DIR } from '../layer-index.ts';

/** No node. */
export const NONE = 0xffffffff;
/**
 * One entry of 64 KiB of path may imply 32,768 folders, and 4 million of those more memory than there is; real images
 * have fewer implied folders than entries.
 */
export const MAX_NODES = 8_000_000;
/** So that an image cannot be made whose names all fall into one slot of everyone's table. The tree does not show it. */
const SEED = Math.floor(Math.random() * 0x100000000);

export class MergeNodes {
  /** The bytes that names are stretches of: the pools of the layers. */
  readonly pools: readonly Bytes[];
  count = 0;
  /** The root has itself. */
  parent: Uint32Array<ArrayBuffer>;
  /** Base name: a stretch of `pools[namePool]`. */
  namePool: Uint16Array<ArrayBuffer>;
  nameStart: Uint32Array<ArrayBuffer>;
  nameLength: Uint32Array<ArrayBuffer>;
  layer: Uint16Array<ArrayBuffer>;
  row: Uint32Array<ArrayBuffer>;
  contentLayer: Uint16Array<ArrayBuffer>;
  contentRow: Uint32Array<ArrayBuffer>;
  /** An entry type: of a bound hard link that of what it is bound to, for a path through it goes on from there. */
  kind: Uint8Array<ArrayBuffer>;
  /** 1 where the node itself was taken away or replaced; what is below it does not know. */
  gone: Uint8Array<ArrayBuffer>;
  #hash: Uint32Array<ArrayBuffer>;
  /** Node + 1, or 0. Open addressing, at most half full. A node that is gone keeps its slot for the next of its name. */
  #slots: Uint32Array<ArrayBuffer>;
  #used = 0;
  readonly #limit: number;
  /** Of the last `find`. */
  #foundHash = 0;
  #foundSlot = 0;

  /** Makes the root, node 0, an implied folder. `expected`: how many nodes there will be, about. */
  constructor(pools: readonly Bytes[], expected: number, limit = MAX_NODES) {
    const capacity = Math.min(expected + (expected >> 3) + 16, limit);
    this.#limit = limit;
    this.pools = pools;
    this.parent = new Uint32Array(capacity);
    this.namePool = new Uint16Array(capacity);
    this.nameStart = new Uint32Array(capacity);
    this.nameLength = new Uint32Array(capacity);
    this.layer = new Uint16Array(capacity);
    this.row = new Uint32Array(capacity);
    this.contentLayer = new Uint16Array(capacity);
    this.contentRow = new Uint32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.gone = new Uint8Array(capacity);
    this.#hash = new Uint32Array(capacity);
    this.#slots = new Uint32Array(powerOfTwoFrom(capacity * 2));
    this.#fresh(0);
  }

  /** The child of `parent` by a name that is a stretch of `bytes`, or NONE. */
  find(parent: number, bytes: Bytes, start: number, length: number): number {
    const hash = hashOf(parent, bytes, start, length);
    const slot = this.#slotFor(hash, parent, bytes, start, length);
    this.#foundHash = hash;
    this.#foundSlot = slot;
    const node = this.#slots[slot]!;
    return node === 0 || this.gone[node - 1] === 1 ? NONE : node - 1;
  }

  /** A new implied folder in `parent`, whose name is a stretch of `pools[pool]`. There is no such child. */
  add(parent: number, pool: number, start: number, length: number): number {
    this.find(parent, this.pools[pool]!, start, length);
    return this.addUnfound(parent, pool, start, length);
  }

  /** Like `add`, right after `find` has found none of this parent and name: it is not looked for again. */
  addUnfound(parent: number, pool: number, start: number, length: number): number {
    const slot = this.#foundSlot;
    const node = this.#fresh(parent);
    this.namePool[node] = pool;
    this.nameStart[node] = start;
    this.nameLength[node] = length;
    this.#hash[node] = this.#foundHash;
    if (this.#slots[slot] === 0) this.#used++;
    this.#slots[slot] = node + 1;
    if (this.#used * 2 > this.#slots.length) this.#rehash();
    return node;
  }

  /** A new node in the place of `node`, with its name and entry and nothing below it; `node` is gone. */
  renew(node: number): number {
    const twin = this.#fresh(this.parent[node]!);
    this.namePool[twin] = this.namePool[node]!;
    this.nameStart[twin] = this.nameStart[node]!;
    this.nameLength[twin] = this.nameLength[node]!;
    this.#hash[twin] = this.#hash[node]!;
    this.layer[twin] = this.layer[node]!;
    this.row[twin] = this.row[node]!;
    this.gone[node] = 1;
    if (this.parent[node] === node) {
      this.parent[twin] = twin;
      return twin;
    }
    const mask = this.#slots.length - 1;
    let slot = this.#hash[node]! & mask;
    while (this.#slots[slot] !== node + 1) slot = (slot + 1) & mask;
    this.#slots[slot] = twin + 1;
    return twin;
  }

  /** What was no folder becomes an implied one. */
  makeImplied(node: number): void {
    this.kind[node] = DIR;
    this.layer[node] = IMPLIED;
    this.row[node] = 0;
    this.contentLayer[node] = IMPLIED;
    this.contentRow[node] = 0;
  }

  #fresh(parent: number): number {
    if (this.count === this.parent.length) this.#grow();
    const node = this.count++;
    this.parent[node] = parent;
    this.makeImplied(node);
    return node;
  }

  /** The slot of the node of this name, gone or not, or the empty one where it belongs. */
  #slotFor(hash: number, parent: number, bytes: Bytes, start: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const node = slots[slot]! - 1;
      if (node < 0) return slot;
      if (this.#hash[node] === hash && this.parent[node] === parent && this.nameLength[node] === length) {
        const other = this.pools[this.namePool[node]!]!;
        const otherStart = this.nameStart[node]!;
        let i = 0;
        while (i < length && other[otherStart + i] === bytes[start + i]) i++;
        if (i === length) return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  #rehash(): void {
    const old = this.#slots;
    const slots = new Uint32Array(old.length * 2);
    const mask = slots.length - 1;
    for (const node of old) {
      if (node === 0) continue;
      let slot = this.#hash[node - 1]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }

  #grow(): void {
    const limit = this.#limit;
    if (this.count >= limit) fail({ code: 'too-large', what: 'files and folders', limit });
    const capacity = Math.min(this.count * 2, limit);
    this.parent = longer(this.parent, capacity);
    this.namePool = longer(this.namePool, capacity);
    this.nameStart = longer(this.nameStart, capacity);
    this.nameLength = longer(this.nameLength, capacity);
    this.layer = longer(this.layer, capacity);
    this.row = longer(this.row, capacity);
    this.contentLayer = longer(this.contentLayer, capacity);
    this.contentRow = longer(this.contentRow, capacity);
    this.kind = longer(this.kind, capacity);
    this.gone = longer(this.gone, capacity);
    this.#hash = longer(this.#hash, capacity);
  }
}

/** FNV-1a over the name, begun with the parent, and its bits mixed so that the low ones depend on all. */
function hashOf(parent: number, bytes: Bytes, start: number, length: number): number {
  let hash = Math.imul(parent ^ SEED, 0x9e3779b1);
  const end = start + length;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function powerOfTwoFrom(least: number): number {
  let power = 64;
  while (power < least) power *= 2;
  return power;
}

function longer<T extends Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  column: T,
  capacity: number,
): T {
  const larger = new (column.constructor as new (length: number) => T)(capacity);
  larger.set(column);
  return larger;
}
