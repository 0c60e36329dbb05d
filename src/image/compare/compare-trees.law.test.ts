/** Comparing two trees equals comparing all their paths, one after the other, on random trees. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { Random } from '../../testing/random.ts';
import type { TestEntry } from '../../testing/tar-of.ts';
import { toTheEnd } from '../../testing/to-the-end.ts';
import { layerOf, treeOf } from '../../testing/tree-of.ts';
import { FileTree } from '../file-tree.ts';
import { DIR, FILE, SYMLINK } from '../layer-index.ts';
import { merge } from '../merge/merge.ts';
import { IMPLIED } from '../tree-columns.ts';
import {
  compareTrees,
  kindOf,
  NONE,
  sumsOf,
  unreadRows,
  withContents,
  type Differences,
  type Side,
} from './compare-trees.ts';
import { factsOf, writeDifferences } from './difference-lines.ts';

const compare = (first: Side, second: Side): Differences => toTheEnd(compareTrees(first, second));

let layers = 0;
/** Of layers that no other image has. */
const own = (tree: FileTree): Side => ({ tree, layers: tree.layers.map(() => `layer ${layers++}`) });

/** `+ /a`, `- /b`, `~ /c mode,owner`: a line for each row. */
function draw({ count, what, before, after }: Differences, first: FileTree, second: FileTree): string[] {
  return Array.from({ length: count }, (_, row) => {
    const path = after[row] === NONE ? first.path(before[row]!) : second.path(after[row]!);
    const facts = factsOf(what[row]!).join(',');
    const signs = { added: '+', removed: '-', changed: '~', unread: '?', time: '.' };
    return `${signs[kindOf(what[row]!)]} ${path} ${facts}`.trimEnd();
  });
}

const NAMES = ['a', 'b', 'a-b', 'a.c', 'lib', 'é', '__proto__'];

function randomEntry(random: Random): TestEntry {
  const depth = random.between(1, 3);
  const name = Array.from({ length: depth }, () => random.pick(NAMES)).join('/');
  const facts = {
    name,
    mode: random.pick([0o644, 0o755]),
    uid: random.below(2),
    mtime: random.pick([1, 2]),
    ...(random.oneIn(6) ? { pax: { 'SCHILY.xattr.user.one': random.pick(['x', 'y']) } } : {}),
  };
  switch (random.below(5)) {
    case 0:
      return { ...facts, type: 'dir' };
    case 1:
      return { ...facts, type: 'symlink', linkname: random.pick(['a', 'b']) };
    case 2:
      return { ...facts, type: 'hardlink', linkname: random.pick(NAMES) };
    case 3:
      return { ...facts, type: 'char', devminor: random.below(2) };
    default:
      return { ...facts, content: 'x'.repeat(random.pick([0, 3, 4])) };
  }
}

function randomTree(random: Random): FileTree {
  const layer = () => Array.from({ length: random.between(0, 14) }, () => randomEntry(random));
  return treeOf(layer(), layer());
}

/** Paths and what lstat(2) and readlink(2) would say; of bytes only how many. */
function slowFacts(tree: FileTree): Map<string, Record<string, unknown>> {
  const all = new Map<string, Record<string, unknown>>();
  for (let node = 1; node < tree.count; node++) {
    const entry = tree.entry(node);
    const kind = tree.kind(node);
    const isDescribed = tree.inode(node).layer !== IMPLIED;
    all.set(tree.path(node), {
      type: kind,
      contents: kind === FILE ? tree.size(node) : null,
      target: kind === SYMLINK || tree.isUnbound(node) ? [...tree.symlinkTarget(node)] : null,
      mode: kind === SYMLINK ? null : entry.mode,
      owner: [entry.uid, entry.gid],
      xattrs: [...entry.xattrs].map(([name, value]) => [name, [...value]]),
      device: [entry.devmajor, entry.devminor],
      time: isDescribed ? entry.mtime : null,
    });
  }
  return all;
}

function slowCompare(first: FileTree, second: FileTree): string[] {
  const [before, after] = [slowFacts(first), slowFacts(second)];
  const lines: string[] = [];
  for (const [path, facts] of after) {
    const its = before.get(path);
    if (its === undefined) {
      lines.push(`+ ${path}`);
      continue;
    }
    if (its['type'] !== facts['type']) {
      lines.push(`~ ${path} type`);
      continue;
    }
    const isRead = facts['type'] === FILE && its['contents'] === facts['contents'] && facts['contents'] !== 0;
    const what = Object.keys(facts).filter((key) => {
      if (key === 'time' && (its['time'] === null || facts['time'] === null)) return false;
      return JSON.stringify(its[key]) !== JSON.stringify(facts[key]);
    });
    if (isRead) what.unshift('unread');
    if (what.length === 0) continue;
    const sign = what.some((key) => key !== 'time' && key !== 'unread') ? '~' : isRead ? '?' : '.';
    lines.push(`${sign} ${path} ${what.join(',')}`);
  }
  for (const path of before.keys()) if (!after.has(path)) lines.push(`- ${path}`);
  return lines.sort();
}

