/** Archives and layouts that other projects keep for their own tests, and what their manifests say of them. */
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpus, missingCorpus } from '../../testing/corpora.ts';
import { drawArchive, localFiles } from '../../testing/draw-archive.ts';

const folder = corpus('archives');

const LAYERS = `
  / @2
  layer1.go (1) @2
  layer3.go (1) @1
  workspace/ @0
    layer2.go (1) @0`;

/** That the files of some are no blobs is their own doing: containers/image only deletes them. */
const EXPECTED: readonly (readonly [path: string, drawn: string])[] = [
  ['rules_docker/image_with_symlinked_layer.tar', 'docker-archive, made manifest\nbazel:small_base_2'],
  ['rules_docker/small_linux.tar', `docker-archive, made manifest\nbazel/image:image${LAYERS}`],
  [
    'rules_docker/pause.tar',
    'docker-archive, made manifest\ngcr.io/google-containers/pause:2.0\n  pause (350164) @0',
  ],
  ['rules_docker/test_index1', `oci-layout\nsha256:4817a4…${LAYERS}`],
  ['rules_docker/test_index2', 'not-found layout index.json'],
  ['rules_docker/test_index3', 'oci-layout\nsha256:4817a4…\n  not-found blob sha256:4817a4…'],
  ['rules_docker/test_index4', 'oci-layout\nsha256:4817a4…\n  not-found blob sha256:93cd8b…'],
  ['rules_docker/test_index5', 'oci-layout\nsha256:4817a4…\n  not-found blob sha256:26c668…'],
  [
    'rules_docker/one.tar',
    `root-filesystem, made manifest-and-config
sha256:07dfb9…
  usr/ @0
    bin/ @0
      unremarkabledeath (4) @0`,
  ],
  [
    'rules_docker/two.tar',
    `root-filesystem, made manifest-and-config
sha256:25c994…
  asdf (8) @0
  usr/ @0
    bin/ @0
      miraclegrow (5) @0`,
  ],
  ['rules_docker/three.tar', 'root-filesystem, made manifest-and-config\nsha256:c035f0…\n  three (5) @0'],
  [
    'containers-image/archive/almostempty.tar',
    'docker-archive, made manifest\nemptyimage:latest\n  emptyfile @0',
  ],
  ['containers-image/compression/Hello.gz', 'not-an-image Hello.gz text'],
  ['containers-image/compression/Hello.zst', 'not-an-image Hello.zst text'],
  ['containers-image/compression/Hello.xz', 'not-an-image Hello.xz xz'],
  ['containers-image/compression/Hello.bz2', 'not-an-image Hello.bz2 bzip2'],
  ['containers-image/compression/Hello.uncompressed', 'not-an-image Hello.uncompressed text'],
  ['containers-image/oci-layout/manifest', 'not-an-image manifest folder'],
  ['containers-image/oci-layout/name_lookups', 'not-an-image name_lookups folder'],
  ['containers-image/oci-layout/two_images_manifest', 'not-an-image two_images_manifest folder'],
  [
    'containers-image/oci-layout/delete_image_two_identical_references',
    `oci-layout
1.0.0
  unsupported compression unknown (first bytes 696e736572742062)
1.0.0
  unsupported compression unknown (first bytes 696e736572742062)`,
  ],
  [
    'containers-image/oci-layout/delete_image_only_one_image',
    'oci-layout\nlatest\n  size-mismatch config sha256:a52717… 585 740',
  ],
  [
    'containers-image/oci-layout/delete_image_shared_blobs_dir',
    'oci-layout\nlatest\n  not-found blob sha256:eaa95f…',
  ],
  [
    'containers-image/oci-layout/delete_image_multiple_images',
    `oci-layout
latest 3.18.3
  unsupported compression unknown (first bytes 696e736572742062)
3 3.18
  unsupported compression unknown (first bytes 696e736572742062)
3.17.5
  unsupported compression unknown (first bytes 696e736572742062)
3.16.7
  unsupported compression unknown (first bytes 696e736572742062)
1.0.0
  size-mismatch config sha256:913cf3… 585 584`,
  ],
];

/** Every archive that is there, and every folder of a layout. */
function archivesIn(folder: string): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (/\.tar$|^containers-image\/compression\/./.test(path)) found.add(path);
    else if (['oci-layout', 'index.json'].includes(entry.name) && entry.isFile()) found.add(dirname(path));
  }
  return [...found].sort();
}

describe('archives of other projects', () => {
  if (folder === null) it.skip(missingCorpus('archives'), () => {});
  else {
    it('are all tried', () => {
      expect(archivesIn(folder)).toEqual(EXPECTED.map(([path]) => path).sort());
    });

    it.each(EXPECTED)('%s', async (path, drawn) => {
      expect(await drawArchive(await localFiles(join(folder, path)))).toBe(drawn);
    });
  }
});
