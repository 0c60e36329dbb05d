/** What is taken along of a tree: read back by our reader, and extracted by GNU tar. */
import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, readable, toHex, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { createUnpacker } from '../formats/unpack.ts';
import { pointsAround, type SeekPoints } from '../formats/seek-points.ts';
import type { TarEntry } from '../formats/tar/entry.ts';
import { contentOf } from '../sources/blob-content.ts';
import type { Content } from '../sources/source.ts';
import { describeBytes } from '../testing/image-of.ts';
import { Random } from '../testing/random.ts';
import { readTar } from '../testing/read-tar.ts';
import { tarOf, type TestEntry } from '../testing/tar-of.ts';
import { xattrsIn } from './entry-records.ts';
import { planExport, type ExportPlan } from './export-plan.ts';
import { writeExport, type Sink } from './export-tar.ts';
import { FileTree } from './file-tree.ts';
import { LayerBytes } from './layer-bytes.ts';
import { DIR, FILE, SYMLINK, type LayerIndex } from './layer-index.ts';
import { LayerTable } from './layer-table.ts';
import { merge } from './merge/merge.ts';
import { ROOT } from './tree-columns.ts';

const { signal } = new AbortController();

interface TestLayer {
  readonly blob: Bytes;
  readonly descriptor: Descriptor;
  readonly index: LayerIndex;
  readonly points: SeekPoints | null;
}

type How = 'none' | 'gzip' | 'zstd';

function packed(tar: Bytes, how: How): Bytes {
  if (how === 'none') return tar;
  if (how === 'gzip') return new Uint8Array(gzipSync(tar, { level: 1 }));
  const { stdout, status } = spawnSync('zstd', ['-q', '-c'], { input: tar });
  if (status !== 0) throw new Error('zstd is needed for this test');
  return new Uint8Array(stdout);
}

function layerOf(entries: readonly TestEntry[], how: How): TestLayer {
  const blob = packed(tarOf(entries), how);
  const table = new LayerTable();
  const unpacker = createUnpacker(how, (bytes) => table.push(bytes), { spacing: 64 * 1024 });
  unpacker.push(blob);
  unpacker.end();
  table.end();
  return {
    blob,
    descriptor: describeBytes('', blob),
    index: table.index(how, unpacker.produced),
    points: unpacker.seekPoints(),
  };
}

function treeOf(layers: readonly TestLayer[]): FileTree {
  const indexes = layers.map(({ index }) => index);
  return new FileTree(merge(indexes), indexes);
}

class Gathered implements Sink {
  readonly pieces: Bytes[] = [];
  readonly isFull = false;
  push(bytes: Uint8Array): void {
    this.pieces.push(bytes.slice());
  }
  async flush(): Promise<void> {}
}

function planned(tree: FileTree, nodes: readonly number[], limit?: number): ExportPlan {
  const planning = planExport(tree, nodes, limit);
  for (;;) {
    const { done, value } = planning.next();
    if (done) return value;
  }
}

async function exported(
  layers: readonly TestLayer[],
  tree: FileTree,
  nodes: readonly number[],
  isRight = true,
  contentFor: (layer: TestLayer) => Content = ({ blob }) => contentOf(new Blob([blob])),
): Promise<{ tar: Bytes; plan: ExportPlan }> {
  const plan = planned(tree, nodes);
  const sink = new Gathered();
  const sources = new Map(
    [...plan.stretches].map(([i, stretches]) => {
      const { descriptor, index, points } = layers[i]!;
      const read = {
        descriptor,
        compression: index.compression,
        stretches: stretches.map(({ from, to }) => ({
          from,
          to,
          points: points && pointsAround(points, from, to),
        })),
      };
      return [i, new LayerBytes(contentFor(layers[i]!), read, isRight, signal)] as const;
    }),
  );
  await writeExport(plan.parts, sources, sink, () => {});
  for (const source of sources.values()) await source.end();
  return { tar: concat(sink.pieces), plan };
}

/** One line an entry: kind, name, link, facts, and the content as a reader of the file sees it. */
function drawTar(tar: Bytes): string[] {
  const { entries, data, failure } = readTar([tar]);
  expect(failure).toBe(null);
  return entries.map((entry, i) => lineOf(entry, expanded(entry, data[i]!)));
}

