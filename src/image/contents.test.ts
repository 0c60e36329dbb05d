import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { concat, equalBytes, streamOf, utf8 } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { parseDigest } from '../formats/digest.ts';
import { OCI_LAYER } from '../formats/media-type.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import { createUnpacker } from '../formats/unpack.ts';
import type { Content } from '../sources/source.ts';
import { inPieces } from '../testing/in-pieces.ts';
import { Random } from '../testing/random.ts';
import { tarOf, type TestEntry } from '../testing/tar-of.ts';
import { readFile } from './contents.ts';
import { placeOf, pointsFor, type FileWindow } from './file-place.ts';
import { FILE, type LayerIndex } from './layer-index.ts';
import { LayerTable } from './layer-table.ts';

const { signal } = new AbortController();

/** A blob, and what was asked of it. */
function blobOf(bytes: Uint8Array) {
  const asked: string[] = [];
  const descriptor: Descriptor = {
    mediaType: OCI_LAYER,
    digest: parseDigest(`sha256:${'0'.repeat(64)}`),
    size: bytes.length,
  };
  const content: Content = {
    open: async (_, { range = { start: 0, end: bytes.length } }) => {
      asked.push(`${range.start}-${range.end}`);
      return streamOf(...inPieces(bytes.subarray(range.start, range.end), 50_000));
    },
  };
  return { content, descriptor, asked };
}

function indexed(blob: Uint8Array, compression: LayerIndex['compression'], spacing: number) {
  const table = new LayerTable();
  const unpacker = createUnpacker(compression, (bytes) => table.push(bytes), { spacing });
  for (const piece of inPieces(blob, 4096)) unpacker.push(piece);
  unpacker.end();
  table.end();
  return { index: table.index(compression, unpacker.produced), points: unpacker.seekPoints() };
}

/** Text-like and noisy stretches, so that what is packed unpacks unevenly. */
function stuff(random: Random, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const end = Math.min(length, at + 1 + random.below(20_000));
    const range = random.pick([1, 4, 256]);
    for (; at < end; at++) bytes[at] = random.below(range);
  }
  return bytes;
}

interface Drawn {
  readonly entry: TestEntry;
  /** As its reader sees it. */
  readonly bytes: Uint8Array;
}

function drawFile(random: Random, name: string): Drawn {
  const length = random.pick([0, 1, 511, 512, 513, random.below(5000), random.below(150_000)]);
  if (!random.oneIn(3)) {
    const bytes = stuff(random, length);
    return { entry: { name, content: bytes }, bytes };
  }
  const bytes = new Uint8Array(length);
  const extents: number[] = [];
  const held: Uint8Array[] = [];
  for (let at = random.below(2000); at < length;) {
    const data = stuff(random, Math.min(length - at, 1 + random.below(30_000)));
    bytes.set(data, at);
    held.push(data);
    extents.push(at, data.length);
    at += data.length + random.below(20_000);
  }
  const pax = {
    'GNU.sparse.major': '0',
    'GNU.sparse.minor': '1',
    'GNU.sparse.name': name,
    'GNU.sparse.size': String(length),
    'GNU.sparse.numblocks': String(extents.length / 2),
    'GNU.sparse.map': extents.join(','),
  };
  return { entry: { name: 'x', content: concat(held), pax }, bytes };
}

/** As one stream, or as many on end. */
function packed(tar: Uint8Array, how: string, random: Random): Uint8Array {
  if (how === 'none') return tar;
  const many = how.endsWith('members') || how.endsWith('frames');
  const pack = (bytes: Uint8Array) => {
    if (how.startsWith('gzip')) return gzipSync(bytes, { level: random.pick([1, 6, 9]) });
    const { stdout, status } = spawnSync('zstd', ['-q', '-c', `-${random.pick([1, 3])}`], { input: bytes });
    if (status !== 0) throw new Error('zstd is needed for this test');
    return stdout;
  };
  return many ? concat(inPieces(tar, 60_000).map(pack)) : pack(tar);
}

async function read(
  blob: Uint8Array,
  index: LayerIndex,
  points: SeekPoints | null,
  row: number,
  window: FileWindow,
): Promise<Uint8Array> {
  const { content, descriptor } = blobOf(blob);
  const place = placeOf(index, row);
  const pieces: Uint8Array[] = [];
  const few = pointsFor(points, place, window);
  for await (const piece of readFile(content, descriptor, place, few, window, signal)) {
    expect(piece.byteLength).toBe(piece.buffer.byteLength);
    pieces.push(piece);
  }
  return concat(pieces);
}

/** As browsers do, and Node does not: what was pushed comes out little by little, also while nobody waits for it. */
function unpackSlowly(): () => void {
  const Native = DecompressionStream;
  globalThis.DecompressionStream = class {
    readonly writable: WritableStream<BufferSource>;
    readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
    constructor(format: CompressionFormat) {
      const { readable, writable } = new Native(format);
      const taking = new TransformStream<BufferSource, BufferSource>({
        async transform(chunk, controller) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          controller.enqueue(chunk);
        },
      });
      taking.readable.pipeTo(writable).catch(() => {});
      this.writable = taking.writable;
      this.readable = readable.pipeThrough(
        new TransformStream({
          async transform(chunk, controller) {
            for (const piece of inPieces(chunk, 20_000)) {
              await new Promise((resolve) => setTimeout(resolve));
              controller.enqueue(piece);
            }
          },
        }),
      );
    }
  };
  return () => void (globalThis.DecompressionStream = Native);
}

