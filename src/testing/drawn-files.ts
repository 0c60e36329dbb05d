/** Files as layers have them: with holes, in any packing, cut anywhere. */
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { concat, streamOf, utf8 } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { parseDigest } from '../formats/digest.ts';
import { OCI_LAYER } from '../formats/media-type.ts';
import type { Content } from '../sources/source.ts';
import { inPieces, inRandomPieces } from './in-pieces.ts';
import type { Random } from './random.ts';
import type { TestEntry } from './tar-of.ts';

/** A file of a tar, and all that its reader gets. */
export interface Drawn {
  readonly entry: TestEntry;
  readonly bytes: Uint8Array;
}

/** Words and lines, sometimes with holes between. */
export function drawFile(random: Random, name: string): Drawn {
  const words = ['needle', 'Needle', 'hay', '\n', '\n', ' ', 'ä', random.oneIn(8) ? '\0' : ' '];
  const length = random.pick([0, 1, 20, 400, 4000]);
  const bytes = utf8(Array.from({ length }, () => random.pick(words)).join(''));
  if (!random.oneIn(4) || bytes.length === 0) return { entry: { name, content: bytes }, bytes };
  // With holes between: before, in the middle and at its end.
  const holes = [random.pick([0, 700]), random.pick([1, 9000]), random.pick([0, 5000])];
  const half = Math.floor(bytes.length / 2);
  const size = bytes.length + holes.reduce((sum, hole) => sum + hole, 0);
  const extents = [holes[0]!, half, holes[0]! + half + holes[1]!, bytes.length - half];
  const pax = {
    'GNU.sparse.major': '0',
    'GNU.sparse.minor': '1',
    'GNU.sparse.name': name,
    'GNU.sparse.size': String(size),
    'GNU.sparse.numblocks': '2',
    'GNU.sparse.map': extents.join(','),
  };
  const whole = new Uint8Array(size);
  whole.set(bytes.subarray(0, half), extents[0]);
  whole.set(bytes.subarray(half), extents[2]);
  return { entry: { name: 'x', content: bytes, pax }, bytes: whole };
}

/** A blob that is read in random pieces. */
export function contentOf(blob: Uint8Array, random: Random): { content: Content; descriptor: Descriptor } {
  const digest = parseDigest(`sha256:${'0'.repeat(64)}`);
  const content: Content = {
    open: async (_, { range = { start: 0, end: blob.length } }) =>
      streamOf(...inRandomPieces(blob.subarray(range.start, range.end), random)),
  };
  return { content, descriptor: { mediaType: OCI_LAYER, digest, size: blob.length } };
}

/** `how`: `none`, `gzip`, `gzip members` or `zstd`. */
export function packed(tar: Uint8Array, how: string): Uint8Array {
  switch (how) {
    case 'gzip':
      return gzipSync(tar);
    case 'gzip members':
      return concat(inPieces(tar, 30_000).map((part) => gzipSync(part)));
    case 'zstd':
      return spawnSync('zstd', ['-q', '-c'], { input: tar }).stdout;
    default:
      return tar;
  }
}
