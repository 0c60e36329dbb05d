/** What other projects' own tests say of merging: moby/go-archive, containers/storage, go-containerregistry, stereoscope. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpus, missingCorpus } from '../../testing/corpora.ts';
import type { TestEntry } from '../../testing/tar-of.ts';
import { indexOfTar, treeOf } from '../../testing/tree-of.ts';
import { FileTree } from '../file-tree.ts';
import { ROOT } from '../tree-columns.ts';
import { merge } from './merge.ts';

interface Vector {
  readonly name: string;
  readonly layers?: readonly (readonly VectorEntry[])[];
  readonly expectedTree?: readonly (VectorEntry & { readonly path: string })[];
  readonly exact?: boolean;
  readonly present?: readonly string[];
  readonly absent?: readonly string[];
  readonly error?: string;
  readonly whitedOut?: readonly string[];
  readonly paths?: Readonly<Record<string, boolean>>;
  readonly expect?: string;
}

interface VectorEntry {
  readonly name: string;
  readonly type: string;
  readonly content?: string;
  readonly mode?: string;
  readonly linkname?: string;
  readonly pax?: Readonly<Record<string, string>>;
}

const TYPES = ['file', 'hardlink', 'symlink', 'char', 'block', 'dir', 'fifo'];

/** Not about reading a layer: it is about writing one from an overlay. */
const NOT_OURS: ReadonlySet<string> = new Set(['OverlayToAUFS']);

/**
 * Where the sources refuse a whole layer, we show what can be shown: nothing leaves the root, and what each becomes is
 * said here in full.
 */
const SHOWN_INSTEAD: Readonly<Record<string, readonly string[]>> = {
  'TestApplyLayerInvalidFilenames-0': ['/victim dir', '/victim/dotdot file'],
  'TestApplyLayerInvalidFilenames-1': ['/victim dir', '/victim/slash-dotdot file'],
  'TestApplyLayerInvalidHardlink-0': ['/dotdot hardlink'],
  'TestApplyLayerInvalidHardlink-1': ['/slash-dotdot hardlink'],
  'TestApplyLayerInvalidHardlink-2': ['/loophole-victim dir', '/loophole-victim/file file'],
  'TestApplyLayerInvalidHardlink-3': ['/loophole-victim hardlink', '/symlink symlink'],
  'TestApplyLayerInvalidHardlink-4': ['/hardlink hardlink', '/loophole-victim hardlink'],
  'TestApplyLayerInvalidHardlink-5': ['/loophole-victim file'],
  'TestApplyLayerInvalidSymlink-0': ['/dotdot symlink'],
  'TestApplyLayerInvalidSymlink-1': ['/slash-dotdot symlink'],
  'TestApplyLayerInvalidSymlink-2': ['/loophole-victim symlink', '/victim dir', '/victim/file file'],
  'TestApplyLayerInvalidSymlink-3': ['/loophole-victim symlink', '/symlink symlink'],
  'TestApplyLayerInvalidSymlink-4': ['/hardlink hardlink', '/loophole-victim symlink'],
  'TestApplyLayerInvalidSymlink-5': ['/loophole-victim file'],
  'InvalidWhiteoutName .wh.': [],
  'InvalidWhiteoutName .wh..': [],
  'InvalidWhiteoutName .wh...': [],
};

const testEntry = (entry: VectorEntry): TestEntry => ({
  name: entry.name,
  type: entry.type,
  ...(entry.content === undefined ? {} : { content: entry.content }),
  ...(entry.mode === undefined ? {} : { mode: Number(entry.mode) }),
  ...(entry.linkname === undefined ? {} : { linkname: entry.linkname }),
  ...(entry.pax === undefined ? {} : { pax: entry.pax }),
});

/** Every node but the root, as `path type`. */
function listed(tree: FileTree): string[] {
  const lines: string[] = [];
  for (let node = ROOT + 1; node < tree.count; node++)
    lines.push(`${tree.path(node)} ${TYPES[tree.type(node)]}`);
  return lines.sort();
}

const folder = corpus('merge-semantics');

describe('the corpus of merges', () => {
  if (folder === null) {
    it.skip(missingCorpus('merge-semantics'), () => undefined);
    return;
  }
  const { cases } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as { cases: Vector[] };

  it('is as large as it was', () => {
    expect(cases).toHaveLength(29);
  });

  for (const vector of cases.filter(({ name }) => !NOT_OURS.has(name))) {
    it(vector.name, () => {
      if (vector.name === 'inWhiteoutDir') {
        expectWhitedOut(vector);
        return;
      }
      const tree = treeOf(...vector.layers!.map((layer) => layer.map(testEntry)));
      let checks = 0;
      for (const expected of vector.expectedTree ?? []) {
        const node = tree.find(expected.path);
        expect(node, expected.path).not.toBeNull();
        expect(TYPES[tree.type(node!)], expected.path).toBe(expected.type);
        if (expected.mode !== undefined) expect(tree.mode(node!)).toBe(Number(expected.mode));
        if (expected.linkname !== undefined) expect(tree.linkname(node!)).toBe(expected.linkname);
        if (expected.content !== undefined) expect(tree.size(node!)).toBe(expected.content.length);
        checks++;
      }
      if (vector.exact === true) {
        expect(listed(tree)).toEqual(vector.expectedTree!.map(({ path, type }) => `${path} ${type}`).sort());
        checks++;
      }
      for (const path of vector.present ?? []) {
        expect(tree.find(path), path).not.toBeNull();
        checks++;
      }
      for (const path of vector.absent ?? []) {
        expect(tree.find(path), path).toBeNull();
        checks++;
      }
      if (vector.error !== undefined) {
        expect(listed(tree)).toEqual(SHOWN_INSTEAD[vector.name]);
        checks++;
      }
      if (vector.name === 'NestedWhiteouts') {
        // "foo is whited out; the nested whiteout is no error": over a lower layer with both.
        const over = treeOf('foo/bar\nfoo/x', vector.layers![0]!.map(testEntry));
        expect(listed(over)).toEqual([]);
        checks++;
      }
      expect(checks).toBeGreaterThan(0);
    });
  }

  it('finds the long name of broken.tar', () => {
    const layer = indexOfTar(new Uint8Array(readFileSync(join(folder, 'broken.tar'))));
    const tree = new FileTree(merge([layer]), [layer]);
    expect(
      tree.find(
        'root/.cpanm/work/1395823785.24209/Plack-1.0030/blib/man3/Plack::Middleware::LighttpdScriptNameFix.3pm',
      ),
    ).not.toBeNull();
  });
});

/** "Is the path under a whited-out directory?" is: is it gone once that is whited out? */
function expectWhitedOut(vector: Vector): void {
  const paths = Object.keys(vector.paths!);
  const whiteouts = vector.whitedOut!.map((path) => path.replace(/[^/]+$/, '.wh.$&'));
  const tree = treeOf(paths.join('\n'), whiteouts.join('\n'));
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) expect(tree.find(path) === null, path).toBe(vector.paths![path]);
}
