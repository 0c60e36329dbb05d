/** The digest of content that claims none. */
import type { Digest } from '../../formats/digest.ts';
import { ContentHash, WEB_CRYPTO_LIMIT } from '../../formats/hash.ts';

/** Bytes of one read. */
const READ = 4 * 1024 * 1024;

export interface HashOptions {
  readonly signal: AbortSignal;
  /** Hears how many bytes were hashed. */
  readonly onProgress: (done: number) => void;
}

/** SHA-256 of the whole Blob. */
export async function hashBlob(blob: Blob, { signal, onProgress }: HashOptions): Promise<Digest> {
  const hash = new ContentHash('sha256', blob.size <= WEB_CRYPTO_LIMIT ? WEB_CRYPTO_LIMIT : 0);
  for (let at = 0; at < blob.size; at += READ) {
    signal.throwIfAborted();
    const bytes = new Uint8Array(await blob.slice(at, at + READ).arrayBuffer());
    hash.update(bytes);
    onProgress(at + bytes.length);
  }
  return hash.digest();
}
