import { expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { slowMerge, type SlowNode } from '../testing/slow-merge.ts';
import type { TestEntry } from '../testing/tar-of.ts';
import { treeOf } from '../testing/tree-of.ts';
import { unseenOf } from './unseen.ts';

const drawn = (...layers: readonly string[]) =>
  unseenOf(treeOf(...layers)).map(({ files, bytes }) => `${bytes} bytes in ${files}`);

it('counts what later layers replaced, deleted or hid', () => {
  expect(
    drawn(
      'etc/kept (1)\netc/gone (10)\netc/changed (100)\nopt/hidden (1000)\nopt/deep/too (10000)',
      'etc/.wh.gone\netc/changed (7)\nopt/.wh..wh..opq\nopt/new (5)',
      'etc/changed/\n',
    ),
  ).toEqual(['11110 bytes in 4', '7 bytes in 1', '0 bytes in 0']);
});

it('counts what a layer itself replaced, and not what is there by another name', () => {
  expect(drawn('a (3)\na (4)\nb (5)\nc => b', '.wh.b')).toEqual(['3 bytes in 1', '0 bytes in 0']);
});

it('counts all that the slow merge does not reach, over drawn layers', () => {
  const random = new Random(5);
  const name = () => ['a', 'b', 'a/b', 'a/c', 'd/a', 'd/e/f', 'b/x'][random.below(7)]!;
  for (let round = 0; round < 300; round++) {
    let number = 0;
    const layers = Array.from({ length: 1 + random.below(4) }, () =>
      Array.from({ length: random.below(8) }, (): TestEntry => {
        const path = name();
        const [base, folder] = [path.split('/').at(-1)!, path.split('/').slice(0, -1)];
        switch (random.below(6)) {
          case 0:
            return { name: [...folder, `.wh.${base}`].join('/') };
          case 1:
            return { name: [...folder, '.wh..wh..opq'].join('/') };
          case 2:
            return { name: `${path}/`, type: 'dir' };
          case 3:
            return { name: path, type: 'hardlink', linkname: name() };
          default:
            return { name: path, content: 'x'.repeat(++number) };
        }
      }),
    );
    const reached = new Set<TestEntry>();
    const walk = ({ entry, bound, children }: SlowNode): void => {
      if (bound !== null) reached.add(bound.entry);
      else if (entry !== null) reached.add(entry);
      children.forEach(walk);
    };
    walk(slowMerge(layers));
    const slow = layers.map((entries) => {
      const lost = entries.filter((entry) => (entry.content?.length ?? 0) > 0 && !reached.has(entry));
      return { files: lost.length, bytes: lost.reduce((sum, { content }) => sum + content!.length, 0) };
    });
    expect(unseenOf(treeOf(...layers)), JSON.stringify(layers)).toEqual(slow);
  }
});
