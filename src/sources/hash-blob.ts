/** The digest of bytes that are at hand. */
import { bytesOf } from '../base/blob-bytes.ts';
import type { Digest, DigestAlgorithm } from '../formats/digest.ts';
import { ContentHash, WEB_CRYPTO_LIMIT } from '../formats/hash.ts';

export interface HashOptions {
  readonly signal: AbortSignal;
  /** Hears how many bytes were hashed. */
  readonly onProgress?: (done: number) => void;
}

/** Rejects as the browser has it where the Blob cannot be read (any more). */
export async function hashBlob(
  blob: Blob,
  algorithm: DigestAlgorithm,
  { signal, onProgress }: HashOptions,
): Promise<Digest> {
  const hash = new ContentHash(algorithm, blob.size <= WEB_CRYPTO_LIMIT ? blob.size : 0);
  let done = 0;
  for await (const bytes of bytesOf(blob)) {
    signal.throwIfAborted();
    hash.update(bytes);
    onProgress?.((done += bytes.length));
  }
  return hash.digest();
}
