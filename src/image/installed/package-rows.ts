/** The packages as a list to look at: which, and in which order. */
import { compareText } from '../../base/compare-text.ts';
import type { Package, PackageType } from '../../formats/installed/installed.ts';
import type { FileTree } from '../file-tree.ts';
import { DIR } from '../layer-index.ts';
import { ROOT } from '../tree-columns.ts';
import type { Ownership } from './ownership.ts';

/** After all layers: a package whose files none has. */
const NOWHERE = 0xffff;

export type PackageOrder = 'size' | 'name' | 'layer';

export interface PackageChoice {
  /** What name, version or summary have in them, in any case; empty for all. */
  readonly part: string;
  /** Null for all. */
  readonly type: PackageType | null;
  readonly order: PackageOrder;
}

/** What is worked out once is kept: somebody types, and there are ten thousands. */
export class PackageRows {
  readonly #packages: readonly Package[];
  readonly #ownership: Ownership;
  readonly #orders = new Map<PackageOrder, Uint32Array<ArrayBuffer>>();
  #texts: readonly string[] | null = null;

  constructor(packages: readonly Package[], ownership: Ownership) {
    this.#packages = packages;
    this.#ownership = ownership;
  }

  /** Numbers of packages, from 0. */
  choose({ part, type, order }: PackageChoice): Uint32Array<ArrayBuffer> {
    const all = this.#inOrder(order);
    const wanted = part.trim().toLowerCase();
    if (wanted === '' && type === null) return all;
    this.#texts ??= this.#packages.map(({ name, version, summary }) =>
      `${name}\n${version}\n${summary}`.toLowerCase(),
    );
    const texts = this.#texts;
    return all.filter(
      (i) => (type === null || this.#packages[i]!.type === type) && texts[i]!.includes(wanted),
    );
  }

  #inOrder(order: PackageOrder): Uint32Array<ArrayBuffer> {
    const known = this.#orders.get(order);
    if (known !== undefined) return known;
    const packages = this.#packages;
    const { holdings } = this.#ownership;
    const layer = (i: number) => holdings[i]!.layers[0]?.[0] ?? NOWHERE;
    const byName = (a: number, b: number) => compareText(packages[a]!.name, packages[b]!.name) || a - b;
    const bySize = (a: number, b: number) => holdings[b]!.bytes - holdings[a]!.bytes || byName(a, b);
    const byLayer = (a: number, b: number) => layer(a) - layer(b) || bySize(a, b);
    const compare = { name: byName, size: bySize, layer: byLayer }[order];
    const rows = Uint32Array.from(packages, (_, i) => i).sort(compare);
    this.#orders.set(order, rows);
    return rows;
  }
}

/** Nodes between two rests. */
const AT_ONCE = 8192;

/** The largest `most` files whose `owner` that is, the largest first. Rests often. */
export function* filesOwned(
  tree: FileTree,
  { owner }: Ownership,
  of: number,
  most: number,
): Generator<void, readonly number[], undefined> {
  let kept: number[] = [];
  /** No smaller one is among them any more. */
  let least = -1;
  const cut = () => {
    kept = kept.sort((a, b) => tree.size(b) - tree.size(a) || a - b).slice(0, most);
    if (kept.length === most) least = tree.size(kept[most - 1]!);
  };
  for (let node = ROOT + 1; node < tree.count; node++) {
    if (node % AT_ONCE === 0) yield;
    if (owner[node] !== of || tree.kind(node) === DIR || tree.size(node) <= least) continue;
    kept.push(node);
    if (kept.length === most * 2) cut();
  }
  cut();
  return kept;
}
