/** Where an exported image was opened from, as one annotation: JSON, so that an import can say so again. */
import { Problem } from '../../base/problem.ts';
import { parseDescriptor, type Descriptor } from '../../formats/descriptor.ts';
import { parseJson } from '../../formats/json.ts';
import { printReference, parseReference } from '../../formats/reference.ts';
import { utf8 } from '../../base/bytes.ts';
import type { Origin, RegistryOrigin } from '../origin.ts';
import type { KeptImage } from './store.ts';

/** Bytes. A reference, a platform and a descriptor. */
const LIMIT = 16 * 1024;

export interface KeptMark {
  /** Null for what was opened from elsewhere than a registry: that means nothing in another browser. */
  readonly origin: RegistryOrigin | null;
  readonly platform: string | null;
  /** What the origin resolved to; an export may name one platform of it. */
  readonly root: Descriptor;
}

export function printKeptMark({ origin, platform, root }: KeptImage): string {
  const { mediaType, digest, size } = root;
  return JSON.stringify({
    origin: printOrigin(origin),
    ...(platform !== null && { platform }),
    root: { mediaType, digest, size },
  });
}

function printOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'registry':
      return `docker://${printReference(origin)}`;
    case 'layout':
      return origin.name === undefined ? origin.url : `${origin.url}#${origin.name}`;
    case 'local':
      return origin.name === undefined ? origin.file : `${origin.file}:${origin.name}`;
  }
}

/** Null where it is none of ours. Nothing in it is to be believed but what the content shows. */
export function parseKeptMark(text: string): KeptMark | null {
  try {
    const json = parseJson(utf8(text), 'descriptor', LIMIT);
    const origin = json.get('origin').string();
    return {
      origin: origin.startsWith('docker://')
        ? { kind: 'registry', ...parseReference(origin.slice('docker://'.length)) }
        : null,
      platform: json.get('platform').optional((it) => it.string()) ?? null,
      root: parseDescriptor(json.get('root')),
    };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
