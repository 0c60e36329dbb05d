/**
 * Which nodes of the tree are on the list, in order: the children of every unfolded folder, depth first. Kept as one
 * array of node numbers that is spliced when a folder folds, so that a million rows cost four megabytes and one memmove.
 */
import { type FileTree } from '../../image/file-tree.ts';
import { ROOT } from '../../image/tree-columns.ts';

/** What of a FileTree the list needs. */
export type Branches = Pick<
  FileTree,
  'count' | 'parent' | 'children' | 'childrenBySize' | 'child' | 'nameBytes'
>;

export type SortOrder = 'name' | 'size';

/** So many nodes that are kept are shown unfolded; more are not seen at a glance anyway. */
const UNFOLDED_AT_ONCE = 1000;
/** Rows to begin with; doubled as needed. */
const FIRST_CAPACITY = 1024;

export class VisibleRows {
  readonly #tree: Branches;
  #order: SortOrder = 'name';
  /** 1 for each unfolded folder; folded parents keep what is unfolded below them. */
  readonly #unfolded: Uint8Array;
  /** 1 for each node that may be listed; null for all. */
  #kept: Uint8Array | null = null;
  /** What was unfolded before something was kept. */
  #before: Uint8Array | null = null;
  #rows = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  /** Place among its listed siblings, from 1, for each node that has been on the list since the last change of order. */
  readonly #position: Uint32Array;
  /** Listed children, for each folder that was unfolded. */
  readonly #listed: Uint32Array;

  constructor(tree: Branches) {
    this.#tree = tree;
    this.#unfolded = new Uint8Array(tree.count);
    this.#position = new Uint32Array(tree.count);
    this.#listed = new Uint32Array(tree.count);
    this.#unfolded[ROOT] = 1;
    this.#rebuild();
  }

  get count(): number {
    return this.#count;
  }

  get order(): SortOrder {
    return this.#order;
  }

  /** The node on `row`, from 0 to `count - 1`. */
  node(row: number): number {
    return this.#rows[row]!;
  }

  /** The row of `node`, or -1 where it is not on the list. */
  rowOf(node: number): number {
    return this.#rows.subarray(0, this.#count).indexOf(node);
  }

  isUnfolded(node: number): boolean {
    return this.#unfolded[node] === 1;
  }

  /** From 1 for the children of the root, which itself is not on the list. */
  level(node: number): number {
    let level = 0;
    for (let at = node; at !== ROOT; at = this.#tree.parent(at)) level++;
    return level;
  }

  /** Place among the siblings on the list, from 1, and how many they are. */
  place(node: number): { position: number; of: number } {
    return { position: this.#position[node]!, of: this.#listed[this.#tree.parent(node)]! };
  }

  /** True for a folder that has something to unfold. */
  canUnfold(node: number): boolean {
    const { start, end } = this.#tree.children(node);
    const kept = this.#kept;
    if (kept === null) return end > start;
    return kept.subarray(start, end).includes(1);
  }

  /** Both do nothing where it is so already. `row` is the folder's. */
  unfold(row: number): void {
    const node = this.node(row);
    if (this.isUnfolded(node) || !this.canUnfold(node)) return;
    this.#unfolded[node] = 1;
    this.#splice(row + 1, 0, this.#below(node));
  }

  fold(row: number): void {
    const node = this.node(row);
    if (!this.isUnfolded(node)) return;
    this.#unfolded[node] = 0;
    this.#splice(row + 1, this.#end(row) - row - 1, []);
  }

  /** Unfolds what hides `node` and gives its row; -1 for the root and for what is not kept. */
  reveal(node: number): number {
    if (node === ROOT || (this.#kept !== null && this.#kept[node] !== 1)) return -1;
    const hidden: number[] = [];
    for (let at = this.#tree.parent(node); at !== ROOT; at = this.#tree.parent(at)) {
      if (!this.isUnfolded(at)) hidden.push(at);
    }
    // From the top down: each folder is on the list once those above it are unfolded.
    for (const folder of hidden.reverse()) this.unfold(this.rowOf(folder));
    return this.rowOf(node);
  }

  sort(order: SortOrder): void {
    if (order === this.#order) return;
    this.#order = order;
    this.#rebuild();
  }

  /**
   * Lists only nodes with a 1 (their ancestors must have one too), unfolded if they are few; null lists all again, as
   * it was before.
   */
  keep(kept: Uint8Array | null): void {
    this.#before ??= this.#unfolded.slice();
    this.#unfolded.set(this.#before);
    if (kept === null) this.#before = null;
    else if (kept.reduce((sum, one) => sum + one, 0) <= UNFOLDED_AT_ONCE) this.#unfolded.set(kept);
    this.#unfolded[ROOT] = 1;
    this.#kept = kept;
    this.#rebuild();
  }

  foldAll(): void {
    this.#unfolded.fill(0);
    this.#unfolded[ROOT] = 1;
    this.#rebuild();
  }

  /** Unfolds what is unfolded in the list of another tree, where the same names lead to a folder in this one. */
  unfoldLike(other: VisibleRows): void {
    const unfolded = other.#before ?? other.#unfolded;
    const twins = new Map([[ROOT, ROOT]]);
    const waiting = [ROOT];
    for (let theirs = waiting.pop(); theirs !== undefined; theirs = waiting.pop()) {
      const ours = twins.get(theirs)!;
      this.#unfolded[ours] = 1;
      const { start, end } = other.#tree.children(theirs);
      for (let child = start; child < end; child++) {
        if (unfolded[child] !== 1) continue;
        const twin = this.#tree.child(ours, other.#tree.nameBytes(child));
        if (twin === null) continue;
        twins.set(child, twin);
        waiting.push(child);
      }
    }
    this.#order = other.#order;
    this.#rebuild();
  }

  unfoldAll(): void {
    this.#unfolded.fill(1);
    this.#rebuild();
  }

  #rebuild(): void {
    this.#splice(0, this.#count, this.#below(ROOT));
  }

  /** The row after the last one below `row`. */
  #end(row: number): number {
    const level = this.level(this.node(row));
    let low = row + 1;
    while (low < this.#count && this.level(this.node(low)) > level) low++;
    return low;
  }

  /** All that is listed below an unfolded `node`. With a stack of its own: folders may nest by the ten thousand. */
  #below(node: number): number[] {
    const found: number[] = [];
    const waiting: number[] = [];
    this.#pushChildren(node, waiting);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      found.push(at);
      if (this.#unfolded[at] === 1) this.#pushChildren(at, waiting);
    }
    return found;
  }

  /** Pushes the listed children, the first one last, and notes their places. */
  #pushChildren(node: number, waiting: number[]): void {
    const { start, end } = this.#tree.children(node);
    const bySize = this.#order === 'size' ? this.#tree.childrenBySize(node) : null;
    const from = waiting.length;
    for (let i = end - start - 1; i >= 0; i--) {
      const child = bySize === null ? start + i : bySize[i]!;
      if (this.#kept === null || this.#kept[child] === 1) waiting.push(child);
    }
    const listed = waiting.length - from;
    this.#listed[node] = listed;
    for (let i = 0; i < listed; i++) this.#position[waiting[from + i]!] = listed - i;
  }

  #splice(at: number, removed: number, added: readonly number[]): void {
    const count = this.#count - removed + added.length;
    if (count > this.#rows.length) {
      const grown = new Uint32Array(Math.max(count, this.#rows.length * 2));
      grown.set(this.#rows.subarray(0, this.#count));
      this.#rows = grown;
    }
    this.#rows.copyWithin(at + added.length, at + removed, this.#count);
    this.#rows.set(added, at);
    this.#count = count;
  }
}
