/** image-spec v1.1, descriptor.md. */
import type { Bytes } from '../base/bytes.ts';
import type { Digest } from './digest.ts';
import type { Platform } from './platform.ts';

/** What addresses content, everywhere. */
export interface Descriptor {
  /** As claimed; it may lie. */
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