describe('a window of a file', () => {
  it.each(['none', 'gzip', 'gzip members', 'zstd', 'zstd frames'])(
    'is what unpacking all and cutting it out gives: %s',
    async (how) => {
      for (let seed = 1; seed <= 6; seed++) {
        const random = new Random(seed);
        const files = Array.from({ length: 12 }, (_, i) => drawFile(random, `file-${i}`));
        const tar = tarOf(files.map(({ entry }) => entry));
        const blob = packed(tar, how, random);
        const spacing = random.pick([1, 10_000, 100_000]);
        const { index, points } = indexed(
          blob,
          how === 'none' ? 'none' : how.startsWith('gzip') ? 'gzip' : 'zstd',
          spacing,
        );
        expect(index.count).toBe(files.length);
        for (let round = 0; round < 40; round++) {
          const row = random.below(files.length);
          const { bytes } = files[row]!;
          expect(index.type[row]).toBe(FILE);
          const start = random.below(bytes.length + 1);
          const end = random.oneIn(4) ? bytes.length + 7 : start + random.below(bytes.length + 1);
          const got = await read(blob, index, random.oneIn(4) ? null : points, row, { start, end });
          const whole = bytes.subarray(start, end);
          if (!equalBytes(got, whole)) {
            expect.fail(
              `seed ${seed}, row ${row}, ${start}-${end}: ${got.length} bytes, not ${whole.length}`,
            );
          }
        }
      }
    },
    30_000,
  );

  it.each(['gzip', 'gzip members'])('is whole, however slow its reader is: %s', async (how) => {
    onTestFinished(unpackSlowly());
    const random = new Random(7);
    const files = ['before', 'wanted', 'after'].map((name) => ({ name, content: stuff(random, 3_000_000) }));
    const blob = packed(tarOf(files), how, random);
    const { index } = indexed(blob, 'gzip', 1_000_000);
    const { content, descriptor } = blobOf(blob);
    const window = { start: 1000, end: 2_900_000 };
    const pieces: Uint8Array[] = [];
    for await (const piece of readFile(content, descriptor, placeOf(index, 1), null, window, signal)) {
      pieces.push(piece);
      // The browser unpacks on meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(equalBytes(concat(pieces), files[1]!.content.subarray(1000, 2_900_000))).toBe(true);
  });

  it('costs no more of a compressed blob than lies around it', async () => {
    const random = new Random(5);
    const files = Array.from({ length: 40 }, (_, i) => ({
      name: `f${i}`,
      content: stuff(random, 100_000),
    }));
    const blob = gzipSync(tarOf(files));
    const { index, points } = indexed(blob, 'gzip', 200_000);
    const { content, descriptor, asked } = blobOf(blob);
    const place = placeOf(index, 20);
    const window = { start: 50_000, end: 50_100 };
    const pieces: Uint8Array[] = [];
    for await (const piece of readFile(content, descriptor, place, points, window, signal))
      pieces.push(piece);
    expect(equalBytes(concat(pieces), files[20]!.content.subarray(50_000, 50_100))).toBe(true);
    const sum = asked.reduce((bytes, range) => {
      const [start, end] = range.split('-').map(Number);
      return bytes + end! - start!;
    }, 0);
    expect(sum).toBeLessThan(blob.length / 6);
  });

  it('asks for nothing where a hole is all there is', async () => {
    const entry: TestEntry = {
      name: 'x',
      content: 'end',
      pax: {
        'GNU.sparse.major': '0',
        'GNU.sparse.minor': '1',
        'GNU.sparse.name': 'hole',
        'GNU.sparse.size': '1000003',
        'GNU.sparse.numblocks': '1',
        'GNU.sparse.map': '1000000,3',
      },
    };
    const blob = tarOf([entry]);
    const { index } = indexed(blob, 'none', 1);
    const { content, descriptor, asked } = blobOf(blob);
    const window = { start: 10, end: 200_000 };
    let length = 0;
    for await (const piece of readFile(content, descriptor, placeOf(index, 0), null, window, signal)) {
      expect(piece.every((byte) => byte === 0)).toBe(true);
      length += piece.length;
    }
    expect({ length, asked }).toEqual({ length: 199_990, asked: [] });
    expect(await read(blob, index, null, 0, { start: 999_999, end: 2e9 })).toEqual(utf8('\0end'));
  });

  it('is a failure where the blob is shorter than it was', async () => {
    const blob = tarOf([{ name: 'x', content: new Uint8Array(5000) }]);
    const { index } = indexed(blob, 'none', 1);
    const failed = read(blob.subarray(0, 2000), index, null, 0, { start: 0, end: 5000 });
    await expect(failed).rejects.toBeInstanceOf(Problem);
  });

  it('is right up to where a blob was cut, and a failure after it', async () => {
    const random = new Random(3);
    const tar = tarOf([
      { name: 'a', content: 'first' },
      { name: 'b', content: random.bytes(200_000) },
    ]);
    const blob = gzipSync(tar);
    const { index, points } = indexed(blob, 'gzip', 1e9);
    const cut = blob.subarray(0, blob.length - 5000);
    expect(await read(cut, index, points, 0, { start: 0, end: 5 })).toEqual(utf8('first'));
    expect(await read(cut, index, points, 1, { start: 0, end: 100 })).toHaveLength(100);
    await expect(read(cut, index, points, 1, { start: 0, end: 200_000 })).rejects.toBeInstanceOf(Problem);
  });
});