function expanded(entry: TarEntry, held: Bytes): Bytes {
  if (entry.sparse === null) return held;
  const all = new Uint8Array(entry.size);
  let at = 0;
  for (const { offset, length } of entry.sparse) {
    all.set(held.subarray(at, at + length), offset);
    at += length;
  }
  return all;
}

function lineOf(entry: TarEntry, content: Bytes): string {
  const xattrs = [...xattrsIn(entry.records)].map(([name, value]) => `${name}=${toHex(value)}`).sort();
  return [
    entry.type,
    readable(entry.name),
    readable(entry.linkname),
    entry.mode.toString(8),
    `${entry.uid}:${entry.gid} ${entry.uname}:${entry.gname}`,
    `${entry.mtime}.${entry.mtimeNanos}`,
    `${entry.devmajor},${entry.devminor}`,
    xattrs.join(' '),
    toHex(content.subarray(0, 40)),
    content.length,
  ].join(' | ');
}

const names = (tar: Bytes) =>
  readTar([tar]).entries.map(({ type, name, linkname }) => {
    const link = type === '1' ? ` => ${readable(linkname)}` : type === '2' ? ` -> ${readable(linkname)}` : '';
    return readable(name) + link;
  });

const dir = (name: string, more: Partial<TestEntry> = {}): TestEntry => ({ name, type: 'dir', ...more });
const file = (name: string, content = name): TestEntry => ({ name, content });

