import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { concat, streamOf } from '../base/bytes.ts';
import { Problem, type Failure } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { parseDigest, type Digest } from '../formats/digest.ts';
import { WEB_CRYPTO_LIMIT } from '../formats/hash.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import { OCI_LAYER } from '../formats/media-type.ts';
import type { Content } from '../sources/source.ts';
import { inPieces, inRandomPieces } from '../testing/in-pieces.ts';
import { Random } from '../testing/random.ts';
import { tarOf } from '../testing/tar-of.ts';
import { checkLooked } from './first-look.ts';
import { checkLayer, indexLayer, type Outcome } from './index-layer.ts';
import type { LayerIndex } from './layer-index.ts';

const memory = vi.hoisted(() => ({ isDear: false }));
vi.mock('../base/fresh-memory.ts', () => ({ isMemoryDear: () => memory.isDear }));
afterEach(() => {
  memory.isDear = false;
});

const sha256 = (bytes: Uint8Array): Digest =>
  parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);

const TAR = tarOf([
  { name: 'etc/', type: 'dir' },
  { name: 'etc/passwd', content: 'root:x:0:0::/root:/bin/sh\n', uid: 7 },
  { name: 'etc/alias', type: 'hardlink', linkname: 'etc/passwd' },
  { name: 'big', content: new Uint8Array(300_000).fill(65) },
  { name: `deep/${'x'.repeat(200)}`, content: 'x', pax: { 'SCHILY.xattr.user.a': 'b' } },
]);

const descriptorOf = (blob: Uint8Array, change: Partial<Descriptor> = {}): Descriptor => ({
  mediaType: OCI_LAYER,
  digest: sha256(blob),
  size: blob.length,
  ...change,
});

const { signal } = new AbortController();

const content = (...pieces: Uint8Array[]): Content => ({ open: async () => streamOf(...pieces) });

/** Each piece is where the one before was. */
const fleeting = (...pieces: Uint8Array[]): Content => ({
  open: async () => {
    const buffer = new Uint8Array(Math.max(0, ...pieces.map(({ length }) => length)));
    const left = [...pieces];
    return new ReadableStream(
      {
        pull(controller) {
          const piece = left.shift();
          if (piece === undefined) return controller.close();
          buffer.fill(0xee).set(piece);
          controller.enqueue(buffer.subarray(0, piece.length));
        },
      },
      { highWaterMark: 0 },
    );
  },
});

/** As a local file: any part of it costs no more than that part. */
const atHand = (blob: Uint8Array): Content => ({
  open: async () => streamOf(blob),
  blob: () => new Blob([Uint8Array.from(blob)]),
});

interface How {
  /** Of the blob: decides between one pass and a first look. */
  readonly keep?: number;
  /** Of what it unpacks to. */
  readonly keepUnpacked?: number;
}

/** What came of a layer, in the order in which it was told. */
async function read(
  from: Uint8Array[] | Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  { keep = 0, keepUnpacked = keep / 2 }: How = {},
) {
  const told: (LayerIndex | Digest | Failure)[] = [];
  let how: Outcome['kind'] | null = null;
  let seekPoints: SeekPoints | null = null;
  let progress = { received: 0, unpacked: 0, entries: 0 };
  try {
    const source = Array.isArray(from) ? content(...from) : from;
    const outcome = await indexLayer(source, descriptor, diffId, {
      signal,
      keep: { blob: keep, unpacked: keepUnpacked },
      onProgress: (now) => (progress = now),
      onIndexed: (indexed) => {
        told.push(indexed.index);
        seekPoints = indexed.seekPoints;
      },
    });
    how = outcome.kind;
    const isChecked = outcome.kind === 'checked';
    told.push(isChecked ? outcome.diffId : await checkLayer(source, descriptor, diffId, outcome, signal));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    told.push(error.failure);
  }
  return { told, progress, how, seekPoints };
}

