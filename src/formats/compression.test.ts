import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, fromBase64, utf8 } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import { sniff, SNIFF_LENGTH } from './compression.ts';
import { createUnpacker } from './unpack.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function verdict(head: Uint8Array): string {
  try {
    return sniff(head);
  } catch (error) {
    if (!(error instanceof Problem) || error.failure.code !== 'unsupported') throw error;
    expect(error.failure.what).toBe('compression');
    return `no: ${error.failure.name}`;
  }
}

/** A v7 header of one empty file, without any magic; its checksum is of unsigned or of signed bytes. */
function v7Header(name: Uint8Array, signed = false): Uint8Array {
  const block = new Uint8Array(SNIFF_LENGTH);
  block.set(name);
  block.set(utf8('        '), 148);
  const sum = block.reduce((total, byte) => total + (signed && byte > 127 ? byte - 256 : byte), 0);
  block.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return block;
}

function ustarHeader(): Uint8Array {
  const block = new Uint8Array(SNIFF_LENGTH).fill(7);
  block.set(utf8('ustar'), 257);
  return block;
}

describe('sniff', () => {
  it.each([
    ['gzip', bytes('1f 8b 08 00')],
    ['gzip', gzipSync('anything')],
    ['zstd', bytes('28 b5 2f fd 00')],
    ['zstd', bytes('50 2a 4d 18 00 00 00 00')],
    ['zstd', bytes('5f 2a 4d 18 00 00 00 00')],
    ['none', ustarHeader()],
    ['none', v7Header(utf8('file'))],
    ['none', v7Header(utf8('BZh.txt'))],
    ['none', v7Header(bytes('ff fe fd'))],
    ['none', v7Header(bytes('ff fe fd'), true)],
    ['none', new Uint8Array(SNIFF_LENGTH)],
    ['none', concat([new Uint8Array(SNIFF_LENGTH), utf8('past what is looked at')])],
    ['none', new Uint8Array(3)],
    ['none', new Uint8Array(0)],
    ['no: bzip2', utf8('BZh91AY')],
    ['no: xz', bytes('fd 37 7a 58 5a 00 00')],
    ['no: lz4', bytes('04 22 4d 18 64')],
    ['no: lz4', bytes('02 21 4c 18')],
    ['no: lzip', utf8('LZIP\x01')],
    ['no: lzma', bytes('5d 00 00 80 00')],
    ['no: compress', bytes('1f 9d 90')],
    ['no: zip', utf8('PK\x03\x04')],
    ['no: zip', utf8('PK\x05\x06')],
    ['no: 7z', bytes('37 7a bc af 27 1c')],
    ['no: rar', bytes('52 61 72 21 1a 07 00')],
    ['no: zlib', bytes('78 9c 4b 04')],
    ['no: zlib', bytes('78 01 00')],
    ['no: zstd before 0.8', bytes('27 b5 2f fd')],
    ['no: gzip with an unknown method', bytes('1f 8b 07')],
    ['no: unknown (first bytes 602a4d18)', bytes('60 2a 4d 18')],
    ['no: unknown (first bytes 7b2273636865)', utf8('{"sche')],
    ['no: unknown (first bytes 01)', bytes('01')],
    ['no: unknown (first bytes ffffffffffffffff)', new Uint8Array(SNIFF_LENGTH).fill(255)],
    // A tar cut within its first header is none: whoever reads it could not tell.
    ['no: unknown (first bytes 66696c6500000000)', v7Header(utf8('file')).subarray(0, 511)],
  ])('%s', (expected, head) => {
    expect(verdict(head)).toBe(expected);
  });

  it('takes no tar header with one byte changed for a v7 tar', () => {
    const header = v7Header(utf8('file'));
    for (const at of [0, 100, 300, 511]) {
      const changed = header.slice();
      changed[at]! ^= 0x11;
      expect(verdict(changed)).toMatch(/^no: unknown/);
    }
  });
});

describe('createUnpacker', () => {
  it.each([
    ['none', utf8('abc'), false],
    ['gzip', gzipSync('abc'), true],
    ['zstd', fromBase64('KLUv/QAAGQAAYWJj')!, true],
  ] as const)('%s', (compression, content, hasPoints) => {
    const got: Uint8Array[] = [];
    const unpacker = createUnpacker(compression, (piece) => got.push(piece.slice()));
    unpacker.push(content);
    unpacker.push(new Uint8Array(0));
    unpacker.end();
    expect(concat(got)).toEqual(utf8('abc'));
    expect([unpacker.produced, unpacker.ignored]).toEqual([3, 0]);
    expect(unpacker.seekPoints()?.count).toBe(hasPoints ? 1 : undefined);
  });
});
