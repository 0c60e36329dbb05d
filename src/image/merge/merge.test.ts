/** The rules one by one; each case draws the layers and what becomes of them. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { drawTree } from '../../testing/draw-tree.ts';
import { layerOf, treeOf } from '../../testing/tree-of.ts';
import { ROOT } from '../tree-columns.ts';
import { MAX_ENTRIES } from '../layer-index.ts';
import { MergeNodes } from './nodes.ts';
import { merge } from './merge.ts';

/** A drawing without its margin. */
function text(drawing: string): string {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(margin)).join('\n');
}

const merged = (...layers: string[]) => drawTree(treeOf(...layers));

/** Both orders of a layer's tar give the same. */
function mergedEitherWay(lower: string, upper: string): string {
  const forwards = merged(lower, upper);
  expect(merged(lower, upper.split('\n').reverse().join('\n'))).toBe(forwards);
  return forwards;
}

describe('names', () => {
  it('are one, however they are spelt', () => {
    expect(merged('./\n./etc/\n/etc/a\netc//b\n./etc/./c\nusr/../etc/d\netc/e/.\n/etc//')).toBe(
      text(`
        / @0
        etc/ @0
          a @0
          b @0
          c @0
          d @0
          e @0
      `),
    );
  });

  it('stay inside the root', () => {
    expect(merged('../victim/a\n/../b\nx/../../c\n../../d/')).toBe(
      text(`
        b @0
        c @0
        d/ @0
        victim/
          a @0
      `),
    );
  });

  it('imply the folders on their way, which a later entry describes', () => {
    expect(merged('a/b/c', 'a/')).toBe(
      text(`
        a/ @1
          b/
            c @0
      `),
    );
  });

  it('that come twice in a layer: the last one wins', () => {
    expect(merged('a (1)\na (2)\nb/\nb/x\nb (3)\nb/y')).toBe(
      text(`
        a (2) @0
        b/
          y @0
      `),
    );
  });

  it('of the root set its attributes, and nothing else of it', () => {
    const tree = treeOf('./\na', '/ -> a\nx/.. => a\n./');
    expect(drawTree(tree)).toBe('/ @1\na @0');
    expect(tree.columns.ignored).toBe(2);
  });
});

describe('whiteouts', () => {
  it('touch lower layers only, wherever they stand', () => {
    expect(mergedEitherWay('a1/\na1/old\na1/sub/deep\nb', '.wh.a1\na1/\na1/new\n.wh.b\nb (2)')).toBe(
      text(`
        a1/ @1
          new @1
        b (2) @1
      `),
    );
  });

  it('of a folder that the layer implies leave nothing of the lower one, attributes neither', () => {
    expect(mergedEitherWay('a1/\na1/old', 'a1/new\n.wh.a1')).toBe(
      text(`
        a1/
          new @1
      `),
    );
  });

  it('may be any type of entry, a folder or a hard link too', () => {
    expect(merged('a\nb\nc', '.wh.a\n.wh.b => .wh.a\n.wh.c/')).toBe('');
  });

  it('take a name that begins with a dot', () => {
    expect(merged('.bashrc\n.wh', '.wh..bashrc')).toBe('.wh @0');
  });

  it('of what never was, also inside what is gone or is no folder, are no error', () => {
    expect(merged('a/x\nf', '.wh.nothing\nno/.wh.where\nf/.wh.g\n.wh.a\na/.wh.x\n.wh.b/c')).toBe('f @0');
  });

  it('without a name, or for `.` and `..`, are passed over and counted', () => {
    const tree = treeOf('etc/passwd\netc/hostname', 'etc/.wh.\netc/.wh..\netc/.wh...');
    expect(drawTree(tree)).toBe('etc/\n  hostname @0\n  passwd @0');
    expect(tree.columns.ignored).toBe(3);
  });

  it('hide what is below them, and all of aufs', () => {
    expect(merged('a\n.wh..wh.aufs\n.wh..wh.orph/\n.wh..wh.plnk/12.3 (4)\n.wh.x/y')).toBe('a @0');
  });

  it('go through links of the layers below', () => {
    expect(merged('dir/a\ndir/b\nlink -> dir', 'link/.wh.a')).toBe(
      text(`
        dir/
          b @0
        link -> dir @0
      `),
    );
  });

  it('do not go through a link that their own layer replaces', () => {
    expect(mergedEitherWay('dir/a\nlink -> dir', 'link/\nlink/.wh..wh..opq')).toBe(
      text(`
        dir/
          a @0
        link/ @1
      `),
    );
    expect(mergedEitherWay('dir/a\nlink -> dir', '.wh.link\nlink/.wh.a\nlink/b')).toBe(
      text(`
        dir/
          a @0
        link/
          b @1
      `),
    );
  });
});

