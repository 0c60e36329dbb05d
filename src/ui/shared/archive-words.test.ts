import { expect, it } from 'vitest';
import type { Archive } from '../../sources/archive/archive.ts';
import { formWords, madeWords, missingWords, remarkWords } from './archive-words.ts';

const ROOTFS: Archive = {
  form: 'root-filesystem',
  made: 'manifest-and-config',
  images: [],
  blobs: new Map(),
  remarks: [],
};

it('says what kind of file it is, and what was made for it', () => {
  const folder = { kind: 'folder', name: 'x', files: new Map() } as const;
  expect(formWords(folder, { ...ROOTFS, form: 'oci-layout' })).toBe('folder, OCI image layout');
  expect(formWords({ kind: 'file', file: new File([], 'x') }, ROOTFS)).toBe(
    'file, root filesystem: one layer, no config; digests computed here, it claims none',
  );
  const drawn = (['nothing', 'manifest', 'manifest-and-config'] as const).map((made) => {
    const archive = { ...ROOTFS, form: 'docker-archive', made } as const;
    return [madeWords(archive, 'manifest') !== null, madeWords(archive, 'config') !== null];
  });
  expect(drawn).toEqual([
    [false, false],
    [true, false],
    [true, true],
  ]);
  expect(madeWords(ROOTFS, 'config')).toContain('computed here');
});

it('says what was odd once for each kind', () => {
  const duplicates = Array.from({ length: 9 }, (_, i) => ({
    kind: 'duplicate-entry' as const,
    name: `b${i % 7}`,
  }));
  expect(remarkWords([])).toEqual([]);
  expect(
    remarkWords([...duplicates, { kind: 'outside', name: '../x' }, { kind: 'truncated', length: 2_000_000 }]),
  ).toEqual([
    'The file ends in the middle, after 2.00 MB: what comes before was read. Copy or save it again to have the rest.',
    'In the file more than once, the last counts: b0, b1, b2, b3, b4 and 2 more.',
    'Left out, as the name leads out of the file: ../x.',
  ]);
});

it('says what became of layers that nobody can put in order', () => {
  expect([true, false].flatMap((isStack) => remarkWords([{ kind: 'loose-layers', isStack }]))).toEqual([
    'What says which layers belong together is cut off: they are laid upon each other in the order of the file.',
    'What says which layers belong together is cut off: each layer is shown by itself.',
  ]);
});

it('names the layers that a file does not have', () => {
  expect([missingWords([]), missingWords([2]), missingWords([0, 4])].flat()).toEqual([
    'Layer 2 is not in this file: nothing of it is shown, also not what it replaced or deleted.',
    'Layers 0, 4 are not in this file: nothing of it is shown, also not what it replaced or deleted.',
  ]);
});
