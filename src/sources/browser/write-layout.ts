/**
 * Images that are kept here as one OCI image layout in a tar (image-spec v1.1, image-layout.md): what `skopeo copy
 * oci-archive:` reads, and what opens here like any local image.
 */
import { utf8, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { piecesOf, streamFrom } from '../../base/streams.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { MANIFEST_LIMIT, parseManifest } from '../../formats/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../formats/media-type.ts';
import { platformText, type Platform } from '../../formats/platform.ts';
import { printFamiliar } from '../../formats/reference.ts';
import { END_OF_TAR, paddingOf, writeHeader } from '../../formats/tar/writer.ts';
import { verified } from '../verified.ts';
import { gather } from './kept-content.ts';
import { printKeptMark } from './kept-mark.ts';
import type { KeptImage, Store } from './store.ts';

/** image-spec v1.1, annotations.md; skopeo finds an image of several by it. */
const REF_NAME = 'org.opencontainers.image.ref.name';
/** Ours: where the image was opened from, as `printKeptMark` has it. */
export const KEPT_MARK = 'io.stratascope.kept';

/** Nesting of indexes that is followed; more than any tool makes. */
const MAX_DEPTH = 8;

/** One entry of index.json. */
interface Entry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform;
}

export interface LayoutTar {
  /** Starts to read when it is read, and stops when it is cancelled. Fails with `digest-mismatch` for damaged content. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes of content in it; its headers come on top. */
  readonly size: number;
  /** The images that are in it. Those of which something is not here are left out. */
  readonly images: readonly KeptImage[];
}

export async function layoutTar(store: Store, asked: readonly KeptImage[]): Promise<LayoutTar> {
  const blobs = new Map<Digest, Blob>();
  const images: KeptImage[] = [];
  const manifests: unknown[] = [];
  const names = new Names();
  for (const image of asked) {
    const content = await gather(store, image);
    if (content === null) continue;
    for (const [digest, blob] of content) blobs.set(digest, blob);
    images.push(image);
    for (const entry of await entriesOf(image, content)) {
      const name = names.nameOf(image, entry);
      manifests.push({
        mediaType: entry.mediaType,
        digest: entry.digest,
        size: entry.size,
        ...(entry.platform !== undefined && { platform: platformJson(entry.platform) }),
        annotations: { [REF_NAME]: name, [KEPT_MARK]: printKeptMark(image) },
      });
    }
  }
  const index = utf8(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  let size = 0;
  for (const blob of blobs.values()) size += blob.size;
  return { stream: streamFrom(packed(index, blobs)), size, images };
}

/**
 * The root where all that it names is here; of an index of which only some platforms are here, those: tools that find a
 * platform in an index want its blobs too.
 */
async function entriesOf({ root }: KeptImage, content: ReadonlyMap<Digest, Blob>): Promise<Entry[]> {
  const present = new Map<string, Entry>();
  /** Indexes may be named again and again, and by each other. */
  const walked = new Set<Digest>();
  let isComplete = true;
  const walk = async (what: Descriptor, depth: number): Promise<Entry | null> => {
    const blob = content.get(what.digest);
    if (blob !== undefined && walked.has(what.digest)) return null;
    const document = blob && depth < MAX_DEPTH ? await readDocument(blob, what.mediaType) : null;
    if (blob === undefined || document === null) {
      isComplete = false;
      return null;
    }
    const mediaType = document.mediaType || (document.kind === 'index' ? OCI_INDEX : OCI_MANIFEST);
    const entry = { mediaType, digest: what.digest, size: blob.size };
    if (document.kind === 'manifest') {
      const { platform } = what;
      const key = `${what.digest} ${platform === undefined ? '' : platformText(platform)}`;
      present.set(key, platform === undefined ? entry : { ...entry, platform });
    } else {
      walked.add(what.digest);
      for (const child of document.manifests) await walk(child, depth + 1);
    }
    return entry;
  };
  const whole = await walk(root, 0);
  return isComplete && whole !== null ? [whole] : [...present.values()];
}

async function readDocument(blob: Blob, mediaType: string) {
  if (blob.size > MANIFEST_LIMIT) return null;
  try {
    return parseManifest(new Uint8Array(await blob.arrayBuffer()), mediaType);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** Each entry gets one that no other has. */
class Names {
  readonly #taken = new Set<string>();
  /** By the name that was wanted: the number that was tried last. */
  readonly #numbers = new Map<string, number>();

  nameOf({ origin, name, root }: KeptImage, { platform }: Entry): string {
    const wanted = refName(origin.kind === 'registry' ? printFamiliar(origin) : name) || root.digest;
    const candidates = [
      wanted,
      ...(platform === undefined
        ? []
        : [`${wanted}-${refName(platformText(platform).replaceAll('/', '-'))}`]),
    ];
    let free = candidates.find((one) => !this.#taken.has(one));
    let last = this.#numbers.get(wanted) ?? 1;
    while (free === undefined) {
      const numbered = `${wanted}-${++last}`;
      if (!this.#taken.has(numbered)) free = numbered;
    }
    this.#numbers.set(wanted, last);
    this.#taken.add(free);
    return free;
  }
}

/**
 * annotations.md, the grammar of ref.name: alphanumerics, separated by one of `-._:@+` or `--`, in components separated by
 * slashes. What cannot stand in it becomes a hyphen.
 */
function refName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._:@+/-]+/g, '-')
    .split('/')
    .map((part) => part.replace(/[._:@+-]{2,}/g, '-').replace(/^[._:@+-]+|[._:@+-]+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
}

function platformJson({ os, architecture, variant, osVersion, osFeatures }: Platform) {
  return {
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { 'os.version': osVersion }),
    ...(osFeatures !== undefined && { 'os.features': osFeatures }),
  };
}

const LAYOUT = utf8('{"imageLayoutVersion":"1.0.0"}');
/** Bytes that are passed on at once. */
const PIECE = 1024 * 1024;

async function* packed(
  index: Bytes,
  blobs: ReadonlyMap<Digest, Blob>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* file('oci-layout', LAYOUT);
  yield* file('index.json', index);
  yield folder('blobs/');
  const algorithms = new Set(Array.from(blobs.keys(), (digest) => digest.slice(0, digest.indexOf(':'))));
  for (const algorithm of algorithms) yield folder(`blobs/${algorithm}/`);
  for (const [digest, blob] of blobs) {
    const { size } = blob;
    yield header(`blobs/${digest.replace(':', '/')}`, '0', size);
    // What was right when it was kept may have been damaged since.
    yield* piecesOf(verified(blob.stream(), { mediaType: '', digest, size }, 'blob'), PIECE);
    yield paddingOf(size);
  }
  yield END_OF_TAR;
}

function* file(name: string, content: Bytes): Generator<Bytes> {
  yield header(name, '0', content.length);
  yield content;
  yield paddingOf(content.length);
}

const folder = (name: string) => header(name, '5', 0);

/** The same content makes the same tar: of nobody, and of no time. */
function header(name: string, type: '0' | '5', size: number): Bytes {
  return writeHeader({
    type,
    name: utf8(name),
    linkname: utf8(''),
    mode: type === '5' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    size,
    mtime: 0,
    mtimeNanos: 0,
    devmajor: 0,
    devminor: 0,
    sparse: null,
    records: new Map(),
  });
}
