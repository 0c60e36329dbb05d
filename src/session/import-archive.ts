/** The images of an archive into the store: every byte checked while it is read, nothing kept that was not. */
import type { Bytes } from '../base/bytes.ts';
import { isAbort } from '../base/abort.ts';
import { fail, Problem, type Failure, type Subject } from '../base/problem.ts';
import { CONFIG_LIMIT, parseConfig } from '../formats/config.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { MANIFEST_LIMIT, parseManifest } from '../formats/manifest.ts';
import { platformText } from '../formats/platform.ts';
import { printFamiliar } from '../formats/reference.ts';
import { ArchiveSource } from '../sources/archive/archive-source.ts';
import type { Archive, ArchiveImage } from '../sources/archive/archive.ts';
import { keepFacts } from '../sources/browser/kept-archive.ts';
import { parseKeptMark, type KeptMark } from '../sources/browser/kept-mark.ts';
import type { KeptImage, Store } from '../sources/browser/store.ts';
import { KEPT_MARK } from '../sources/browser/write-layout.ts';
import type { Origin } from '../sources/origin.ts';
import { checkContent, readVerified, verified } from '../sources/verified.ts';
import { imageId, NOWHERE } from './address.ts';

export interface ImportOptions {
  readonly signal: AbortSignal;
  /** Bytes. `total` grows with each image whose documents are read. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Imported {
  readonly kept: readonly KeptImage[];
  /** Those that could not be kept, by the name that the archive has for them. */
  readonly failed: readonly { readonly name: string; readonly failure: Failure }[];
}

/** Content that WebCrypto hashes at once, twice as fast as the incremental hash; it stands in memory. Bytes. */
const AT_ONCE = 64 * 1024 * 1024;
/** Nesting of indexes, and documents of one image, as for opening one. */
const MAX_DEPTH = 8;
const MAX_DOCUMENTS = 512;

/**
 * `file`: the name of what `archive` was read from. Images that fail are told, the others are kept. Rejects with the
 * signal's reason, and with `quota` where there is no room; what was kept until then stays.
 */
export async function importArchive(
  archive: Archive,
  file: string,
  store: Store,
  { signal, onProgress }: ImportOptions,
): Promise<Imported> {
  const kept: KeptImage[] = [];
  const failed: { name: string; failure: Failure }[] = [];
  let done = 0;
  let total = 0;
  for (const image of archive.images) {
    try {
      const mark = markOf(image, archive);
      const contents = await new Walk(archive, file, signal).contents(mark?.root ?? image.root, image.root);
      for (const { descriptor } of contents.values()) total += descriptor.size;
      onProgress(done, total);
      for (const { descriptor, subject, bytes } of contents.values()) {
        await keepChecked(store, archive, descriptor, subject, bytes, signal);
        done += descriptor.size;
        onProgress(done, total);
      }
      const digests = [...contents.keys()];
      const size = Array.from(contents.values()).reduce((sum, { descriptor }) => sum + descriptor.size, 0);
      const platform = mark?.platform ?? platformOf([...contents.values()]);
      const recent = await recentOf(store, image, mark, archive, file, { platform, digests, size });
      if (recent === null) continue;
      if (!(await store.keepImage(recent))) fail({ code: 'quota' });
      if (recent.origin.kind === 'local') await keepFacts(store, recent.origin.file, digests, archive);
      kept.push(recent);
    } catch (error) {
      if (isAbort(error) || signal.aborted) throw error;
      if (!(error instanceof Problem) || error.failure.code === 'quota') throw error;
      failed.push({ name: image.names[0] ?? image.name, failure: error.failure });
    }
  }
  return { kept, failed };
}

/** What an export of ours says of an image, where the content bears it out. */
function markOf({ root }: ArchiveImage, { blobs }: Archive): KeptMark | null {
  const text = root.annotations?.get(KEPT_MARK);
  const mark = text === undefined ? null : parseKeptMark(text);
  return mark !== null && blobs.has(mark.root.digest) ? mark : null;
}

interface Piece {
  readonly descriptor: Descriptor;
  readonly subject: Subject;
  /** Of documents, which are read and checked on the way. */
  readonly bytes: Bytes | null;
}

