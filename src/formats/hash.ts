/** Digests of content: at once through WebCrypto where it is in memory, else as it comes. */
import { toHex, type Bytes } from '../base/bytes.ts';
import { isMemoryDear } from '../base/fresh-memory.ts';
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

/**
 * Bytes that are given to WebCrypto at once; more goes to the incremental hash. It copies what it gets: twice as much
 * stands in memory, and past 2 GiB Chromium throws.
 */
export const WEB_CRYPTO_LIMIT = 256 * 1024 * 1024;

/**
 * The incremental hash is faster for content that comes: WebCrypto would want it in one array, and copy that. (Of SHA-512, ours
 * is too slow for that to be true.)
 */
export function isHashedAsItComes(algorithm: DigestAlgorithm): boolean {
  return algorithm === 'sha256' && isMemoryDear();
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
 * The digest of content that comes in pieces, by WebCrypto where it fits a budget and memory is not dear: twice as fast
 * as the incremental hash, and off the thread, but it wants all bytes in one array, and copies them. Twice the content stands
 * in memory for a moment.
 */
export class ContentHash {
  readonly #algorithm: DigestAlgorithm;
  #kept: Bytes | null;
  #size = 0;
  #hash: Hash | null = null;

  /** `keepUpTo`: bytes to keep; past it all goes to the incremental hash. */
  constructor(algorithm: DigestAlgorithm, keepUpTo: number) {
    this.#algorithm = algorithm;
    this.#kept = takeScratch(isHashedAsItComes(algorithm) ? 0 : keepUpTo);
  }

  /** Copies what it keeps: `bytes` may be used again. */
  update(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (this.#kept !== null && size > this.#kept.length) {
      this.#hash = createHash(this.#algorithm);
      this.#hash.update(this.#kept.subarray(0, this.#size));
      this.#letGo();
    }
    if (this.#kept === null) this.#hash!.update(bytes);
    else this.#kept.set(bytes, this.#size);
    this.#size = size;
  }

  /** Call it once; nothing may follow. Fails with `missing-feature`. */
  digest(): Promise<Digest> {
    if (this.#kept === null) return Promise.resolve(this.#hash!.digest());
    // WebCrypto has its own copy as soon as it was called.
    const digest = digestOf(this.#kept.subarray(0, this.#size), this.#algorithm);
    this.#letGo();
    return digest;
  }

  #letGo(): void {
    scratch = this.#kept;
    this.#kept = null;
  }
}

/**
 * What the last ContentHash of this thread kept its content in. Fresh memory is dear: the system clears each page when it
 * is first written to. (Pages that are never written to cost nothing, however large the array.)
 */
let scratch: Bytes | null = null;

function takeScratch(length: number): Bytes {
  const taken = scratch?.length === length ? scratch : new Uint8Array(length);
  scratch = null;
  return taken;
}
