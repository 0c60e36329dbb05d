import { describe, expect, it } from 'vitest';
import { treeOf } from '../testing/tree-of.ts';
import { bytesOfNode } from './bytes-of-node.ts';

const chain = (length: number) =>
  Array.from({ length }, (_, i) => `link-${i} -> link-${i + 1}`).join('\n') + `\nlink-${length} (7)`;

const LAYERS = [
  `etc/
   etc/passwd (12)
   etc/alias => etc/passwd
   data/
   data/old (5)
   data/kept => data/old
   gone (9)
   to-gone -> gone
   pipe |
   to-nothing => no/such/file
   round -> about
   about -> round
   ${chain(41)}`,
  `bin -> usr/bin
   usr/bin/sh => usr/bin/dash
   usr/bin/dash (3)
   usr/bin/awk -> /etc/alternatives/awk
   etc/alternatives/awk -> ../../usr/bin/sh
   .wh.gone
   data/old (77)
   up -> ../../../etc/alias
   trailing -> etc/passwd/`,
];

describe('whose bytes a name shows', () => {
  it.each([
    ['/etc/passwd', '/etc/passwd: layer 0, 12 bytes'],
    ['/etc/alias', '/etc/alias: layer 0, 12 bytes'],
    // The name was given to another file since; the link has the one it was made to.
    ['/data/old', '/data/old: layer 1, 77 bytes'],
    ['/data/kept', '/data/kept: layer 0, 5 bytes'],
    ['/usr/bin/awk', '/usr/bin/sh: layer 1, 3 bytes, 2 links'],
    ['/up', '/etc/alias: layer 0, 12 bytes, 1 links'],
    ['/link-2', '/link-41: layer 0, 7 bytes, 39 links'],
    ['/link-1', '/link-41: layer 0, 7 bytes, 40 links'],
    ['/link-0', 'loop'],
    ['/round', 'loop'],
    ['/to-gone', 'dangling'],
    ['/trailing', 'dangling'],
    ['/to-nothing', 'unbound'],
    ['/bin', 'folder'],
    ['/etc', 'folder'],
    ['/pipe', 'fifo'],
  ])('%s: %s', (path, said) => {
    const tree = treeOf(...LAYERS);
    const bytes = bytesOfNode(tree, tree.find(path)!);
    const text =
      bytes.kind === 'none'
        ? bytes.why
        : `${tree.path(bytes.node)}: layer ${bytes.layer}, ${bytes.size} bytes` +
          (bytes.hops > 0 ? `, ${bytes.hops} links` : '');
    expect(text).toBe(said);
  });
});
