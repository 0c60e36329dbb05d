/** Texts that carry DER (RFC 7468). */
import { fromBase64, type Bytes } from '../base/bytes.ts';

/** Blocks of one text: a chain has a handful, a bundle of authorities some hundreds. */
const MAX_BLOCKS = 1024;

export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY` … */
  readonly label: string;
  readonly bytes: Bytes;
}

/** All blocks of a text, in order; what stands between them, and what is no base64, is passed over. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const begin = '-----BEGIN ';
  for (let at = text.indexOf(begin); at >= 0 && blocks.length < MAX_BLOCKS; at = text.indexOf(begin, at)) {
    at += begin.length;
    const close = text.indexOf('-----', at);
    if (close < 0 || close - at > 64) continue;
    const label = text.slice(at, close);
    const end = text.indexOf(`-----END ${label}-----`, close);
    if (end < 0) continue;
    const bytes = fromBase64(text.slice(close + 5, end).replace(/\s+/g, ''));
    if (bytes !== null) blocks.push({ label, bytes });
    at = end;
  }
  return blocks;
}
