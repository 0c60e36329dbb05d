/** One layer, from the bytes of its blob to a verified index, in one pass. */
import { concat } from '../base/bytes.ts';
import { fail, Problem } from '../base/problem.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest } from '../formats/digest.ts';
import { ContentHash } from '../formats/hash.ts';
import { isEncrypted } from '../formats/media-type.ts';
import { TarParser } from '../formats/tar/parser.ts';
import { createUnpacker, type Unpacker } from '../formats/unpacker.ts';
import type { Content } from '../sources/source.ts';
import type { LayerIndex } from './layer-index.ts';
import { LayerIndexBuilder } from './layer-index-builder.ts';

export interface IndexLayerOptions {
  readonly signal: AbortSignal;
  /** After each piece: bytes of the blob so far, of what it unpacks to, and entries. */
  readonly onProgress: (progress: { received: number; unpacked: number; entries: number }) => void;
  /**
   * The blob's size and digest are right and the index is whole; the diff ID is still being checked. Called once. The
   * index is the caller's.
   */
  readonly onIndexed: (index: LayerIndex) => void;
}

/** The blob is pushed in pieces of so many bytes: 64 KiB of gzip are at most 64 MiB, so progress is told even of a bomb. */
const PIECE = 64 * 1024;

/**
 * Reads a layer and resolves with its diff ID, once all agrees: the blob's size and digest with the descriptor, and
 * the digest of what it unpacks to with `diffId` (image-spec v1.1, config.md, "Layer DiffID"), where that is known.
 * Fails as the source does, and with `size-mismatch`, `digest-mismatch`, `unsupported`, `malformed`, `too-large`.
 */
export async function indexLayer(
  content: Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  { signal, onProgress, onIndexed }: IndexLayerOptions,
): Promise<Digest> {
  if (isEncrypted(descriptor.mediaType)) {
    fail({ code: 'unsupported', what: 'encryption', name: descriptor.mediaType });
  }
  const reading = new LayerReading(descriptor, diffId === null ? 'sha256' : algorithmOf(diffId));
  const reader = (await content.open(descriptor, { signal })).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (let at = 0; at < value.length; at += PIECE) {
        reading.push(value.subarray(at, at + PIECE));
        onProgress(reading.progress);
      }
    }
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error;
  }
  const index = await reading.end();
  onIndexed(index);
  const actual = await reading.diffId();
  if (diffId !== null && actual !== diffId) {
    fail({ code: 'digest-mismatch', subject: 'diff-id', expected: diffId, actual });
  }
  return actual;
}

/** The stages that a layer's bytes run through, one after the other. */
class LayerReading {
  readonly #descriptor: Descriptor;
  readonly #blobHash: ContentHash;
  readonly #diffHash: ContentHash;
  readonly #builder = new LayerIndexBuilder();
  readonly #tar = new TarParser((entry) => this.#builder.add(entry));
  #received = 0;
  /** The first bytes, until there are enough to tell the compression by. */
  #head: Uint8Array[] | null = [];
  #compression: Compression = 'none';
  #unpacker: Unpacker | null = null;
  /** What is wrong with the unpacked bytes; told once the blob's own digest has been found right. */
  #damage: Problem | null = null;

  constructor(descriptor: Descriptor, diffIdAlgorithm: ReturnType<typeof algorithmOf>) {
    this.#descriptor = descriptor;
    this.#blobHash = new ContentHash(algorithmOf(descriptor.digest), { expectedSize: descriptor.size });
    this.#diffHash = new ContentHash(diffIdAlgorithm);
  }

  get progress() {
    return {
      received: this.#received,
      unpacked: this.#unpacker?.produced ?? 0,
      entries: this.#builder.count,
    };
  }

  push(bytes: Uint8Array): void {
    this.#received += bytes.length;
    if (this.#received > this.#descriptor.size) this.#failSize();
    this.#blobHash.update(bytes);
    if (this.#head !== null) {
      // A copy: the caller's buffer may be used again.
      this.#head.push(bytes.slice());
      if (this.#received >= SNIFF_LENGTH) this.#start();
    } else if (this.#damage === null) this.#attempt(() => this.#unpacker!.push(bytes));
  }

  async end(): Promise<LayerIndex> {
    if (this.#received !== this.#descriptor.size) this.#failSize();
    if (this.#head !== null) this.#start();
    const unpacker = this.#unpacker!;
    this.#attempt(() => {
      unpacker.end();
      this.#tar.end();
    });
    await this.#checkBlob();
    if (this.#damage !== null) throw this.#damage;
    return this.#builder.finish({
      compression: this.#compression,
      seekPoints: unpacker.seekPoints(),
      unpackedSize: unpacker.produced,
    });
  }

  diffId(): Promise<Digest> {
    return this.#diffHash.digest();
  }

  async #checkBlob(): Promise<void> {
    const expected = this.#descriptor.digest;
    const actual = await this.#blobHash.digest();
    if (actual !== expected) fail({ code: 'digest-mismatch', subject: 'layer', expected, actual });
  }

  /** A blob that was damaged on its way is called that, not what the damage looks like once unpacked: read on. */
  #attempt(step: () => void): void {
    try {
      if (this.#damage === null) step();
    } catch (error) {
      if (!(error instanceof Problem) || error.failure.code !== 'malformed') throw error;
      this.#damage = error;
    }
  }

  #start(): void {
    const head = concat(this.#head!);
    this.#head = null;
    this.#compression = sniff(head.subarray(0, SNIFF_LENGTH));
    this.#unpacker = createUnpacker(this.#compression, (bytes) => {
      this.#diffHash.update(bytes);
      this.#tar.push(bytes);
    });
    const unpacker = this.#unpacker;
    this.#attempt(() => unpacker.push(head));
  }

  #failSize(): never {
    const { digest, size } = this.#descriptor;
    fail({ code: 'size-mismatch', subject: 'layer', digest, expected: size, actual: this.#received });
  }
}
