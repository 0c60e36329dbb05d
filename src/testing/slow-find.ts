/**
 * Finding once more, as plainly as it can be said: whole paths as text, one entry after the other. The fast one must agree
 * with it on any tree and query; so nothing of how to match is shared with it.
 */
import { readable } from '../base/bytes.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Owners } from '../image/find/find-table.ts';
import type { Query, Term, TextPattern } from '../image/find/query.ts';
import { DIR, FILE, SYMLINK } from '../image/layer-index.ts';

const TYPES = ['file', 'hardlink', 'symlink', 'char', 'block', 'dir', 'fifo'];

/** Paths, in the order in which one walks through the tree. */
export function slowFind(tree: FileTree, { terms }: Query, owners: Owners | null = null): string[] {
  const found: string[] = [];
  const walk = (folder: number): void => {
    const { start, end } = tree.children(folder);
    for (let node = start; node < end; node++) {
      if (terms.every((term) => holds(tree, node, term, owners))) found.push(tree.path(node));
      walk(node);
    }
  };
  walk(0);
  return found;
}

function holds(tree: FileTree, node: number, { not, test }: Term, owners: Owners | null): boolean {
  const entry = tree.entry(node);
  const isFile = tree.kind(node) === FILE;
  const truth = (): boolean => {
    switch (test.kind) {
      case 'name':
        return nameIs(tree.name(node), test.pattern);
      case 'path':
        return pathIs(readable(tree.pathBytes(node)), test.pattern);
      case 'type':
        return test.types.some((type) => type === TYPES[tree.kind(node)] || type === TYPES[tree.type(node)]);
      case 'size':
        return isFile && entry.size >= test.span.min && entry.size <= test.span.max;
      case 'layer':
        return entry.layer !== null && entry.layer >= test.span.min && entry.layer <= test.span.max;
      case 'mode': {
        if (typeof test.mode === 'number') return entry.mode === test.mode;
        const bits = {
          setuid: 0o4000,
          setgid: 0o2000,
          sticky: 0o1000,
          executable: 0o111,
          'world-writable': 2,
        };
        if ((entry.mode & bits[test.mode]) === 0) return false;
        return test.mode === 'executable' ? isFile : tree.kind(node) !== SYMLINK;
      }
      case 'owner':
        return entry.uname === test.who || String(entry.uid) === (test.who === 'root' ? '0' : test.who);
      case 'group':
        return entry.gname === test.who || String(entry.gid) === (test.who === 'root' ? '0' : test.who);
      case 'cap':
        return entry.xattrs.has('security.capability');
      case 'xattr':
        return [...entry.xattrs.keys()].some((name) => name.toLowerCase().includes(test.name));
      case 'package': {
        const owner = owners?.owner[node] ?? 0;
        if (test.name === null) return owners !== null && owner === 0 && tree.kind(node) !== DIR;
        if (owner === 0) return false;
        const name = owners!.names[owner - 1]!.toLowerCase();
        return test.exact ? name === test.name : name.includes(test.name);
      }
      default:
        throw new Error(`not here: ${test.kind}`);
    }
  };
  return truth() !== not;
}

export function nameIs(name: string, { how, value, anyCase }: TextPattern): boolean {
  const flags = anyCase ? 'i' : '';
  if (how === 'regexp') return new RegExp(value, `${flags}u`).test(name);
  if (how === 'glob')
    return new RegExp(`^${globSource(cased(value, anyCase))}$`, 'us').test(cased(name, anyCase));
  return cased(name, anyCase).includes(cased(value, anyCase));
}

export function pathIs(path: string, { how, value, anyCase }: TextPattern): boolean {
  if (how === 'regexp') return new RegExp(value, `${anyCase ? 'i' : ''}u`).test(path);
  if (how === 'substring') {
    // What is in a folder is in all that its path holds.
    return cased(path, anyCase).includes(cased(value, anyCase));
  }
  const parts = cased(value, anyCase)
    .split('/')
    .filter((part) => part !== '');
  const all = value.startsWith('/') ? parts : ['**', ...parts];
  const source = all.map((part, i) => {
    if (part !== '**') return `/${globSource(part)}`;
    return i === all.length - 1 ? '(?:/[^/]+)+' : '(?:/[^/]+)*';
  });
  return new RegExp(`^${source.join('')}$`, 'us').test(cased(path, anyCase));
}

const cased = (text: string, anyCase: boolean) => (anyCase ? text.toLowerCase() : text);

/** Only of the characters that the tests draw. */
function globSource(glob: string): string {
  return glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\[!/g, '[^')
    .replace(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]');
}
