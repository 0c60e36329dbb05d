/** Texts that carry DER (RFC 7468). */
import { fromBase64, type Bytes } from '../base/bytes.ts';

/** Blocks of one text: a chain has a handful, a bundle of authorities some hundreds. */
const MAX_BLOCKS = 1024;

export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY` … */
  readonly label: string;
  readonly bytes: Bytes;
  /** Lines before the base64 (RFC 1421, section 4.6): `Proc-Type: 4,ENCRYPTED`; mostly none. */
  readonly headers: string;
}

/**
 * All blocks of a text, in order; what stands between them, and what is no base64, is passed over. Goes over the text
 * once, whatever stands in it.
 */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const begin = '-----BEGIN ';
  let end = -1;
  for (let at = text.indexOf(begin); at >= 0 && blocks.length < MAX_BLOCKS; at = text.indexOf(begin, at)) {
    at += begin.length;
    const close = text.indexOf('-----', at);
    if (close < 0 || close - at > 64) continue;
    const label = text.slice(at, close);
    if (end < close) end = text.indexOf('-----END ', close + 5);
    if (end < 0) break;
    if (!text.startsWith(`${label}-----`, end + 9)) continue;
    const body = text.slice(close + 5, end);
    // Base64 has no colon.
    const colon = body.lastIndexOf(':');
    const from = colon < 0 ? 0 : Math.max(body.indexOf('\n', colon), 0);
    // RFC 9580, section 6.1: OpenPGP puts a checksum behind it, after a "=".
    const bytes = fromBase64(
      body
        .slice(from)
        .replace(/\n=[\w+/]{4}\s*$/, '')
        .replace(/\s+/g, ''),
    );
    if (bytes !== null) blocks.push({ label, bytes, headers: body.slice(0, from).trim() });
    at = end;
  }
  return blocks;
}
