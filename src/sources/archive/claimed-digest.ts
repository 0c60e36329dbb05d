/** What the paths of an archive claim about what stands there. */
import { isDigest, type Digest } from '../../formats/digest.ts';

/** `blobs/<algorithm>/<encoded>`. */
export function blobDigest(path: string): Digest | null {
  const match = /^blobs\/(sha256|sha384|sha512)\/([0-9a-f]{64,128})$/.exec(path);
  if (match === null) return null;
  const digest = `${match[1]}:${match[2]}`;
  return isDigest(digest) ? digest : null;
}

/** The digest that the path of a config claims: `<hex>.json`, `blobs/sha256/<hex>`, or kaniko's `sha256:<hex>`. */
export function claimedHex(path: string): string | null {
  return /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1] ?? null;
}
