/**
 * The address: what is open and what of it is looked at, in the fragment of the URL, which no server sees.
 *
 *   #image=<reference>[&platform=os/arch[/variant]][&layer=<n>|&upto=<n>][&find=<query>][&path=/etc/passwd[&member=<names>][&line=<n>]]
 *                    [&view=files][&item=<what is attached>][&with=<reference>][&with-platform=os/arch[/variant]]
 *   #layout=<url>[&name=<ref.name or digest>]…
 *   #local=<file>[&name=<image name>]…
 *   #tags=<registry/repository>[&item=<tag>]   the tags of a repository; no image is open
 *   #catalog=<registry>                        its repositories
 *   #cache                 what is kept in this browser
 *   #settings              mirrors, and what the deployer has set
 *
 * Values are percent-encoded bytes, `+` is a plus. A path need not be UTF-8. Unknown parameters are ignored.
 */
import { readable, utf8, type Bytes } from '../base/bytes.ts';
import { isView, type View } from './view.ts';

export type Target =
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'layout'; readonly url: string; readonly name?: string }
  /** A file or folder that this tab was given; for any other, the link only says what is missing. */
  | { readonly kind: 'local'; readonly file: string; readonly name?: string }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'catalog'; readonly registry: string };

export interface Address {
  readonly target: Target | null;
  /** As the user gave it: `linux/arm64`, or the digest of one manifest of the index where platforms do not tell. */
  readonly platform: string | null;
  /** The one layer that is looked at, counted from 0, the lowest (the Listing counts so too); null for all. */
  readonly layer: number | null;
  /** The layer after which the filesystem is looked at, counted so too; null for all of them. */
  readonly upto: number | null;
  /** Raw bytes of an absolute path in the merged tree. */
  readonly path: Bytes | null;
  /** What of the archive at `path` is looked at, as `joinMembers` writes it; null for nothing, and without a path. */
  readonly member: string | null;
  /** Line of the file at `path`, or of the member of it, from 1; null without a path. */
  readonly line: number | null;
  /** What is looked for in the image, as a person writes it (`image/find/query.ts`); empty for nothing. */
  readonly find: string;
  readonly view: View;
  /** What of a list is looked at: the tag of a repository, the thing that is attached to an image. */
  readonly item: string | null;
  /** Reference of the image that this one is compared with; null for none, and without a target. */
  readonly with: string | null;
  /** The platform that is compared with: of that one, or of this image itself. Null for that of this one. */
  readonly withPlatform: string | null;
  /** The page of its own that is looked at; only where nothing is open. */
  readonly page: Page | null;
}

const PAGES = ['cache', 'settings'] as const;
export type Page = (typeof PAGES)[number];

export const NOWHERE: Address = {
  target: null,
  platform: null,
  layer: null,
  upto: null,
  path: null,
  member: null,
  line: null,
  find: '',
  view: 'files',
  item: null,
  with: null,
  withPlatform: null,
  page: null,
};

/** A fragment that is longer is cut: no image, path or URL of ours needs more. UTF-16 code units. */
const MAX_LENGTH = 256 * 1024;

