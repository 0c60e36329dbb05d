/** The hash of each file is that of what its reader gets, however the layer is packed and cut. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../base/bytes.ts';
import { contentOf, drawFile, packed } from '../../testing/drawn-files.ts';
import { Random } from '../../testing/random.ts';
import { tarOf } from '../../testing/tar-of.ts';
import { indexOfTar } from '../../testing/tree-of.ts';
import { FileTree } from '../file-tree.ts';
import { planFiles } from '../files-plan.ts';
import { goThrough } from '../files-through.ts';
import { merge } from '../merge/merge.ts';
import { FileHashes } from './file-hashes.ts';
import { FoundHashes, sameHash } from './found-hashes.ts';

const { signal } = new AbortController();

describe('hashing files of a layer', () => {
  it.each(['none', 'gzip', 'gzip members', 'zstd'])(
    'gives what each holds: %s',
    { timeout: 60_000 },
    async (how) => {
      for (let seed = 1; seed <= 6; seed++) {
        const random = new Random(seed);
        const files = Array.from({ length: random.between(1, 25) }, (_, i) => drawFile(random, `f${i}`));
        const tar = tarOf(files.map(({ entry }) => entry));
        const compression = how === 'none' ? 'none' : how === 'zstd' ? 'zstd' : 'gzip';
        const layer = { ...indexOfTar(tar), compression } as const;
        const tree = new FileTree(merge([layer]), [layer]);
        const nodes = files.map((_, i) => tree.find(`/f${i}`)!);
        const wanted = nodes.filter((node) => tree.size(node) > 0 && !random.oneIn(3));
        const found = new FoundHashes(tree);
        for (const planned of planFiles({ tree: tree.columns, layers: tree.layers }, wanted)) {
          const hashes = new FileHashes(planned.plan);
          const { content, descriptor } = contentOf(packed(tar, how), random);
          await goThrough(content, descriptor, hashes, compression, null, () => {}, signal);
          found.add(planned, hashes.all);
        }
        for (const [i, node] of nodes.entries()) {
          const hash = found.of(node);
          const expected = createHash('sha256').update(files[i]!.bytes).digest('hex');
          expect(hash && toHex(hash)).toBe(wanted.includes(node) ? expected : undefined);
        }
      }
    },
  );

  it('knows the same from other, and what was not read', () => {
    const [one, other] = [Uint8Array.of(1, 2), Uint8Array.of(1, 3)];
    expect(sameHash(one, one.slice())).toBe(true);
    expect(sameHash(one, other)).toBe(false);
    expect(sameHash(one, undefined)).toBeNull();
  });
});
