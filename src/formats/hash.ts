/** Digests of content: at once through WebCrypto where it is in memory, else as it comes. */
import { concat, toHex, type Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import type { Digest, DigestAlgorithm } from './digest.ts';
import { Sha256 } from './sha256.ts';
import { Sha512 } from './sha512.ts';

/** Takes content as it comes. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** Call it once; nothing may follow. */
  digest(): Digest;
}

export function createHash(algorithm: DigestAlgorithm): Hash {
  const state = algorithm === 'sha256' ? new Sha256() : new Sha512(algorithm);
  return {
    update: (bytes) => state.update(bytes),
    digest: () => digestFrom(algorithm, state.digest()),
  };
}

/** The names that WebCrypto has for them. */
const WEB_CRYPTO_NAME: Readonly<Record<DigestAlgorithm, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

/** The digest of `bytes` (less than 2 GiB: Chromium's limit for one call). Fails with `missing-feature`. */
export async function digestOf(bytes: Bytes, algorithm: DigestAlgorithm): Promise<Digest> {
  const hashed = await webCrypto().digest(WEB_CRYPTO_NAME[algorithm], bytes);
  return digestFrom(algorithm, new Uint8Array(hashed));
}

/** Undefined outside a secure context (https, or loopback), whatever its type says. */
function webCrypto(): SubtleCrypto {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  return subtle ?? fail({ code: 'missing-feature', feature: 'crypto.subtle' });
}

function digestFrom(algorithm: DigestAlgorithm, hashed: Uint8Array): Digest {
  return `${algorithm}:${toHex(hashed)}` as Digest;
}

/**
 * Bytes of one piece of content that ContentHash keeps for WebCrypto. It is four times faster and off the thread, but
 * wants all of them in one array: twice this much stands in memory for a moment. Several layers are read at once.
 */
export const KEEP_UP_TO = 256 * 1024 * 1024;

/** Bytes are kept in pieces of this size, so that no growing array is copied again and again. */
const PIECE = 4 * 1024 * 1024;

export interface ContentHashOptions {
  /** Size of the content, where it is known: what is larger than the budget is then not kept at all. */
  readonly expectedSize?: number;
  /** Bytes to keep; 0 for the incremental hash from the start. */
  readonly keepUpTo?: number;
}

/** The digest of content that comes in pieces, the fastest way: WebCrypto up to a budget, the incremental hash past it. */
export class ContentHash {
  readonly #algorithm: DigestAlgorithm;
  readonly #keepUpTo: number;
  #pieces: Bytes[] = [];
  /** Bytes of the last piece that are used. */
  #used = PIECE;
  #size = 0;
  #hash: Hash | null = null;

  constructor(
    algorithm: DigestAlgorithm,
    { expectedSize = 0, keepUpTo = KEEP_UP_TO }: ContentHashOptions = {},
  ) {
    this.#algorithm = algorithm;
    this.#keepUpTo = keepUpTo;
    if (expectedSize > keepUpTo) this.#hash = createHash(algorithm);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Copies what it keeps: `bytes` may be used again. */
  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#hash === null && this.#size > this.#keepUpTo) this.#switch();
    if (this.#hash === null) this.#keep(bytes);
    else this.#hash.update(bytes);
  }

  /** Call it once; nothing may follow. Fails with `missing-feature`. */
  async digest(): Promise<Digest> {
    if (this.#hash !== null) return this.#hash.digest();
    const all = concat(this.#kept());
    this.#pieces = [];
    return digestOf(all, this.#algorithm);
  }

  #keep(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#used === PIECE) {
        this.#pieces.push(new Uint8Array(PIECE));
        this.#used = 0;
      }
      const part = bytes.subarray(at, at + PIECE - this.#used);
      this.#pieces.at(-1)!.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
    }
  }

  #kept(): Uint8Array[] {
    return this.#pieces.map((piece, i) =>
      i === this.#pieces.length - 1 ? piece.subarray(0, this.#used) : piece,
    );
  }

  #switch(): void {
    this.#hash = createHash(this.#algorithm);
    for (const piece of this.#kept()) this.#hash.update(piece);
    this.#pieces = [];
  }
}
