/** Each stage of reading a layer alone, beside the one program that does the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createHash } from '../../src/formats/hash.ts';
import { TarParser } from '../../src/formats/tar/parser.ts';
import { createUnpacker } from '../../src/formats/unpack.ts';
import { LayerIndexBuilder } from '../../src/image/layer-index-builder.ts';
import { run } from '../fixtures/process.ts';
import { rateOf } from './native.ts';

/** As the bytes come from the network. */
const PIECE = 64 * 1024;
/** The best of so many: the first also compiles. */
const TIMES = 3;

/** Rows of: stage, our MB/s, the program's MB/s, the ratio; both by the bytes of the larger side (unpacked). */
export async function measureStages(blob: Uint8Array, folder: string): Promise<string[][]> {
  const tar = gunzipSync(blob);
  const files = {
    gzip: join(folder, 'stage.tar.gz'),
    tar: join(folder, 'stage.tar'),
    zstd: join(folder, 'stage.tar.zst'),
  };
  writeFileSync(files.gzip, blob);
  writeFileSync(files.tar, tar);
  await run('zstd', ['-q', '-f', '-3', files.tar, '-o', files.zstd]);
  const zstd = readFileSync(files.zstd);

  const sha256 = () => {
    const hash = createHash('sha256');
    push(tar, (bytes) => hash.update(bytes));
    hash.digest();
  };
  const unpack = (compression: 'gzip' | 'zstd', bytes: Uint8Array) => () => {
    const unpacker = createUnpacker(compression, () => {});
    push(bytes, (piece) => unpacker.push(piece));
    unpacker.end();
  };
  const parse = () => {
    const builder = new LayerIndexBuilder();
    const parser = new TarParser((entry) => builder.add(entry));
    push(tar, (bytes) => parser.push(bytes));
    parser.end();
  };

  const rows: string[][] = [];
  for (const [title, ours, script, file] of [
    ['SHA-256, incremental', sha256, 'sha256sum < "$1" > /dev/null', files.tar],
    ['gzip, with seek points', unpack('gzip', blob), 'gzip -dc < "$1" > /dev/null', files.gzip],
    ['zstd', unpack('zstd', zstd), 'zstd -dcq < "$1" > /dev/null', files.zstd],
    ['tar to index', parse, 'tar tv < "$1" > /dev/null', files.tar],
  ] as const) {
    const ownRate = Math.max(...Array.from({ length: TIMES }, () => rate(ours, tar.length)));
    const theirs: number[] = [];
    for (let i = 0; i < TIMES; i++) theirs.push(await rateOf(script, file, tar.length));
    const theirRate = Math.max(...theirs);
    rows.push([title, ownRate.toFixed(0), theirRate.toFixed(0), (ownRate / theirRate).toFixed(2)]);
  }
  return rows;
}

function push(bytes: Uint8Array, take: (piece: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; at += PIECE) take(bytes.subarray(at, at + PIECE));
}

/** MB/s */
function rate(work: () => void, bytes: number): number {
  const start = performance.now();
  work();
  return bytes / 1e3 / (performance.now() - start);
}
