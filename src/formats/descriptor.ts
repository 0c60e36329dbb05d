/** image-spec v1.1, descriptor.md. */
import { fromBase64, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import { parseDigest, type Digest } from './digest.ts';
import { defined, type Json } from './json.ts';
import { essence } from './media-type.ts';
import { parsePlatform, type Platform } from './platform.ts';

/** What addresses content, everywhere. */
export interface Descriptor {
  /** As claimed; it may lie. Empty where the document does not say. */
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes, a safe integer, at least 0. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: ReadonlyMap<string, string>;
  /** Where else the content may be had (foreign layers). */
  readonly urls?: readonly string[];
  /** The content itself, inlined. It is checked like any other. */
  readonly data?: Bytes;
  readonly artifactType?: string;
}

/** RFC 6838, section 4.2. */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

/** Fails with `malformed`, or `unsupported` for a digest algorithm that we do not know. */
export function parseDescriptor(json: Json): Descriptor {
  return defined<Descriptor>({
    mediaType: json.get('mediaType').optional(readMediaType) ?? '',
    digest: readDigest(json.get('digest')),
    size: json.get('size').integer(0),
    platform: json.get('platform').optional(parsePlatform),
    annotations: json.get('annotations').optional((it) => it.stringMap()),
    urls: json.get('urls').optional((it) => it.array().map(readUrl)),
    data: json.get('data').optional(readData),
    artifactType: json.get('artifactType').optional(readMediaType) || undefined,
  });
}

/** A digest, with the place in the document where it is wrong. */
export function readDigest(json: Json): Digest {
  const text = json.string();
  try {
    return parseDigest(text);
  } catch (error) {
    if (error instanceof Problem && error.failure.code === 'malformed') json.fail(error.failure.reason);
    throw error;
  }
}

/** A media type of RFC 6838, parameters allowed; or the empty text, which is Go's way of leaving it out. */
export function readMediaType(json: Json): string {
  const text = json.string();
  if (text !== '' && !MEDIA_TYPE.test(essence(text))) json.fail(`not a media type: ${text.slice(0, 256)}`);
  return text;
}

function readUrl(json: Json): string {
  const text = json.string();
  if (!URL.canParse(text)) json.fail(`not a URL: ${text.slice(0, 256)}`);
  return text;
}

/** RFC 4648, section 4, padding required: `atob` alone is more lenient. */
function readData(json: Json): Bytes {
  const text = json.string();
  const bytes = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? fromBase64(text) : null;
  return bytes ?? json.fail('not base64');
}