describe('comparing two trees', () => {
  it('finds what comparing path by path finds', () => {
    const random = new Random(41);
    for (let round = 0; round < 150; round++) {
      const [first, second] = [randomTree(random), randomTree(random)];
      const found = compare(own(first), own(second));
      expect(draw(found, first, second).sort()).toEqual(slowCompare(first, second));
      // Each path once: it is a row, or the same.
      const paths = new Set([...slowFacts(first).keys(), ...slowFacts(second).keys()]);
      expect(found.count + found.same).toBe(paths.size);
    }
  });

  it('turned around, has what was added removed, and the other way', () => {
    const random = new Random(42);
    for (let round = 0; round < 50; round++) {
      const [first, second] = [own(randomTree(random)), own(randomTree(random))];
      const there = compare(first, second);
      const back = compare(second, first);
      const turned = draw(back, second.tree, first.tree).map((line) =>
        line.replace(/^[+-]/, (sign) => (sign === '+' ? '-' : '+')),
      );
      expect(turned).toEqual(draw(there, first.tree, second.tree));
      const [sums, others] = [
        toTheEnd(sumsOf(there, first.tree, second.tree)),
        toTheEnd(sumsOf(back, second.tree, first.tree)),
      ];
      expect(sums.rows.added).toBe(others.rows.removed);
      // `-0` and `0` are the same growth.
      expect(sums.bytes.changed + others.bytes.changed).toBe(0);
    }
  });

  it('does not look at what both have from the same layer, wherever that stands in them', () => {
    const shared = layerOf('bin/\nbin/sh (5)\netc/\netc/passwd (9)');
    const changed = layerOf('etc/passwd (9)\netc/new (1)');
    const before = new FileTree(merge([shared]), [shared]);
    const after = new FileTree(merge([changed, shared].toReversed()), [shared, changed]);
    const found = compare({ tree: before, layers: ['base'] }, { tree: after, layers: ['base', 'top'] });
    expect(draw(found, before, after)).toEqual(['+ /etc/new', '? /etc/passwd unread']);
    expect(found.same).toBe(3);
    expect(compare({ tree: before, layers: ['base'] }, { tree: before, layers: ['base'] }).count).toBe(0);
  });

  it('is told the rest when bytes were read', () => {
    const before = treeOf([
      { name: 'same', content: 'abc', mtime: 1 },
      { name: 'other', content: 'abc', mtime: 1 },
      { name: 'unknown', content: 'abc' },
      { name: 'mode', content: 'abc', mode: 0o600 },
    ]);
    const after = treeOf([
      { name: 'same', content: 'abc', mtime: 1 },
      { name: 'other', content: 'xyz', mtime: 2 },
      { name: 'unknown', content: 'abc' },
      { name: 'mode', content: 'abc', mode: 0o644 },
    ]);
    const found = compare(own(before), own(after));
    const known = new Map([
      ['/same', true],
      ['/other', false],
      ['/mode', true],
    ]);
    const told = toTheEnd(withContents(found, (node) => known.get(before.path(node)) ?? null));
    expect(draw(told, before, after)).toEqual([
      '~ /mode mode',
      '~ /other contents,time',
      '? /unknown unread',
    ]);
    expect(told.same).toBe(found.same + 1);
    expect([...toTheEnd(unreadRows(found))]).toEqual([0, 1, 2, 3]);
    expect([...toTheEnd(unreadRows(told))]).toEqual([2]);
  });

  it('is written down with both entries of each path', () => {
    const [before, after] = [treeOf('a (3)\nb/'), treeOf('a (4)\nc -> a')];
    const found = compare(own(before), own(after));
    const lines = [...writeDifferences(found, before, after)]
      .map(({ text }) => text)
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { path: '/a', change: 'changed', what: ['contents'], before: { size: 3 }, after: { size: 4 } },
      { path: '/b', change: 'removed', before: { type: 'dir' } },
      { path: '/c', change: 'added', after: { type: 'symlink', linkname: 'a' } },
    ]);
    expect(Object.keys(lines[1]!)).not.toContain('after');
  });

  it('rests often', () => {
    const entries = Array.from({ length: 20_000 }, (_, i): TestEntry => ({
      name: utf8(`d${i % 100}/f${i}`),
    }));
    const [before, after] = [treeOf(entries), treeOf(entries)];
    const going = compareTrees(own(before), own(after));
    let rests = 0;
    let step = going.next();
    for (; step.done !== true; step = going.next()) rests++;
    expect(rests).toBeGreaterThan(8);
    expect(step.value).toMatchObject({ count: 0, same: 20_100 });
    expect(before.kind(1)).toBe(DIR);
  });
});
