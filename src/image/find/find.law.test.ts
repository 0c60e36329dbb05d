/** The fast find equals the slow obvious one, on random trees and queries. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import { slowFind } from '../../testing/slow-find.ts';
import type { TestEntry } from '../../testing/tar-of.ts';
import { treeOf } from '../../testing/tree-of.ts';
import type { FileTree } from '../file-tree.ts';
import { Finder, type Found, type FoundOrder } from './find.ts';
import { findDataOf, FindTable, type Owners } from './find-table.ts';
import { parseQuery } from './query.ts';
import { DIR } from '../layer-index.ts';

const ROUNDS = 100;
const NAMES = ['a', 'b', 'ab', 'aB', 'A', 'lib.so', 'é', 'É', 'ß', 'a b', '文', 'x-a', 'aab', 'K', '\u212a'];
const ODD = [Uint8Array.of(0xff), Uint8Array.of(0xc3, 0x61), Uint8Array.of(0x61, 0xe9)];

function randomName(random: Random): Uint8Array {
  return random.oneIn(12) ? random.pick(ODD) : utf8(random.pick(NAMES));
}

function randomEntry(random: Random): TestEntry {
  const depth = random.between(1, 4);
  const path: number[] = [];
  for (let i = 0; i < depth; i++) path.push(...(i === 0 ? [] : [0x2f]), ...randomName(random));
  const name = Uint8Array.from(path);
  const facts = {
    name,
    mode: random.pick([0o644, 0o755, 0o4755, 0o2750, 0o1777, 0o666]),
    uid: random.below(3),
    gid: random.below(3),
    uname: random.pick(['', 'root', 'ada']),
    gname: random.pick(['', 'wheel']),
    ...(random.oneIn(5) ? { pax: { 'SCHILY.xattr.user.one': 'x' } } : {}),
    ...(random.oneIn(5)
      ? {
          pax: {
            'SCHILY.xattr.security.capability': Uint8Array.of(
              1,
              0,
              0,
              2,
              0,
              0x20,
              ...Array<number>(14).fill(0),
            ),
          },
        }
      : {}),
  };
  switch (random.below(6)) {
    case 0:
      return { ...facts, type: 'dir' };
    case 1:
      return { ...facts, type: 'symlink', linkname: 'a' };
    case 2:
      return { ...facts, type: 'hardlink', linkname: random.pick(NAMES) };
    case 3:
      return { ...facts, type: random.pick(['fifo', 'char', 'block']) };
    default:
      return { ...facts, content: 'x'.repeat(random.pick([0, 1, 5, 40])) };
  }
}

function randomTree(random: Random): FileTree {
  const layer = () => Array.from({ length: random.between(1, 25) }, () => randomEntry(random));
  return treeOf(...Array.from({ length: random.between(1, 3) }, layer));
}

const PIECES = ['a', 'b', 'B', 'é', 'É', 'ß', '.', 'k', 'K', '\ufffd', '文', 'lib'];
const GLOBS = ['*', '?', '[ab]', '[!a]', '[a-z]', 'a', 'b', 'A', 'é', '.', '**'];
const REGEXPS = ['^a', 'b$', 'a.b', '[^a]', 'a|é', '(a)+$', '\\S', 'A'];

function randomWord(random: Random): string {
  const some = (from: readonly string[], most: number) =>
    Array.from({ length: random.between(1, most) }, () => random.pick(from)).join('');
  const path = (from: readonly string[], most: number) => {
    const parts = Array.from({ length: random.between(1, 3) }, () => some(from, most)).join('/');
    return `${random.oneIn(4) ? '/' : ''}${parts}${random.oneIn(8) ? '/' : ''}`;
  };
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      return some(PIECES, 3);
    case 3:
    case 4:
      return path(PIECES, 2);
    case 5:
      return `path:${some(PIECES, 2)}`;
    case 6:
      return some(GLOBS, 4);
    case 7:
    case 8:
      return path(GLOBS, 2);
    case 9:
      return `re:${random.pick(REGEXPS)}`;
    case 10:
      return `re:/${random.pick(['a', 'b'])}/?${random.pick(['', '.*', '[^/]$'])}`;
    case 11:
      return random.pick(['type:file', 'type:dir', 'type:symlink,fifo', 'type:hardlink', 'type:char,block']);
    case 12:
      return random.pick([
        'size:0',
        'size:>1',
        'size:<5',
        'size:1..5',
        'layer:0',
        'layer:>0',
        'cap:',
        'xattr:one',
        'package:',
        'package:none',
        'package:LIB',
        'package:"lib"',
      ]);
    default:
      return random.pick([
        'mode:setuid',
        'mode:setgid',
        'mode:sticky',
        'mode:world-writable',
        'mode:executable',
        'mode:0644',
        'owner:root',
        'owner:1',
        'owner:ada',
        'group:wheel',
        'group:0',
      ]);
  }
}

/** Folders belong to none. */
function randomOwners(random: Random, tree: FileTree): Owners {
  const names = ['lib', 'libB', 'none'];
  const owner = Uint32Array.from({ length: tree.count }, (_, node) =>
    tree.kind(node) === DIR ? 0 : random.below(names.length + 1),
  );
  return { owner, names };
}

function finish(finding: Generator<void, Found, void>): Found {
  for (;;) {
    const { done, value } = finding.next();
    if (done) return value;
  }
}

describe('finding', () => {
  it(
    'equals the slow obvious one, also where it goes on from what was found before',
    { timeout: 60_000 },
    () => {
      let some = 0;
      for (let seed = 1; seed <= ROUNDS; seed++) {
        const random = new Random(seed);
        const tree = randomTree(random);
        const owners = random.oneIn(4) ? null : randomOwners(random, tree);
        const table = new FindTable(findDataOf(tree.columns, tree.layers), null, owners);
        // Asked one after the other, as they are typed.
        const finder = new Finder(table);
        let text = '';
        for (let step = 0; step < 8; step++) {
          const word = randomWord(random);
          if (random.oneIn(3)) text = '';
          text = random.oneIn(3)
            ? `${text}${random.pick(PIECES)}`
            : `${text} ${random.oneIn(5) ? '-' : ''}${word}`;
          const query = parseQuery(text);
          const expected = slowFind(tree, query, owners);
          const order: FoundOrder = random.pick(['path', 'size']);
          const { ids, bytes } = finish(finder.find(query, order));
          const paths = [...ids].map((id) => tree.path(id));
          const told = `seed ${seed}: ${text}`;
          if (order === 'path') expect(paths, told).toEqual(expected);
          else {
            expect(paths.toSorted(), told).toEqual(expected.toSorted());
            const sizes = [...ids].map((id) => tree.size(id));
            expect(sizes, told).toEqual(sizes.toSorted((a, b) => b - a));
          }
          const { contentLayer, contentRow } = tree.columns;
          const contents = new Map(
            [...ids].map((id) => [`${contentLayer[id]} ${contentRow[id]}`, tree.size(id)]),
          );
          expect(bytes, told).toBe([...contents.values()].reduce((sum, size) => sum + size, 0));
          if (expected.length > 0) some++;
        }
      }
      // It is not nothing that agrees.
      expect(some).toBeGreaterThan(ROUNDS);
    },
  );
});
