/** Looking into files of a layer equals looking into each by itself, however the layer is packed and cut. */
import { describe, expect, it } from 'vitest';
import { pointsAround } from '../../formats/seek-points.ts';
import { createUnpacker } from '../../formats/unpack.ts';
import { Random } from '../../testing/random.ts';
import { contentOf, drawFile, packed } from '../../testing/drawn-files.ts';
import { tarOf } from '../../testing/tar-of.ts';
import { indexOfTar } from '../../testing/tree-of.ts';
import { FileTree } from '../file-tree.ts';
import { merge } from '../merge/merge.ts';
import { findDataOf, FindTable } from './find-table.ts';
import { goThrough } from '../files-through.ts';
import { LayerSearch } from './layer-search.ts';
import { LinePattern, LineSearch } from './line-search.ts';
import { parseQuery } from './query.ts';
import { planSearch } from './search-plan.ts';

const { signal } = new AbortController();

describe('looking into the files of a layer', () => {
  it.each(['none', 'gzip', 'gzip members', 'zstd'])(
    'finds what looking into each of them finds: %s',
    { timeout: 60_000 },
    async (how) => {
      let lines = 0;
      for (let seed = 1; seed <= 6; seed++) {
        const random = new Random(seed);
        const files = Array.from({ length: random.between(1, 25) }, (_, i) => drawFile(random, `f${i}`));
        const blob = packed(tarOf(files.map(({ entry }) => entry)), how);
        const compression = how === 'none' ? 'none' : how === 'zstd' ? 'zstd' : 'gzip';
        const layer = { ...indexOfTar(tarOf(files.map(({ entry }) => entry))), compression } as const;
        const tree = new FileTree(merge([layer]), [layer]);
        const pattern = new LinePattern(parseQuery(random.pick(['text:needle', 'grep:^needle'])).contents!);
        const ids = Uint32Array.from({ length: tree.count - 1 }, (_, i) => i + 1).filter(
          () => !random.oneIn(3),
        );
        const expected: string[] = [];
        for (const id of ids) {
          const each = new LineSearch(pattern, ({ line, text }) =>
            expected.push(`${tree.path(id)}:${line}:${text}`),
          );
          each.push(
            files.find(
              ({ bytes, entry }) =>
                `/${entry.pax?.['GNU.sparse.name'] ?? String(entry.name)}` === tree.path(id) && bytes,
            )!.bytes,
          );
          each.end();
        }
        const [planned] = planSearch(new FindTable(findDataOf(tree.columns, tree.layers)), ids);
        if (planned === undefined) continue;
        const unpacker = createUnpacker(compression, () => {}, { spacing: 5000 });
        unpacker.push(blob);
        const points = unpacker.seekPoints();
        const jumps = planned.stretches!.map(({ from, to }) => ({
          from,
          to,
          points: points && pointsAround(points, from, to),
        }));
        for (const stretches of [null, jumps]) {
          const found: string[] = [];
          const search = new LayerSearch(planned.plan, pattern, (id, { line, text }) =>
            found.push(`${tree.path(id)}:${line}:${text}`),
          );
          const { content, descriptor } = contentOf(blob, random);
          await goThrough(content, descriptor, search, compression, stretches, () => {}, signal);
          expect(found.toSorted(), `seed ${seed}`).toEqual(expected.toSorted());
          expect(search.counts.files).toBe(planned.plan.ids.length);
          expect(search.counts.bytes).toBe(planned.bytes);
          lines += found.length;
        }
      }
      expect(lines).toBeGreaterThan(50);
    },
  );

  it('says so where the layer ends too early', async () => {
    const random = new Random(1);
    const files = [
      { name: 'a', content: 'needle\n' },
      { name: 'b', content: random.bytes(50_000) },
    ];
    const layer = indexOfTar(tarOf(files));
    const tree = new FileTree(merge([layer]), [layer]);
    const [planned] = planSearch(new FindTable(findDataOf(tree.columns, [layer])), Uint32Array.of(1, 2));
    for (const compression of ['none', 'gzip'] as const) {
      const blob = packed(tarOf(files), compression);
      const { content, descriptor } = contentOf(blob.subarray(0, 20_000), random);
      const found: number[] = [];
      const pattern = new LinePattern(parseQuery('text:needle').contents!);
      const search = new LayerSearch(planned!.plan, pattern, (id) => found.push(id));
      const searching = goThrough(content, descriptor, search, compression, null, () => {}, signal);
      await expect(searching).rejects.toMatchObject({ name: 'Problem' });
      // What came before is told.
      expect(found).toEqual([1]);
    }
  });
});
