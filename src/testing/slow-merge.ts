/**
 * The merge of layers once more, as plainly as it can be said: objects, Maps, and paths as arrays of names. The fast
 * one must agree with it on anything; so nothing here is shared with it.
 */
import type { TestEntry } from './tar-of.ts';

export interface SlowInode {
  readonly entry: TestEntry;
  readonly layer: number;
}

export interface SlowNode {
  /** Null for an implied folder. */
  entry: TestEntry | null;
  layer: number | null;
  /** Of a hard link: what it was bound to. */
  bound: SlowInode | null;
  parent: SlowNode | null;
  readonly children: Map<string, SlowNode>;
}

const HOPS = 40;

export function slowMerge(layers: readonly (readonly TestEntry[])[]): SlowNode {
  const root = impliedIn(null);
  layers.forEach((entries, layer) => new SlowLayer(root, entries, layer).apply());
  return root;
}

export function slowType(node: SlowNode): string {
  return node.entry === null ? 'dir' : (node.entry.type ?? 'file');
}

function impliedIn(parent: SlowNode | null): SlowNode {
  return { entry: null, layer: null, bound: null, parent, children: new Map() };
}

/** What lstat(2) would say of it. */
function kindOf(node: SlowNode): string {
  return node.bound === null ? slowType(node) : (node.bound.entry.type ?? 'file');
}

function linkOf(node: SlowNode): string {
  return String((node.bound?.entry ?? node.entry)?.linkname);
}

function inodeOf(node: SlowNode): SlowInode | null {
  const kind = kindOf(node);
  if (kind === 'dir' || kind === 'hardlink') return null;
  return node.bound ?? { entry: node.entry!, layer: node.layer! };
}

function clean(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

type Place = { readonly node: SlowNode; readonly missing: readonly string[] };

/** How far the path can be followed, and the names that are not there; null where a link must not be followed. */
function walk(root: SlowNode, path: readonly string[], follows: (link: SlowNode) => boolean): Place | null {
  let node = root;
  let missing: string[] = [];
  let hops = 0;
  let todo = [...path];
  while (todo.length > 0) {
    const [name, ...rest] = todo as [string, ...string[]];
    todo = rest;
    if (name === '..') {
      if (missing.length > 0) missing = missing.slice(0, -1);
      else node = node.parent ?? node;
      continue;
    }
    const child = missing.length > 0 ? undefined : node.children.get(name);
    if (child === undefined) missing = [...missing, name];
    else if (kindOf(child) === 'symlink' && hops < HOPS) {
      if (!follows(child)) return null;
      hops++;
      const target = linkOf(child);
      if (target.startsWith('/')) {
        node = root;
        missing = [];
      }
      todo = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...todo];
    } else node = child;
  }
  return { node, missing };
}

class SlowLayer {
  readonly root: SlowNode;
  readonly entries: readonly TestEntry[];
  readonly layer: number;

  constructor(root: SlowNode, entries: readonly TestEntry[], layer: number) {
    this.root = root;
    this.entries = entries;
    this.layer = layer;
  }

  apply(): void {
    const lowerTargets = new Map(this.entries.map((entry) => [entry, this.targetOf(entry)]));
    const lowerInodes = new Map(
      this.entries.map((entry) => [
        entry,
        lowerTargets.get(entry) ? inodeOf(lowerTargets.get(entry)!) : null,
      ]),
    );
    this.takeAway();
    const isTakenAway = new Map(
      this.entries.map((entry) => [entry, lowerTargets.get(entry) !== null && this.targetOf(entry) === null]),
    );

    const unbound: { node: SlowNode; entry: TestEntry }[] = [];
    for (const entry of this.entries) {
      const node = this.add(entry);
      if (node !== null && entry.type === 'hardlink' && node.bound === null) unbound.push({ node, entry });
    }

    // Those whose target came later, again and again until that gives nothing new.
    const open = () => unbound.filter(({ node, entry }) => node.entry === entry && node.bound === null);
    for (let progress = true; progress;) {
      progress = false;
      for (const { node, entry } of open()) {
        const target = this.targetOf(entry);
        node.bound = target === null ? null : inodeOf(target);
        if (node.bound !== null) progress = true;
      }
    }
    // Then those that lead, in the end, to what this layer took away.
    for (let progress = true; progress;) {
      progress = false;
      for (const { node, entry } of open()) {
        const target = this.targetOf(entry);
        node.bound =
          target !== null ? inodeOf(target) : isTakenAway.get(entry) ? lowerInodes.get(entry)! : null;
        if (node.bound !== null) progress = true;
      }
    }
  }

  /** What stands at the target of a hard link, or null. */
  targetOf(entry: TestEntry): SlowNode | null {
    if (entry.type !== 'hardlink') return null;
    const path = clean(String(entry.linkname));
    if (path.length === 0) return null;
    const place = walk(this.root, path.slice(0, -1), () => true)!;
    return place.missing.length > 0 ? null : (place.node.children.get(path.at(-1)!) ?? null);
  }

  takeAway(): void {
    const replaced = new Set<SlowNode>();
    for (const entry of this.entries) {
      const path = clean(String(entry.name));
      if (path.length === 0 || path.slice(0, -1).some((name) => name.startsWith('.wh.'))) continue;
      const place = walk(this.root, path.slice(0, -1), () => true)!;
      const node = place.node.children.get(path.at(-1)!.replace(/^\.wh\./, ''));
      if (place.missing.length === 0 && node !== undefined && kindOf(node) === 'symlink') replaced.add(node);
    }
    const acts: (() => void)[] = [];
    for (const entry of this.entries) {
      const path = clean(String(entry.name));
      const name = path.pop() ?? '';
      if (!name.startsWith('.wh.') || path.some((part) => part.startsWith('.wh.'))) continue;
      const place = walk(this.root, path, (link) => !replaced.has(link));
      if (place === null || place.missing.length > 0 || kindOf(place.node) !== 'dir') continue;
      if (name === '.wh..wh..opq') acts.push(() => place.node.children.clear());
      else if (!name.startsWith('.wh..wh.')) acts.push(() => place.node.children.delete(name.slice(4)));
    }
    for (const act of acts) act();
  }

  /** The node that the entry made, or null. */
  add(entry: TestEntry): SlowNode | null {
    const path = clean(String(entry.name));
    if (path.some((name) => name.startsWith('.wh.'))) return null;
    const type = entry.type ?? 'file';
    const name = path.pop();
    if (name === undefined) {
      if (type === 'dir') Object.assign(this.root, { entry, layer: this.layer });
      return null;
    }
    const place = walk(this.root, path, () => true)!;
    let folder = place.node;
    if (kindOf(folder) !== 'dir') Object.assign(folder, { entry: null, layer: null, bound: null });
    for (const part of place.missing) {
      const made = impliedIn(folder);
      folder.children.set(part, made);
      folder = made;
    }
    const target = this.targetOf(entry);
    const bound = target === null ? null : inodeOf(target);
    const old = folder.children.get(name);
    if (old !== undefined && type === 'dir' && kindOf(old) === 'dir') {
      Object.assign(old, { entry, layer: this.layer });
      return old;
    }
    const node: SlowNode = { entry, layer: this.layer, bound, parent: folder, children: new Map() };
    folder.children.set(name, node);
    return node;
  }
}
