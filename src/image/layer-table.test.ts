import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { parseDigest } from '../formats/digest.ts';
import { OCI_LAYER } from '../formats/media-type.ts';
import { Random } from '../testing/random.ts';
import { tarOf } from '../testing/tar-of.ts';
import { indexLayer } from './index-layer.ts';
import { LayerTable } from './layer-table.ts';

const LONG = tarOf([{ name: 'x'.repeat(70_000), content: '' }]);
const DAMAGED = tarOf([{ name: 'a', content: '' }]).fill(65, 0, 1);

it('global records are not in force: nothing that makes a container puts them so', () => {
  const table = new LayerTable();
  table.push(
    tarOf([
      { name: 'etc/motd', content: 'one' },
      { name: 'bin/evil', content: 'two', globalPax: { path: 'etc/motd', size: '2048', uid: '7' } },
      { name: 'bin/other' },
    ]),
  );
  table.end();
  const { count, pool, nameStart, nameLength, uid, size } = table.index('none', 0);
  const rows = Array.from({ length: count }, (_, row) => {
    const name = pool.subarray(nameStart[row]!, nameStart[row]! + nameLength[row]!);
    return [Buffer.from(name).toString(), uid[row], size[row]];
  });
  expect(rows).toEqual([
    ['etc/motd', 0, 3],
    ['bin/evil', 0, 3],
    ['bin/other', 0, 0],
  ]);
});

describe('what a layer did wrong', () => {
  it('is told later where it may be damage on the way', () => {
    const table = new LayerTable();
    table.push(DAMAGED);
    expect(table.problem?.failure).toMatchObject({ code: 'malformed', format: 'tar' });
    expect(() => table.index('none', 0)).toThrow(Problem);
  });

  it('is told at once where it is past what we take', () => {
    const table = new LayerTable();
    expect(() => table.push(LONG)).toThrow(/^too-large/);
    expect(table.problem?.failure.code).toBe('too-large');
    expect(() => table.attempt(() => table.push(LONG))).not.toThrow();
  });

  // The rest of such a layer may be ten gigabytes: nobody waits for them to hear no.
  it.each([
    ['plain', (tar: Buffer) => tar, 0],
    ['gzip', (tar: Buffer) => gzipSync(tar, { level: 1 }), 0],
    ['gzip at a first look', (tar: Buffer) => gzipSync(tar, { level: 1 }), 1e9],
  ])('ends the reading of a layer that is too large: %s', async (_, pack, keep) => {
    const blob = pack(Buffer.concat([LONG, new Random(3).bytes(8_000_000)]));
    let given = 0;
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          // As from a network: Node inflates in a thread of its own, which a stream that is always ready leaves behind.
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (given === blob.length) return controller.close();
          controller.enqueue(new Uint8Array(blob.subarray(given, given + 65_536)));
          given = Math.min(blob.length, given + 65_536);
        },
        cancel: () => void (cancelled = true),
      },
      { highWaterMark: 0 },
    );
    const descriptor = {
      mediaType: OCI_LAYER,
      digest: parseDigest(`sha256:${'0'.repeat(64)}`),
      size: blob.length,
    };
    const reading = indexLayer({ open: async () => stream }, descriptor, null, {
      signal: new AbortController().signal,
      keep: { blob: keep, unpacked: keep },
      onProgress: () => {},
      onIndexed: () => expect.unreachable(),
    });
    await expect(reading).rejects.toThrow(/^too-large/);
    expect(given).toBeLessThan(blob.length / 2);
    expect(cancelled).toBe(true);
  });
});
