/** Vectors of zlib (test/infcover.c), of pako and of zstd's gzip tests; deflate without a wrapper is given one here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, utf8 } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { corpus, missingCorpus } from '../../testing/corpora.ts';
import { inPieces } from '../../testing/in-pieces.ts';
import { crc32 } from './crc32.ts';
import { GzipUnpacker } from './gzip-unpacker.ts';

function gunzip(content: Uint8Array, cut = 1000): Uint8Array {
  const pieces: Uint8Array[] = [];
  const unpacker = new GzipUnpacker((bytes) => pieces.push(bytes.slice()));
  for (const piece of inPieces(content, cut)) unpacker.push(piece);
  unpacker.end();
  return concat(pieces);
}

function reasonOf(content: Uint8Array): string {
  try {
    gunzip(content);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.failure).toMatchObject({
      code: 'malformed',
      format: 'gzip',
      offset: expect.any(Number) as number,
    });
    return error.failure.code === 'malformed' ? error.failure.reason : '';
  }
  throw new Error('it was taken');
}

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

function trailer(plain: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, crc32(0, plain), true);
  view.setUint32(4, plain.length, true);
  return new Uint8Array(view.buffer);
}

/** A gzip member around raw deflate data that becomes `plain`. */
const wrap = (deflated: Uint8Array, plain: Uint8Array) => concat([HEADER, deflated, trailer(plain)]);

describe("zlib's inflate tests", () => {
  const folder = corpus('zlib');
  if (folder === null) {
    it.skip(missingCorpus('zlib'));
    return;
  }
  interface Case {
    readonly hex: string;
    readonly what: string;
    readonly format: string;
    readonly output?: { readonly $hex: string } | { readonly sha256: string };
    readonly checkedWithZlib: string;
  }
  const text = readFileSync(join(folder, 'expected-infcover.json'), 'utf8');
  const { cases } = JSON.parse(text) as { readonly cases: readonly Case[] };
  /** All but those with zlib's own wrapper (RFC 1950), which no layer has, and those that are not decided. */
  const relevant = cases.filter(
    ({ hex, format, checkedWithZlib }) =>
      (format === 'raw deflate' || hex.startsWith('1f8b')) &&
      ['STREAM_END', 'DATA_ERROR'].includes(checkedWithZlib),
  );

  it('are there', () => expect(relevant.length).toBeGreaterThan(30));

  it.each(relevant.map((each, i) => [`${i} ${each.what}`, each] as const))('%s', (_, each) => {
    const bytes = new Uint8Array(Buffer.from(each.hex, 'hex'));
    const isRaw = each.format === 'raw deflate';
    if (each.checkedWithZlib === 'DATA_ERROR') {
      // zlib's tests are named by zlib's message, where that is what they are about.
      const reason = reasonOf(isRaw ? concat([HEADER, bytes]) : bytes);
      if (/^invalid|^too many/.test(each.what)) expect(reason).toBe(each.what);
      return;
    }
    const { output } = each;
    // Long ones are given as a digest and a length; node has zlib itself.
    const node = () => new Uint8Array(inflateRawSync(bytes));
    const plain =
      output && '$hex' in output
        ? new Uint8Array(Buffer.from(output.$hex, 'hex'))
        : isRaw
          ? node()
          : utf8('');
    // Some vectors have bytes after the end, and zlib says how many it used by what it leaves.
    const used = isRaw ? usedBy(bytes) : bytes.length;
    const content = isRaw ? wrap(bytes.subarray(0, used), plain) : bytes;
    for (const cut of [1, 1000]) expect(gunzip(content, cut)).toEqual(plain);
  });

  /** The fewest bytes that node's zlib inflates whole. */
  function usedBy(deflated: Uint8Array): number {
    for (let length = 1; ; length++) {
      try {
        inflateRawSync(deflated.subarray(0, length));
        return length;
      } catch (error) {
        if (length === deflated.length) throw error;
      }
    }
  }
});

describe("pako's fixtures", () => {
  const folder = corpus('pako');
  if (folder === null) {
    it.skip(missingCorpus('pako'));
    return;
  }
  const read = (...path: string[]) => new Uint8Array(readFileSync(join(folder, ...path)));

  it.each(['gzip-joined.gz', 'gzip-joined-bgzip.gz'])('%s', (file) => {
    const content = read(file);
    const expected = gunzipSync(content);
    expect(expected.length).toBeGreaterThan(40);
    for (const cut of [1, 5, 100_000]) expect(equalBytes(gunzip(content, cut), expected)).toBe(true);
  });

  it('gzip-headers.gz: the header is passed over, and the body is no deflate data', () => {
    expect(reasonOf(read('gzip-headers.gz'))).not.toMatch(/header/);
  });

  const samples = readdirSync(join(folder, 'samples_deflated_raw'));
  it.each(samples)('%s', (file) => {
    const deflated = read('samples_deflated_raw', file);
    const plain = new Uint8Array(inflateRawSync(deflated));
    for (const cut of [37, 1_000_000])
      expect(equalBytes(gunzip(wrap(deflated, plain), cut), plain)).toBe(true);
  });

  it('bad_wbits.deflate, without its wrapper', () => {
    // Two bytes of header, four of checksum (RFC 1950).
    const deflated = read('bad_wbits.deflate').subarray(2, -4);
    const plain = read('bad_wbits.txt');
    expect(equalBytes(gunzip(wrap(deflated, plain)), plain)).toBe(true);
  });
});

describe("zstd's gzip test", () => {
  const folder = corpus('zstd');
  if (folder === null) {
    it.skip(missingCorpus('zstd'));
    return;
  }
  it('hufts-segv.gz is refused', () => {
    expect(reasonOf(new Uint8Array(readFileSync(join(folder, 'hufts-segv.gz'))))).toMatch(/./);
  });
});
