/** The digest of content that claims none. */
import type { Digest } from '../../formats/digest.ts';
import { ContentHash } from '../../formats/hash.ts';

/** Bytes up to which WebCrypto takes it, which is faster and wants all of it in memory. */
const WEB_CRYPTO_LIMIT = 256 * 1024 * 1024;

/** Bytes of one read. */
const READ = 4 * 1024 * 1024;

export interface HashOptions {
  readonly signal: AbortSignal;
  /** Hears how many bytes were hashed. */
  readonly onProgress: (done: number) => void;
}

/** SHA-256 of the whole Blob. */
export async function hashBlob(blob: Blob, { signal, onProgress }: HashOptions): Promise<Digest> {
  const hash = new ContentHash('sha256', blob.size <= WEB_CRYPTO_LIMIT ? blob.size : 0);
  for (let at = 0; at < blob.size; at += READ) {
    signal.throwIfAborted();
    const bytes = new Uint8Array(await blob.slice(at, at + READ).arrayBuffer());
    hash.update(bytes);
    onProgress(at + bytes.length);
  }
  return hash.digest();
}