describe('an export', () => {
  const layers = [
    layerOf(
      [
        dir('etc/'),
        file('etc/b'),
        file('etc/a'),
        file('usr/bin/su'),
        { name: 'usr/bin/su-again', type: 'hardlink', linkname: 'usr/bin/su' },
        { name: 'etc/link', type: 'symlink', linkname: '/etc/a' },
        { name: 'etc/link-again', type: 'hardlink', linkname: 'etc/link' },
        { name: 'dev/null', type: 'char', devmajor: 1, devminor: 3 },
        { name: 'run/pipe', type: 'fifo' },
        { name: 'lost', type: 'hardlink', linkname: 'nowhere' },
        file('etc/gone'),
      ],
      'gzip',
    ),
    layerOf([file('etc/c'), file('etc/.wh.gone'), file('etc/a', 'new'), file('etc/.wh.b')], 'none'),
  ];
  const tree = treeOf(layers);

  it('fails where the names are more than a computer holds', () => {
    const folder = 'd'.repeat(100);
    const tree = treeOf([
      layerOf([dir(`${folder}/`), ...['a', 'b', 'c'].map((name) => file(`${folder}/${name}`))], 'none'),
    ]);
    const plan = (limit: number) => planned(tree, [ROOT], limit);
    const taken = 100 + 3 * 102;
    expect(plan(taken).count).toBe(4);
    const failure = { code: 'too-large', what: 'bytes of names', limit: taken - 1 } as const;
    expect(() => plan(taken - 1)).toThrow(new Problem(failure));
  });

  it('of the root brings files by layer, links behind them, folders with what is no file', async () => {
    const { tar, plan } = await exported(layers, tree, [ROOT]);
    expect(names(tar)).toEqual([
      'usr/bin/su',
      'etc/c',
      'etc/a',
      'usr/bin/su-again => usr/bin/su',
      'dev/',
      'dev/null',
      'etc/',
      'etc/link -> /etc/a',
      'etc/link-again => etc/link',
      'run/',
      'run/pipe',
      'usr/',
      'usr/bin/',
    ]);
    expect([plan.count, plan.leftOut, plan.size]).toEqual([13, 1, 10 + 5 + 3]);
  });

  it('of a folder begins at its name; a link to what is not in it becomes the file', async () => {
    const folder = await exported(layers, tree, [tree.find('/usr/bin')!]);
    expect(names(folder.tar)).toEqual(['bin/su', 'bin/su-again => bin/su', 'bin/']);
    const again = await exported(layers, tree, [tree.find('/usr/bin/su-again')!]);
    expect(drawTar(again.tar)).toEqual([
      `0 | su-again |  | 644 | 0:0 : | 0.0 | 0,0 |  | ${toHex(Buffer.from('usr/bin/su'))} | 10`,
    ]);
  });

  it('of several has whole paths, and each entry once', async () => {
    const nodes = ['/usr/bin/su-again', '/etc', '/etc/a', '/etc'].map((path) => tree.find(path)!);
    const { tar } = await exported(layers, tree, nodes);
    expect(names(tar)).toEqual([
      'usr/bin/su-again',
      'etc/c',
      'etc/a',
      'etc/',
      'etc/link -> /etc/a',
      'etc/link-again => etc/link',
    ]);
  });

  it('has the root where a layer says something of it', async () => {
    const own = [layerOf([dir('./', { mode: 0o700, mtime: 5 }), file('./x')], 'none')];
    const { tar } = await exported(own, treeOf(own), [ROOT]);
    expect(drawTar(tar)[1]).toBe('5 | ./ |  | 700 | 0:0 : | 5.0 | 0,0 |  |  | 0');
  });

  it('fails where a layer that was not known to be right is not', async () => {
    const wrong = layers.map((layer) => ({
      ...layer,
      descriptor: { ...layer.descriptor, digest: describeBytes('', new Uint8Array(1)).digest },
    }));
    await expect(exported(wrong, tree, [ROOT], false)).rejects.toMatchObject({
      failure: { code: 'digest-mismatch' },
    });
  });

  it('reads a layer once, and of a large one only what is wanted', async () => {
    const noise = new Random(3);
    const big = Array.from({ length: 4 }, (_, i) => ({
      name: `big/${i}`,
      content: noise.bytes(9 * 1024 * 1024),
    }));
    const large = [layerOf([file('first'), ...big, file('last')], 'gzip')];
    const both = treeOf(large);
    const asked: [number, number][] = [];
    const watched = ({ blob }: TestLayer): Content => ({
      open: (what, options) => {
        asked.push([options.range!.start, options.range!.end]);
        return contentOf(new Blob([blob])).open(what, options);
      },
    });
    const nodes = [both.find('/first')!, both.find('/last')!];
    const { tar } = await exported(large, both, nodes, true, watched);
    expect(names(tar)).toEqual(['first', 'last']);
    const read = asked.reduce((sum, [start, end]) => sum + end - start, 0);
    expect(read).toBeLessThan(large[0]!.blob.length / 4);

    asked.length = 0;
    const whole = await exported(large, both, [ROOT], true, watched);
    expect(drawTar(whole.tar)).toHaveLength(7);
    const starts = asked.map(([start]) => start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(asked.reduce((sum, [start, end]) => sum + end - start, 0)).toBe(large[0]!.blob.length);
  }, 30_000);
});

describe('over drawn images', () => {
  const drawn = (random: Random): TestEntry[] => {
    const parts = ['a', 'b', 'c', 'dd', 'e'.repeat(120), '\u00e4'];
    const path = () => Array.from({ length: 1 + random.below(3) }, () => random.pick(parts)).join('/');
    return Array.from({ length: 3 + random.below(25) }, (): TestEntry => {
      const common = {
        name: path(),
        mode: random.below(0o10000),
        uid: random.pick([0, 1000, 3_000_000]),
        gid: random.below(50),
        uname: random.pick(['', 'root']),
        mtime: random.pick([0, 1_700_000_000, -5]),
        mtimeNanos: random.pick([0, 7]),
        pax: random.oneIn(3) ? { 'SCHILY.xattr.user.x': random.bytes(random.below(9)) } : {},
      };
      switch (random.below(7)) {
        case 0:
          return { ...common, type: 'dir', name: `${common.name}/` };
        case 1:
          return { ...common, type: 'symlink', linkname: path() };
        case 2:
          return { ...common, type: 'hardlink', linkname: path() };
        case 3:
          return { ...common, type: 'char', devmajor: random.below(9), devminor: random.below(9) };
        case 4: {
          const extents = [100, 300, 5000, 2, 9000, 512];
          const map = {
            'GNU.sparse.major': '0',
            'GNU.sparse.minor': '1',
            'GNU.sparse.name': common.name,
            'GNU.sparse.size': '12000',
            'GNU.sparse.numblocks': '3',
            'GNU.sparse.map': extents.join(','),
          };
          return { ...common, content: random.bytes(814), pax: { ...common.pax, ...map } };
        }
        default:
          return { ...common, content: random.bytes(random.pick([0, 1, 512, 40_000])) };
      }
    });
  };

  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'what is taken along is the tree, and merges to it again (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const layers = Array.from({ length: 1 + random.below(3) }, () =>
        layerOf(drawn(random), random.pick(['none', 'gzip', 'zstd'])),
      );
      const tree = treeOf(layers);
      const { tar, plan } = await exported(layers, tree, [ROOT], random.oneIn(2));
      const again = layerOf([], 'none');
      const table = new LayerTable();
      table.push(tar);
      table.end();
      const index = table.index('none', tar.length);
      const copy = new FileTree(merge([index]), [index]);
      expect(describeTree(copy, [{ ...again, index, blob: tar }])).toEqual(describeTree(tree, layers));
      const implied = tree.layer(ROOT) === null ? 1 : 0;
      expect(plan.count + plan.leftOut).toBe(tree.count - implied);
    },
  );

  /** All that is known of each node, hard links by the group that they are in. */
  function describeTree(tree: FileTree, layers: readonly TestLayer[]): string[] {
    const groups = new Map<string, number>();
    const lines: string[] = [];
    for (let node = 0; node < tree.count; node++) {
      if (tree.isUnbound(node) || (node === ROOT && tree.layer(ROOT) === null)) continue;
      const kind = tree.kind(node);
      const { layer, row } = tree.inode(node);
      const key = `${layer} ${row}`;
      if (kind !== DIR && !groups.has(key)) groups.set(key, node);
      const entry = tree.entry(node);
      const isFile = kind === FILE;
      lines.push(
        [
          tree.path(node),
          kind,
          kind === SYMLINK ? readable(tree.symlinkTarget(node)) : '',
          entry.mode,
          entry.uid,
          entry.gid,
          entry.uname,
          `${entry.mtime}.${entry.mtimeNanos}`,
          [entry.devmajor, entry.devminor],
          [...entry.xattrs].map(([name, value]) => name + toHex(value)),
          kind === DIR ? '' : tree.path(firstOf(tree, groups.get(key)!)),
          isFile ? contentHash(tree, node, layers) : '',
        ].join(' | '),
      );
    }
    return lines.sort();
  }

  /** The name of a group that stands first in the order of names, whichever holds the bytes. */
  function firstOf(tree: FileTree, node: number): number {
    return [node, ...tree.hardLinks(node)].sort((a, b) => (tree.path(a) < tree.path(b) ? -1 : 1))[0]!;
  }

  function contentHash(tree: FileTree, node: number, layers: readonly TestLayer[]): string {
    const { layer, row } = tree.inode(node);
    const { blob, index } = layers[layer]!;
    const pieces: Bytes[] = [];
    const unpacker = createUnpacker(index.compression, (bytes) => pieces.push(bytes.slice()));
    unpacker.push(blob);
    unpacker.end();
    const { entries, data } = readTar([concat(pieces)]);
    const at = entries.findIndex(({ dataOffset, headerOffset }) => {
      return dataOffset === index.dataOffset[row] && headerOffset === index.headerOffset[row];
    });
    return describeBytes('', expanded(entries[at]!, data[at]!)).digest;
  }
});

