/** To which package each file of a tree belongs, by what the packages say. */
import { pathsOf } from '../../formats/installed/path-list.ts';
import type { FileTree } from '../file-tree.ts';
import { DIR } from '../layer-index.ts';
import { resolvePath } from '../resolve-path.ts';
import { IMPLIED, ROOT } from '../tree-columns.ts';
import type { Installed } from './installed.ts';

/** In `owner`: no package says that it is its own. */
export const NOBODY = 0;

/** What a package, or nobody, has in a tree. */
export interface Holding {
  /** Names of files that it owns; what is shared belongs to the first. Folders are nobody's. */
  readonly files: number;
  /** Bytes of them; a file with several names counts once. */
  readonly bytes: number;
  /** Paths that it claims and the tree has not. */
  readonly missing: number;
  /** How many of its files each layer brought, the most first. */
  readonly layers: readonly (readonly [layer: number, files: number])[];
}

export interface Ownership {
  /** Of each node: its package, counted from 1. */
  readonly owner: Uint32Array<ArrayBuffer>;
  /** Of each package. */
  readonly holdings: readonly Holding[];
  /** What belongs to none. */
  readonly nobodys: Holding;
}

/** Paths or nodes between two rests. */
const AT_ONCE = 1024;
const SLASH = 0x2f;

/** Rests often. */
export function* ownershipOf(
  tree: FileTree,
  { packages, paths, ends }: Installed,
): Generator<void, Ownership, undefined> {
  const owner = new Uint32Array(tree.count);
  /** Folders of which all is claimed that no path names. */
  const whole = new Uint32Array(tree.count);
  const missing = new Uint32Array(packages.length + 1);
  const places = new Places(tree);
  let steps = 0;
  for (let i = 0; i < packages.length; i++) {
    for (const path of pathsOf(paths.subarray(i === 0 ? 0 : ends[i - 1], ends[i]))) {
      if (++steps % AT_ONCE === 0) yield;
      const node = places.find(path);
      if (node === null) missing[i + 1]!++;
      else if (tree.kind(node) !== DIR) owner[node] ||= i + 1;
      else if (path.at(-1) === SLASH) whole[node] ||= i + 1;
    }
  }
  return yield* counted(tree, owner, whole, missing);
}

/** A node comes after its folder. */
function* counted(
  tree: FileTree,
  owner: Uint32Array<ArrayBuffer>,
  whole: Uint32Array<ArrayBuffer>,
  missing: Uint32Array<ArrayBuffer>,
): Generator<void, Ownership, undefined> {
  const files = new Uint32Array(missing.length);
  const bytes = new Float64Array(missing.length);
  const layers = Array.from(missing, () => new Map<number, number>());
  const seen = tree.layers.map(({ count }) => new Uint8Array(count));
  for (let node = ROOT + 1; node < tree.count; node++) {
    if (node % AT_ONCE === 0) yield;
    whole[node] ||= whole[tree.parent(node)]!;
    if (tree.kind(node) === DIR) continue;
    const of = (owner[node] ||= whole[node]!);
    const layer = tree.layer(node);
    files[of]!++;
    if (layer !== null) layers[of]!.set(layer, (layers[of]!.get(layer) ?? 0) + 1);
    const content = tree.columns.contentLayer[node]!;
    if (content === IMPLIED) continue;
    const row = tree.columns.contentRow[node]!;
    if (seen[content]![row] === 1) continue;
    seen[content]![row] = 1;
    bytes[of]! += tree.size(node);
  }
  const holdings = Array.from(missing, (_, i): Holding => ({
    files: files[i]!,
    bytes: bytes[i]!,
    missing: missing[i]!,
    layers: [...layers[i]!].sort(([a, x], [b, y]) => y - x || a - b),
  }));
  return { owner, holdings: holdings.slice(1), nobodys: holdings[NOBODY]! };
}

/** Where paths lead: their folder through links, as whoever unpacked the package went, their name as it is. */
class Places {
  readonly #tree: FileTree;
  /** Paths of one package are in a few folders, one after the other. By the bytes, a character each. */
  readonly #folders = new Map<string, number | null>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  find(path: Uint8Array): number | null {
    const end = path.at(-1) === SLASH ? path.length - 1 : path.length;
    const slash = path.lastIndexOf(SLASH, end - 1);
    const folder = this.#folder(path.subarray(0, Math.max(0, slash)));
    if (folder === null) return null;
    const name = path.subarray(slash + 1, end);
    // Paths of a record may go up and down again.
    if (name.length <= 2 && name.every((byte) => byte === DOT)) return resolvePath(this.#tree, path);
    return this.#tree.child(folder, name);
  }

  #folder(path: Uint8Array): number | null {
    const key = latin1.decode(path);
    let node = this.#folders.get(key);
    if (node === undefined) this.#folders.set(key, (node = resolvePath(this.#tree, path)));
    return node;
  }
}

const DOT = 0x2e;

/** A character for each byte, whatever they say. */
const latin1 = new TextDecoder('latin1');