describe('opaque markers', () => {
  it('empty the lower folder first, wherever they stand', () => {
    expect(mergedEitherWay('a/\na/b/\na/b/c/bar\na/z', 'a/b/\na/b/c/foo\na/.wh..wh..opq')).toBe(
      text(`
        a/ @0
          b/ @1
            c/
              foo @1
      `),
    );
  });

  it('empty the root', () => {
    expect(merged('./\na/b\nc', '.wh..wh..opq\nd')).toBe('/ @0\nd @1');
  });

  it('inside each other, and beside a whiteout of the folder itself', () => {
    expect(mergedEitherWay('a/b/c\na/d', 'a/.wh..wh..opq\na/b/.wh..wh..opq\na/b/e')).toBe(
      text(`
        a/
          b/
            e @1
      `),
    );
    expect(mergedEitherWay('a/b\nc', 'a/.wh..wh..opq\n.wh.a')).toBe('c @0');
  });

  it('make no folder and change no file', () => {
    expect(merged('f', 'f/.wh..wh..opq\nnew/.wh..wh..opq')).toBe('f @0');
  });
});

describe('types', () => {
  it('that differ: the old entry goes, with all that was in it', () => {
    expect(merged('d/x/y\nf (3)\nl -> d', 'd (1)\nf/\nl/')).toBe(
      text(`
        d (1) @1
        f/ @1
        l/ @1
      `),
    );
    expect(merged('d/x/y', 'd (1)', 'd/')).toBe('d/ @2');
  });

  it('folder over folder: only the attributes change', () => {
    const tree = treeOf(
      [{ name: 'd/', type: 'dir', mode: 0o700 }, { name: 'd/a' }],
      [{ name: 'd/', type: 'dir', mode: 0o1777, uid: 7 }],
    );
    expect(drawTree(tree)).toBe('d/ @1\n  a @0');
    expect([tree.mode(1), tree.uid(1)]).toEqual([0o1777, 7]);
  });

  it('what stands where a folder is needed gives way', () => {
    expect(merged('f (3)', 'f/g')).toBe('f/\n  g @1');
    expect(merged('f (3)\nf/g')).toBe('f/\n  g @0');
  });
});

describe('folders behind symbolic links', () => {
  it('get the entry where the link leads, and the link stays', () => {
    expect(merged('usr/lib/\nlib -> usr/lib\nabs -> /usr\nup -> ../../usr', 'lib/a\nabs/lib/b\nup/c')).toBe(
      text(`
        abs -> /usr @0
        lib -> usr/lib @0
        up -> ../../usr @0
        usr/
          c @1
          lib/ @0
            a @1
            b @1
      `),
    );
  });

  it('are made where the link leads nowhere', () => {
    expect(merged('l -> gone/../there/x\nl/f')).toBe(
      text(`
        l -> gone/../there/x @0
        there/
          x/
            f @0
      `),
    );
  });

  it('in a circle are made in the place of a link', () => {
    const tree = treeOf('a -> b\nb -> a\na/f');
    expect(tree.find('/a/f') ?? tree.find('/b/f')).not.toBeNull();
  });

  it('are not looked up from memory once the link has changed', () => {
    expect(merged('x/\ny/\nl -> x\nl/1\nl -> y\nl/2')).toBe(
      text(`
        l -> y @0
        x/ @0
          1 @0
        y/ @0
          2 @0
      `),
    );
  });
});