describe('a layer', () => {
  const whole = gzipSync(TAR);
  const members = concat([gzipSync(TAR.subarray(0, 1000)), gzipSync(TAR.subarray(1000))]);

  it.each([
    ['gzip', whole],
    ['gzip', members],
    ['none', TAR],
  ])('(%s) gives the same index wherever its bytes are cut, and its diff ID', async (compression, blob) => {
    const random = new Random(11);
    const cuts = [[blob], inPieces(blob, 13), inPieces(blob, 511), inRandomPieces(blob, random)];
    const results = await Promise.all(cuts.map((pieces) => read(pieces, descriptorOf(blob), sha256(TAR))));
    const [index, diffId] = results[0]!.told as [LayerIndex, Digest];
    expect(index).toMatchObject({ count: 5, compression, unpackedSize: TAR.length });
    expect(diffId).toBe(sha256(TAR));
    expect(results[0]!.progress).toEqual({ received: blob.length, unpacked: TAR.length, entries: 5 });
    for (const { told } of results) expect(told).toEqual(results[0]!.told);
  });

  it('is the same where each piece takes the place of the one before', async () => {
    for (const blob of [whole, members, TAR]) {
      for (const size of [13, 999, 1e6]) {
        for (const keep of [0, blob.length]) {
          const pieces = inPieces(blob, size);
          const { told } = await read(fleeting(...pieces), descriptorOf(blob), sha256(TAR), { keep });
          expect(told).toEqual((await read(pieces, descriptorOf(blob), sha256(TAR), { keep })).told);
          expect(told.at(-1)).toBe(sha256(TAR));
        }
      }
    }
  });

  it('gives the same index at a first look, and the same diff ID and seek points when checked', async () => {
    for (const blob of [whole, members, TAR]) {
      const passed = await read(inPieces(blob, 999), descriptorOf(blob), sha256(TAR));
      expect(passed.how).toBe('checked');
      // Kept; not kept, so that it is unpacked again; kept as far as there is room.
      for (const keepUnpacked of [1e9, 0, 1000]) {
        const how = { keep: blob.length, keepUnpacked };
        const looked = await read(inPieces(blob, 999), descriptorOf(blob), sha256(TAR), how);
        expect(looked.told).toEqual(passed.told);
        expect(looked.seekPoints).toEqual(passed.seekPoints);
        expect(looked.how).toBe(blob === TAR ? 'checked' : 'looked');
      }
    }
  });

  it('is the same at a first look where memory is dear, and refused by its diff ID', async () => {
    const how = { keep: whole.length };
    const wanted = await read(inPieces(whole, 999), descriptorOf(whole), sha256(TAR), how);
    memory.isDear = true;
    const keeping = (...pieces: Uint8Array[]) => ({ ...content(...pieces), keep: async () => {} });
    const dear = await read(keeping(...inPieces(whole, 999)), descriptorOf(whole), sha256(TAR), how);
    expect(dear).toEqual(wanted);
    expect((await read(keeping(whole), descriptorOf(whole), null, how)).told).toEqual(wanted.told);
    const asked = { signal, onProgress() {}, onIndexed() {} };
    for (const forFile of [false, true]) {
      const keep = { blob: whole.length, unpacked: 1e9, forFile };
      const outcome = await indexLayer(keeping(whole), descriptorOf(whole), null, { ...asked, keep });
      const unpacked = outcome.kind === 'looked' && outcome.unpacked;
      expect(unpacked && sha256(unpacked)).toBe(forFile ? sha256(TAR) : null);
    }
    const { told } = await read(keeping(whole), descriptorOf(whole), sha256(whole), how);
    const [expected, actual] = [sha256(whole), sha256(TAR)];
    expect(told.at(-1)).toEqual({ code: 'digest-mismatch', subject: 'diff-id', expected, actual });
  });

  it('has the same diff ID where it unpacks to more than WebCrypto takes', async () => {
    // As if it did: a real one would take as long as all other tests of this file.
    for (const unpackedSize of [TAR.length, WEB_CRYPTO_LIMIT + 1]) {
      const looked = {
        kind: 'looked',
        blob: whole,
        compression: 'gzip',
        unpacked: null,
        found: null,
      } as const;
      expect(await checkLooked({ ...looked, unpackedSize }, sha256(TAR))).toBe(sha256(TAR));
    }
  });

  it('gives the same index by its headers alone, where it is plain and at hand', async () => {
    const passed = await read([TAR], descriptorOf(TAR), sha256(TAR));
    const surveyed = await read(atHand(TAR), descriptorOf(TAR), sha256(TAR));
    expect(surveyed.told).toEqual(passed.told);
    expect([surveyed.how, surveyed.seekPoints]).toEqual(['surveyed', null]);
    expect((await read(atHand(whole), descriptorOf(whole), null)).how).toBe('checked');
  });

  it('is shown by its headers before it is checked, and refused when any of it was changed', async () => {
    const random = new Random(13);
    for (let round = 0; round < 60; round++) {
      const damaged = Uint8Array.from(TAR);
      const at = 512 + random.below(TAR.length - 512);
      damaged[at]! ^= 1 << random.below(8);
      const { told } = await read(atHand(damaged), descriptorOf(TAR), sha256(TAR));
      expect(told.at(-1), `byte ${at}`).toEqual({
        code: 'digest-mismatch',
        subject: 'layer',
        expected: sha256(TAR),
        actual: sha256(damaged),
      });
    }
    const other = parseDigest(`sha512:${'0'.repeat(128)}`);
    expect((await read(atHand(TAR), descriptorOf(TAR), other)).told).toMatchObject([
      { count: 5 },
      { code: 'digest-mismatch', subject: 'diff-id', expected: other },
    ]);
  });

  it('is never shown where its blob has been changed, whatever byte it was', async () => {
    const random = new Random(12);
    for (let round = 0; round < 120; round++) {
      const damaged = Uint8Array.from(whole);
      const at = round < 40 ? round >> 1 : random.below(whole.length);
      damaged[at]! ^= 1 << random.below(8);
      const keep = round % 2 === 0 ? 0 : damaged.length;
      const { told } = await read([damaged], descriptorOf(whole), sha256(TAR), { keep });
      expect(told, `byte ${at}`).toHaveLength(1);
      // The first bytes tell the compression, and what is none of ours is told at once.
      const codes = at < 3 ? ['digest-mismatch', 'unsupported'] : ['digest-mismatch'];
      expect(codes).toContain((told[0] as Failure).code);
    }
  });

  it('fails with what is wrong once its blob is what the manifest says', async () => {
    const truncated = whole.subarray(0, whole.length - 100);
    const cut = gzipSync(TAR.subarray(0, 2000));
    for (const keep of [0, 1e9]) {
      const codes = async (blob: Uint8Array) => (await read([blob], descriptorOf(blob), null, { keep })).told;
      expect(await codes(truncated)).toMatchObject([{ code: 'malformed', format: 'gzip' }]);
      expect(await codes(cut)).toMatchObject([{ code: 'malformed', format: 'tar' }]);
    }
  });

  it('is usable before its diff ID has been checked, and refused when that is wrong', async () => {
    const other = sha256(new Uint8Array());
    for (const how of [{}, { keep: 1e9 }, { keep: 1e9, keepUnpacked: 0 }]) {
      const { told } = await read([whole], descriptorOf(whole), other, how);
      expect(told).toMatchObject([
        { count: 5 },
        { code: 'digest-mismatch', subject: 'diff-id', expected: other, actual: sha256(TAR) },
      ]);
    }
  });

  it('has the size that its descriptor says, to the byte', async () => {
    const size = (claimed: number) => read([whole], descriptorOf(whole, { size: claimed }), null);
    expect((await size(whole.length + 1)).told).toMatchObject([{ code: 'size-mismatch' }]);
    expect((await size(whole.length - 1)).told).toMatchObject([{ code: 'size-mismatch' }]);
    expect((await size(0)).told).toMatchObject([{ code: 'size-mismatch', expected: 0 }]);
  });

  it('is unpacked again for its diff ID where it unpacks to more than there is room for', async () => {
    const size = 257 * 1024 * 1024;
    const tar = concat([tarOf([{ name: 'zeros', size }], { trailer: 0 }), new Uint8Array(size + 1024)]);
    const blob = gzipSync(tar, { level: 1 });
    const { told, how } = await read(inPieces(blob, 65_536), descriptorOf(blob), sha256(tar), { keep: 1e9 });
    expect(how).toBe('looked');
    expect(told).toMatchObject([{ count: 1, unpackedSize: tar.length }, sha256(tar)]);
  }, 60_000);

  it('is not kept where nobody has a use for it', async () => {
    memory.isDear = true;
    const how = { keep: whole.length };
    expect((await read([whole], descriptorOf(whole), sha256(TAR), how)).how).toBe('checked');
    const kept = { ...content(whole), keep: async () => {} };
    expect((await read(kept, descriptorOf(whole), sha256(TAR), how)).how).toBe('looked');
  });

  it('may be empty, or nothing but the end of a tar', async () => {
    for (const tar of [new Uint8Array(0), new Uint8Array(1024)]) {
      expect((await read([tar], descriptorOf(tar), sha256(tar))).told).toMatchObject([
        { count: 0, compression: 'none' },
        sha256(tar),
      ]);
      const blob = gzipSync(tar);
      expect((await read([blob], descriptorOf(blob), sha256(tar))).told).toHaveLength(2);
    }
  });

  it('is refused by name where we cannot read it', async () => {
    const bzip2 = new TextEncoder().encode('BZh91AY&SY and so on');
    expect((await read([bzip2], descriptorOf(bzip2), null)).told).toEqual([
      { code: 'unsupported', what: 'compression', name: 'bzip2' },
    ]);
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted';
    expect((await read([whole], descriptorOf(whole, { mediaType }), null)).told).toEqual([
      { code: 'unsupported', what: 'encryption', name: mediaType },
    ]);
  });
});