/** Of the one image that there is, as its config has it; null where there are several, or it does not say. */
function platformOf(pieces: readonly Piece[]): string | null {
  const configs = pieces.filter(({ subject }) => subject === 'config');
  const bytes = configs.length === 1 ? configs[0]!.bytes : null;
  if (bytes === null) return null;
  try {
    const { platform } = parseConfig(bytes);
    return platform && platformText(platform);
  } catch (error) {
    // Opening it will say what is wrong with it.
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** From a root to everything below it. */
class Walk {
  readonly #source: ArchiveSource;
  readonly #archive: Archive;
  readonly #signal: AbortSignal;
  readonly #found = new Map<Digest, Piece>();
  /** Documents that were read, and nothing below them is wanted: they may be named again and again. */
  readonly #unwanted = new Set<Digest>();

  constructor(archive: Archive, file: string, signal: AbortSignal) {
    this.#source = new ArchiveSource({ kind: 'local', file }, archive);
    this.#archive = archive;
    this.#signal = signal;
  }

  /**
   * What `root` names and the archive has; where `only` is not the root but a manifest of it, that one, and the indexes
   * that lead to it. Fails with what is wrong with it, `not-found` where `only` is not below `root`.
   */
  async contents(root: Descriptor, only: Descriptor): Promise<ReadonlyMap<Digest, Piece>> {
    const wanted = only.digest === root.digest ? null : only.digest;
    if (!(await this.#document(root, wanted, 0)))
      fail({ code: 'not-found', what: 'manifest', name: only.digest });
    return this.#found;
  }

  /** False where nothing below it is wanted. */
  async #document(what: Descriptor, wanted: Digest | null, depth: number): Promise<boolean> {
    if (this.#found.has(what.digest)) return true;
    if (wanted !== null && this.#unwanted.has(what.digest)) return false;
    if (depth > MAX_DEPTH || this.#found.size + this.#unwanted.size >= MAX_DOCUMENTS)
      fail({ code: 'too-large', what: 'documents', limit: MAX_DOCUMENTS });
    const options = { signal: this.#signal, limit: MANIFEST_LIMIT, subject: 'manifest' } as const;
    const bytes = await readVerified(this.#source, what, options);
    const document = parseManifest(bytes, what.mediaType);
    const all = wanted === null || what.digest === wanted;
    if (document.kind === 'index') {
      let isWanted = all;
      for (const child of document.manifests) {
        // An index names more than an archive of one platform has.
        if (!this.#archive.blobs.has(child.digest)) continue;
        if (await this.#document(child, all ? null : wanted, depth + 1)) isWanted = true;
      }
      if (isWanted) this.#found.set(what.digest, { descriptor: what, subject: 'index', bytes });
      else this.#unwanted.add(what.digest);
      return isWanted;
    }
    if (!all) {
      this.#unwanted.add(what.digest);
      return false;
    }
    this.#found.set(what.digest, { descriptor: what, subject: 'manifest', bytes });
    await this.#config(document.config);
    for (const layer of document.layers) {
      if (!this.#archive.blobs.has(layer.digest) && layer.data === undefined)
        fail({ code: 'not-found', what: 'blob', name: layer.digest });
      this.#found.set(layer.digest, { descriptor: layer, subject: 'layer', bytes: layer.data ?? null });
    }
    return true;
  }

  async #config(descriptor: Descriptor): Promise<void> {
    const options = { signal: this.#signal, limit: CONFIG_LIMIT, subject: 'config' } as const;
    const bytes = await readVerified(this.#source, descriptor, options);
    this.#found.set(descriptor.digest, { descriptor, subject: 'config', bytes });
  }
}

async function keepChecked(
  store: Store,
  { blobs }: Archive,
  descriptor: Descriptor,
  subject: Subject,
  bytes: Bytes | null,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if ((await store.blob(descriptor.digest)) !== null) return;
  let content: Bytes | Blob;
  if (bytes !== null) {
    // Documents were checked when they were read; what a descriptor carries was not.
    await checkContent(bytes, descriptor, subject);
    content = bytes;
  } else {
    content = blobs.get(descriptor.digest)!;
    if (content.size <= AT_ONCE) {
      const all = new Uint8Array(await content.arrayBuffer());
      await checkContent(all, descriptor, subject);
      content = all;
    } else {
      const reader = verified(content.stream(), descriptor, subject).getReader();
      const stop = () => void reader.cancel(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      while (!(await reader.read()).done);
      signal.removeEventListener('abort', stop);
    }
  }
  signal.throwIfAborted();
  if (!(await store.keep(descriptor, content))) fail({ code: 'quota', needed: descriptor.size });
}

/**
 * Null where it is there already. An image of a registry is named by digest: what a tag means, only the registry may say,
 * not a file that anybody can have made.
 */
async function recentOf(
  store: Store,
  image: ArchiveImage,
  mark: KeptMark | null,
  archive: Archive,
  file: string,
  facts: Pick<KeptImage, 'platform' | 'digests' | 'size'>,
): Promise<KeptImage | null> {
  const root = mark?.root ?? image.root;
  const { platform } = facts;
  // Of an index the address has to say which.
  const wish = root.digest === image.root.digest ? null : platform;
  const there = await store.images();
  const common = { root, ...facts, opened: Date.now(), pinned: false };
  if (mark?.origin) {
    const { registry, repository, tag } = mark.origin;
    const isThere = there.some(
      ({ origin, root: { digest }, platform: its }) =>
        origin.kind === 'registry' &&
        origin.registry === registry &&
        origin.repository === repository &&
        digest === root.digest &&
        its === platform,
    );
    if (isThere) return null;
    const name = { registry, repository, ...(tag !== undefined && { tag }) };
    const origin: Origin = { kind: 'registry', ...name, digest: root.digest };
    const reference = printFamiliar(origin);
    const id = imageId({ ...NOWHERE, target: { kind: 'image', reference }, platform: wish });
    return { id, origin, name: tag === undefined ? reference : printFamiliar(name), ...common };
  }
  const named = archive.images.length > 1 ? { name: image.name } : {};
  for (let i = 1; ; i++) {
    const origin = { kind: 'local', file: i === 1 ? file : `${file}~${i}`, ...named } as const;
    const id = imageId({ ...NOWHERE, target: origin });
    const same = there.find((other) => other.id === id);
    // Another file of that name.
    if (same !== undefined && same.root.digest !== root.digest) continue;
    return { id, origin, name: named.name ?? origin.file, ...common };
  }
}
