import { toHex, type Bytes } from '../base/bytes.ts';
import { fail } from '../base/problem.ts';
import { parseDigest, type Digest, type DigestAlgorithm } from '../formats/digest.ts';

const WEB_CRYPTO = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;

/**
 * The digest of a document that is in memory whole. Fails with `missing-feature` where the browser keeps WebCrypto to
 * secure contexts and this page is none.
 */
export async function digestOf(bytes: Bytes, algorithm: DigestAlgorithm): Promise<Digest> {
  // Not there on pages from plain http, whatever the types say.
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (subtle === undefined) return fail({ code: 'missing-feature', feature: 'crypto.subtle' });
  const hash = new Uint8Array(await subtle.digest(WEB_CRYPTO[algorithm], bytes));
  return parseDigest(`${algorithm}:${toHex(hash)}`);
}