describe('hard links', () => {
  it('are bound when they are read: what becomes of the target later is nothing to them', () => {
    expect(merged('t (3)\nl => t', '.wh.t', 't (9)')).toBe('l => @0 t @0\nt (9) @2');
    expect(merged('t (3)\nl => t\nt (9)')).toBe('l => @0 t @0\nt (9) @0');
  });

  it('bind across layers, in chains, through links of folders', () => {
    expect(merged('usr/bin/perl (5)\nbin -> usr/bin', 'a => ./bin/perl', 'b => /../a\nc => b')).toBe(
      text(`
        a => @0 usr/bin/perl @1
        b => @0 usr/bin/perl @2
        bin -> usr/bin @0
        c => @0 usr/bin/perl @2
        usr/
          bin/
            perl (5) @0
      `),
    );
  });

  it('bind to what comes later in their own layer, in chains too', () => {
    expect(merged('a => b\nb => c\nx/d => a\nc (2)')).toBe(
      text(`
        a => @0 c @0
        b => @0 c @0
        c (2) @0
        x/
          d => @0 c @0
      `),
    );
  });

  it('bind to what their own layer takes away: it was there when the link was made', () => {
    expect(mergedEitherWay('t (3)', 'l => t\n.wh.t')).toBe('l => @0 t @1');
  });

  it('bind to links and fifos, and lead on through a link', () => {
    const tree = treeOf('dir/a\nl -> dir\nm => l\np |\nq => p', 'm/b');
    expect(drawTree(tree)).toBe(
      text(`
        dir/
          a @0
          b @1
        l -> dir @0
        m => @0 l @0
        p | @0
        q => @0 p @0
      `),
    );
  });

  it('bind to files that aufs keeps for that', () => {
    expect(merged('.wh..wh.plnk/7.1 (6)\na => .wh..wh.plnk/7.1')).toBe('a => @0 .wh..wh.plnk/7.1 @0');
  });

  it('to folders, to themselves, in circles, to nothing, outside: are bound to nothing', () => {
    expect(merged('d/\na => d\nb => b\nc => e\ne => c\nf => none\ng => ../victim/x\nh => /\ni => ')).toBe(
      text(`
        a => nothing @0
        b => nothing @0
        c => nothing @0
        d/ @0
        e => nothing @0
        f => nothing @0
        g => nothing @0
        h => nothing @0
        i => nothing @0
      `),
    );
  });

  it('over their own target keep it', () => {
    expect(merged('a (4)', 'a => a')).toBe('a => @0 a @1');
  });

  it('count once in every folder, however they are spread', () => {
    const tree = treeOf('a/1 (10)\na/2 => a/1\nb/c/3 => a/1\nb/c/4 (5)\nb/5 => a/1');
    const sizes = ['/', '/a', '/a/2', '/b', '/b/c'].map((path) => tree.totalSize(tree.find(path)!));
    expect(sizes).toEqual([15, 10, 10, 15, 15]);
    expect(tree.totalEntries(ROOT)).toBe(8);
  });
});

describe('limits', () => {
  it('end a merge of too many entries before it begins', () => {
    const many = { ...layerOf(''), count: MAX_ENTRIES };
    const failure = failureOf(() => merge([layerOf('a'), many]));
    expect(failure).toEqual({
      code: 'too-large',
      what: 'entries',
      limit: MAX_ENTRIES,
      actual: MAX_ENTRIES + 1,
    });
  });

  it('end one of a few entries that imply too many folders', () => {
    const nodes = new MergeNodes([utf8('abcdefghij')], 2, 10);
    for (let i = 0; i < 9; i++) nodes.add(i, 0, i, 1);
    expect(failureOf(() => nodes.add(9, 0, 9, 1))).toEqual({
      code: 'too-large',
      what: 'files and folders',
      limit: 10,
    });
  });

  it('do not come from depth or from nothing', () => {
    expect(treeOf(`${'d/'.repeat(30_000)}f`).count).toBe(30_002);
    expect(merge([]).count).toBe(1);
  });
});

function failureOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.failure;
    throw error;
  }
  return null;
}