describe('GNU tar', () => {
  it('gives folders their times and modes, whatever is in them', async () => {
    const T = 1_600_000_000;
    const layers = [
      layerOf(
        [
          dir('a/', { mode: 0o750, mtime: T, mtimeNanos: 5 }),
          dir('a/b/', { mode: 0o500, mtime: T + 1 }),
          file('a/b/file'),
          { name: 'a/b/absolute', type: 'symlink', linkname: '/etc/passwd' },
          { name: 'a/up', type: 'symlink', linkname: '../x' },
          { name: 'a/plain', type: 'symlink', linkname: 'b' },
          { name: 'a/fifo', type: 'fifo' },
          dir('a/empty/', { mtime: T + 2 }),
        ],
        'gzip',
      ),
    ];
    const tree = treeOf(layers);
    const { tar } = await exported(layers, tree, [ROOT]);
    const folder = mkdtempSync(join(tmpdir(), 'export-'));
    try {
      writeFileSync(join(folder, 'x.tar'), tar);
      execFileSync('tar', ['-xpf', 'x.tar'], { cwd: folder, stdio: 'pipe' });
      const facts = ['a', 'a/b', 'a/empty'].map((name) => {
        const { mode, mtimeNs } = lstatSync(join(folder, name), { bigint: true });
        return [(mode & 0o7777n).toString(8), String(mtimeNs)];
      });
      expect(facts).toEqual([
        ['750', `${T}000000005`],
        ['500', `${T + 1}000000000`],
        ['755', `${T + 2}000000000`],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
