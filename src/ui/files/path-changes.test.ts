import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { historyOfPath } from '../../image/merge/merge.ts';
import type { TestEntry } from '../../testing/tar-of.ts';
import { layerOf } from '../../testing/tree-of.ts';
import { toldChanges } from './path-changes.ts';

function draw(path: string, ...stack: readonly (readonly TestEntry[])[]): string {
  const layers = stack.map(layerOf);
  return toldChanges(historyOfPath(layers, utf8(path)), layers)
    .map(({ layer, what, facts, after }) => `${layer} ${what}: ${facts.join(', ')} [${after ?? 'all'}]`)
    .join('\n');
}

describe('what layers made of a path, in words', () => {
  it('tells the newest first, and where each is to be seen', () => {
    const key = { name: 'key', content: 'secret', mode: 0o600, mtime: 0 };
    expect(
      draw('/key', [key], [{ ...key, mode: 0o644 }], [], [{ name: '.wh.key' }], [{ ...key, content: 'x' }]),
    ).toBe(
      [
        '4 added: file, 1 B, 0600, 0:0 [all]',
        '3 deleted:  [2]',
        '1 changed: 0600 → 0644 [1]',
        '0 added: file, 6 B, 0600, 0:0 [0]',
      ].join('\n'),
    );
  });

  it('tells all that is different, and where nothing is', () => {
    const file = { name: 'f', content: 'x'.repeat(2000), mtime: 0 };
    expect(
      draw(
        '/f',
        [file],
        [{ ...file, content: 'x'.repeat(2001), uid: 7, uname: 'web', mtime: 3600 }],
        [{ ...file, content: 'y'.repeat(2001), uid: 7, uname: 'web', mtime: 3600 }],
        [{ name: 'f', type: 'symlink', linkname: 'g', mode: 0o777 }],
        [{ name: 'g' }, { name: 'f', type: 'hardlink', linkname: 'g' }],
      ),
    ).toMatchInlineSnapshot(`
      "4 changed: symbolic link → hard link to a file [all]
      3 changed: file → symbolic link, web:0 → 0:0, 1970-01-01 01:00 → 1970-01-01 00:00 [3]
      2 changed: of the same size, mode, owner and time [2]
      1 changed: 2000 B → 2001 B, 0:0 → web:0, 1970-01-01 00:00 → 1970-01-01 01:00 [1]
      0 added: file, 2.00 kB, 0644, 0:0 [0]"
    `);
  });
});
