/** Digests of content: at once through WebCrypto where it is in memory, else as it comes. */
import { toHex, type Bytes } from '../base/bytes.ts';
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
 * The digest of content that comes in pieces, by WebCrypto where it fits a budget: three times as fast as the incremental
 * hash, and off the thread, but it wants all bytes in one array, and copies them. So twice the content stands in memory
 * for a moment, and it is given back at once, not when the garbage is collected.
 */
export class ContentHash {
  readonly #algorithm: DigestAlgorithm;
  /** Grows in place: its budget is reserved, but takes memory only as it is used. */
  #kept: ArrayBuffer | null;
  #size = 0;
  #hash: Hash | null = null;

  /** `keepUpTo`: bytes to keep; past it all goes to the incremental hash. */
  constructor(algorithm: DigestAlgorithm, keepUpTo: number) {
    this.#algorithm = algorithm;
    this.#kept = new ArrayBuffer(0, { maxByteLength: keepUpTo });
  }

  /** Copies what it keeps: `bytes` may be used again. */
  update(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (this.#kept !== null) {
      if (size > this.#kept.maxByteLength) this.#switch(this.#kept);
      else {
        if (size > this.#kept.byteLength) {
          this.#kept.resize(Math.min(size + GROWTH, this.#kept.maxByteLength));
        }
        new Uint8Array(this.#kept, this.#size, bytes.length).set(bytes);
      }
    }
    this.#hash?.update(bytes);
    this.#size = size;
  }

  /** Call it once; nothing may follow. Fails with `missing-feature`. */
  async digest(): Promise<Digest> {
    if (this.#hash !== null || this.#kept === null) return this.#hash!.digest();
    // WebCrypto takes no buffer that could change its size under it.
    const all = new Uint8Array(fixed(this.#kept, this.#size));
    this.#kept = null;
    return digestOf(all, this.#algorithm);
  }

  #switch(kept: ArrayBuffer): void {
    this.#hash = createHash(this.#algorithm);
    this.#hash.update(new Uint8Array(kept, 0, this.#size));
    fixed(kept, 0);
    this.#kept = null;
  }
}

/** The first `length` bytes in a buffer that keeps its size; `buffer` is given back where the engine can (ES2024). */
function fixed(buffer: ArrayBuffer, length: number): ArrayBuffer {
  return 'transferToFixedLength' in buffer
    ? buffer.transferToFixedLength(length)
    : (buffer as ArrayBuffer).slice(0, length);
}

/** Bytes by which what is kept grows at a time. */
const GROWTH = 8 * 1024 * 1024;
