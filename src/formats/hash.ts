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
