/** The work of each stage, for a bundle of its own: as it is shipped, where a name that is imported costs nothing. */
import { createHash } from '../../src/formats/hash.ts';
import { TarParser } from '../../src/formats/tar/parser.ts';
import { createUnpacker } from '../../src/formats/unpack.ts';
import { LayerIndexBuilder } from '../../src/image/layer-index-builder.ts';

/** As the bytes come from the network. */
const PIECE = 64 * 1024;

export function hash(tar: Uint8Array): void {
  const hash = createHash('sha256');
  push(tar, (bytes) => hash.update(bytes));
  hash.digest();
}

export function unpack(compression: 'gzip' | 'zstd', bytes: Uint8Array): void {
  const unpacker = createUnpacker(compression, () => {});
  push(bytes, (piece) => unpacker.push(piece));
  unpacker.end();
}

export function parse(tar: Uint8Array): void {
  const builder = new LayerIndexBuilder();
  const parser = new TarParser((entry) => builder.add(entry));
  push(tar, (bytes) => parser.push(bytes));
  parser.end();
}

function push(bytes: Uint8Array, take: (piece: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; at += PIECE) take(bytes.subarray(at, at + PIECE));
}
