import { Problem } from '../base/problem.ts';
import { parseManifest } from '../formats/manifest.ts';
import { essence, isManifestType } from '../formats/media-type.ts';

/**
 * The media type of a document that came as `contentType`: what the document itself says, since that is what the digest
 * covers; else the header's, where that is one of a manifest; else by its shape. Empty where it is no document that we
 * know: whoever reads it will say why.
 */
export function manifestTypeOf(contentType: string, bytes: Uint8Array): string {
  const claimed = essence(contentType);
  try {
    return parseManifest(bytes, isManifestType(claimed) ? claimed : '').mediaType;
  } catch (error) {
    if (error instanceof Problem) return claimed;
    throw error;
  }
}
