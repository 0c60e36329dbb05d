/** Finds where a path leads in a tree that is being merged. */
import type { Bytes } from '../../base/bytes.ts';
import { IMPLIED } from '../tree-columns.ts';
import { DIR, SYMLINK, type LayerIndex } from '../layer-index.ts';
import { NONE, type MergeNodes } from './nodes.ts';
import { isDotDot, PathParts } from './path-parts.ts';

/** Symbolic links followed in one path, as Linux has it (path_resolution(7)). One more is taken for no folder. */
export const MAX_LINK_HOPS = 40;
/** Bytes of the target of a symbolic link: PATH_MAX of Linux, with its NUL. */
export const MAX_TARGET = 4095;
/** Parts on the way through symbolic links: no path that works has so many. */
export const MAX_STEPS = 4096;
/** Begins the name of a whiteout (image-spec v1.1, layer.md, "Whiteouts"). */
export const WHITEOUT = '.wh.';

const SLASH = 0x2f;
const NEVER = () => false;

/** A component: a stretch of a layer's pool. */
interface Part {
  readonly pool: number;
  readonly start: number;
  readonly length: number;
}

/** A path that was read, cleaned, and its ways through the tree. */
export class PathWalk extends PathParts {
  /** False where finding the last `folder` changed the links on the way to it: the same path now leads elsewhere. */
  settled = true;
  readonly #nodes: MergeNodes;
  readonly #layers: readonly LayerIndex[];
  #pool = 0;
  #bytes: Bytes = new Uint8Array(0);

  constructor(nodes: MergeNodes, layers: readonly LayerIndex[]) {
    super();
    this.#nodes = nodes;
    this.#layers = layers;
  }

  /** Reads a path in the pool of a layer. */
  readFrom(layer: number, start: number, length: number): void {
    this.#pool = layer;
    this.#bytes = this.#nodes.pools[layer]!;
    this.read(this.#bytes, start, length, true);
  }

  /** The index of the first component that begins with `.wh.`, or NONE. */
  whiteoutDepth(): number {
    for (let i = 0; i < this.count; i++) {
      const start = this.starts[i]!;
      if (this.lengths[i]! >= WHITEOUT.length && isWhiteoutAt(this.#bytes, start)) return i;
    }
    return NONE;
  }

  /** One component as text, a character for each byte. */
  text(i: number): string {
    let text = '';
    const end = this.starts[i]! + this.lengths[i]!;
    for (let at = this.starts[i]!; at < end; at++) text += String.fromCharCode(this.#bytes[at]!);
    return text;
  }

  wholeText(): string {
    return Array.from({ length: this.count }, (_, i) => this.text(i)).join('/');
  }

  /** The child of `folder` named like the last component without its first `skip` bytes, or NONE. */
  last(folder: number, skip = 0): number {
    const i = this.count - 1;
    return this.#nodes.find(folder, this.#bytes, this.starts[i]! + skip, this.lengths[i]! - skip);
  }

  /**
   * The folder that all components but the last lead to, through symbolic links. With `create` what is missing is made
   * of implied folders, and what is no folder gives way to one; otherwise NONE where it is not there. `stopAt` says of
   * a symbolic link that it is not to be followed.
   */
  folder(root: number, create: boolean, stopAt: (link: number) => boolean = NEVER): number {
    const nodes = this.#nodes;
    this.settled = true;
    let node = root;
    for (let i = 0; i < this.count - 1; i++) {
      let child = nodes.find(node, this.#bytes, this.starts[i]!, this.lengths[i]!);
      if (child === NONE) {
        if (!create) return NONE;
        child = nodes.add(node, this.#pool, this.starts[i]!, this.lengths[i]!);
      } else if (nodes.kind[child] === SYMLINK) {
        return this.#folderThroughLinks(root, create, stopAt);
      } else if (nodes.kind[child] !== DIR) {
        if (!create) return NONE;
        nodes.makeImplied(child);
      }
      node = child;
    }
    return node;
  }

  /**
   * Like `folder`. `..` in the target of a link goes to the folder above, also above what is not there or is no folder
   * (as filepath-securejoin has it), and so nothing is made before the whole path is known.
   */
  #folderThroughLinks(root: number, create: boolean, stopAt: (link: number) => boolean): number {
    const nodes = this.#nodes;
    const todo: Part[] = [];
    for (let i = this.count - 2; i >= 0; i--) {
      todo.push({ pool: this.#pool, start: this.starts[i]!, length: this.lengths[i]! });
    }
    const target = new PathParts();
    let missing: Part[] = [];
    let node = root;
    let hops = 0;
    let steps = 0;
    for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
      steps++;
      const bytes = nodes.pools[part.pool]!;
      if (isDotDot(bytes, part.start, part.length)) {
        if (missing.pop() === undefined) node = nodes.parent[node]!;
        continue;
      }
      const child = missing.length > 0 ? NONE : nodes.find(node, bytes, part.start, part.length);
      if (child === NONE) {
        missing.push(part);
        continue;
      }
      // No file system has longer targets, and ways of many steps can be made to take minutes.
      const isLink = nodes.kind[child] === SYMLINK && hops < MAX_LINK_HOPS && steps <= MAX_STEPS;
      const said = isLink ? this.#targetOf(child) : null;
      if (said === null || said.length > MAX_TARGET) {
        node = child;
        continue;
      }
      if (stopAt(child)) return NONE;
      hops++;
      const { pool, start, length } = said;
      if (length > 0 && nodes.pools[pool]![start] === SLASH) {
        node = root;
        missing = [];
      }
      target.read(nodes.pools[pool]!, start, length, false);
      for (let i = target.count - 1; i >= 0; i--) {
        todo.push({ pool, start: target.starts[i]!, length: target.lengths[i]! });
      }
    }
    if (nodes.kind[node] !== DIR) {
      if (!create) return NONE;
      this.settled = nodes.kind[node] !== SYMLINK;
      nodes.makeImplied(node);
    }
    if (missing.length > 0 && !create) return NONE;
    for (const part of missing) node = nodes.add(node, part.pool, part.start, part.length);
    return node;
  }

  /** What a symbolic link, or a hard link to one, says. */
  #targetOf(link: number): Part {
    const nodes = this.#nodes;
    const bound = nodes.contentLayer[link] !== IMPLIED;
    const layer = bound ? nodes.contentLayer[link]! : nodes.layer[link]!;
    const row = bound ? nodes.contentRow[link]! : nodes.row[link]!;
    const index = this.#layers[layer]!;
    return { pool: layer, start: index.linkStart[row]!, length: index.linkLength[row]! };
  }
}

/** `.wh.` stands at `start`; the caller has seen that there is room for it. */
function isWhiteoutAt(bytes: Uint8Array, start: number): boolean {
  return (
    bytes[start] === 0x2e &&
    bytes[start + 1] === 0x77 &&
    bytes[start + 2] === 0x68 &&
    bytes[start + 3] === 0x2e
  );
}

/** True where the component from `start` to `end` begins with `.wh.`. */
export function isWhiteout(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= WHITEOUT.length && isWhiteoutAt(bytes, start);
}