/** Reads a fragment or a query, with or without its `#` or `?`. Never fails: what makes no sense is left out. */
export function parseAddress(text: string): Address {
  const values = new Map<string, Bytes>();
  const body = text.slice(0, MAX_LENGTH).replace(/^[#?]/, '');
  for (const part of body.split('&')) {
    const equals = part.indexOf('=');
    if (equals > 0) values.set(part.slice(0, equals), decodePercent(part.slice(equals + 1)));
  }
  const textOf = (name: string): string | null => {
    const value = values.get(name);
    return value === undefined || value.length === 0 ? null : readable(value);
  };
  const view = textOf('view');
  // Images have at most 1024.
  const layerOf = (name: string): number | null => {
    const layer = textOf(name) ?? '';
    return /^\d{1,4}$/.test(layer) ? Number(layer) : null;
  };
  const path = values.get('path') ?? new Uint8Array(0);
  const line = textOf('line') ?? '';
  const target = targetOf(textOf);
  return {
    target,
    platform: textOf('platform'),
    layer: layerOf('layer'),
    upto: layerOf('upto'),
    path: path.length === 0 ? null : path,
    member: path.length > 0 ? textOf('member') : null,
    // No text that is shown has a thousand million.
    line: path.length > 0 && /^[1-9]\d{0,8}$/.test(line) ? Number(line) : null,
    find: textOf('find') ?? '',
    view: view !== null && isView(view) ? view : 'files',
    item: textOf('item'),
    with: target === null ? null : textOf('with'),
    withPlatform: target === null ? null : textOf('with-platform'),
    page: target === null ? (PAGES.find((page) => page === body) ?? null) : null,
  };
}

/** The fragment with its `#`; empty for nowhere. `parseAddress` of it gives the same address. */
export function printAddress(address: Address): string {
  const { target, platform, layer, upto, path, member, line, find, view, item, page } = address;
  const { with: other, withPlatform } = address;
  if (target === null) return page === null ? '' : `#${page}`;
  const parts: string[] = [];
  const put = (name: string, value: string | Uint8Array) =>
    parts.push(`${name}=${encodePercent(typeof value === 'string' ? utf8(value) : value)}`);
  switch (target.kind) {
    case 'image':
      put('image', target.reference);
      break;
    case 'tags':
      put('tags', target.repository);
      break;
    case 'catalog':
      put('catalog', target.registry);
      break;
    default:
      if (target.kind === 'layout') put('layout', target.url);
      else put('local', target.file);
      if (target.name !== undefined) put('name', target.name);
  }
  if (platform !== null) put('platform', platform);
  if (layer !== null) put('layer', String(layer));
  if (upto !== null) put('upto', String(upto));
  if (find !== '') put('find', find);
  if (path !== null) put('path', path);
  if (path !== null && member !== null) put('member', member);
  if (path !== null && line !== null) put('line', String(line));
  if (view !== 'files') put('view', view);
  if (item !== null) put('item', item);
  if (other !== null) put('with', other);
  if (withPlatform !== null) put('with-platform', withPlatform);
  return `#${parts.join('&')}`;
}

/**
 * The fragment that says what a query says, for a page that was opened with one: people write `?image=` by hand. What a
 * fragment beside it says of the view, it keeps; where that names something to open itself, it stands alone. Null where
 * the query names nothing to open.
 */
export function fragmentOfQuery(query: string, fragment: string): string | null {
  if (parseAddress(query).target === null) return null;
  if (parseAddress(fragment).target !== null) return fragment;
  // Of two that say the same, the last counts.
  return printAddress(parseAddress(`${query}&${fragment.replace(/^#/, '')}`));
}

/** True where both lead to the same documents, whatever of them is looked at. */
export function sameImage(a: Address, b: Address): boolean {
  return imageId(a) === imageId(b);
}

/** What of an address leads to documents, without its `#`; empty for nowhere. */
export function imageId({ target, platform }: Address): string {
  return printAddress({ ...NOWHERE, target, platform }).slice(1);
}

function targetOf(textOf: (name: string) => string | null): Target | null {
  const [image, layout, local, name] = ['image', 'layout', 'local', 'name'].map(textOf);
  if (image != null) return { kind: 'image', reference: image };
  const named = name == null ? {} : { name };
  if (layout != null) return { kind: 'layout', url: layout, ...named };
  if (local != null) return { kind: 'local', file: local, ...named };
  const [repository, registry] = ['tags', 'catalog'].map(textOf);
  if (repository != null) return { kind: 'tags', repository };
  return registry == null ? null : { kind: 'catalog', registry };
}

function decodePercent(text: string): Bytes {
  const bytes = utf8(text);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const high = bytes[i] === 0x25 ? hexDigit(bytes[i + 1]) : -1;
    const low = high < 0 ? -1 : hexDigit(bytes[i + 2]);
    if (low < 0) bytes[length++] = bytes[i]!;
    else {
      bytes[length++] = high * 16 + low;
      i += 2;
    }
  }
  return bytes.slice(0, length);
}

/** The value of a hexadecimal digit's byte, or -1. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/**
 * RFC 3986: what a fragment may hold as it is, less `&`, `=`, `%` and what chat programs cut a link at. Browsers would
 * take `[` and `]` too (URL Standard, "fragment percent-encode set"); but the RFC has them in no fragment, programs that
 * find links in text by it end the link there, and Markdown reads them as its own: an IPv6 host is `%5B::1%5D`.
 */
const PLAIN = new Set(utf8('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:@+,'));

function encodePercent(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += PLAIN.has(byte)
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
