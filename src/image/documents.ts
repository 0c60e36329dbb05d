/** The JSON documents of one image: each read once, checked against its descriptor, and bounded in number. */
import { fail, Problem, type Subject } from '../base/problem.ts';
import { CONFIG_LIMIT, parseConfig } from '../formats/config.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { MANIFEST_LIMIT, parseManifest } from '../formats/manifest.ts';
import { isIndexType } from '../formats/media-type.ts';
import type { Content, Source } from '../sources/source.ts';
import { readVerified } from '../sources/verified.ts';
import type { ConfigDocument, Document, IndexDocument, ManifestDocument } from './image.ts';

/**
 * Documents that opening one image may read. The largest indexes in the wild have some tens of entries; an index of
 * 4 MiB can name 40,000 others, and shall not make us ask a registry for all of them.
 */
const MAX_DOCUMENTS = 512;

export class Documents {
  readonly #content: Content & Pick<Source, 'lacks'>;
  readonly #signal: AbortSignal;
  readonly #manifests = new Map<string, Promise<ManifestDocument | IndexDocument>>();
  #count = 0;

  constructor(content: Content & Pick<Source, 'lacks'>, signal: AbortSignal) {
    this.#content = content;
    this.#signal = signal;
  }

  /** The manifest or index, whichever it is by its shape. */
  manifest(descriptor: Descriptor): Promise<ManifestDocument | IndexDocument> {
    let document = this.#manifests.get(descriptor.digest);
    if (document === undefined) {
      document = this.#readManifest(descriptor);
      this.#manifests.set(descriptor.digest, document);
    }
    return document;
  }

  /** True where the source is known not to have it. Reads nothing. */
  lacks(descriptor: Descriptor): boolean {
    return this.#content.lacks?.(descriptor) === true;
  }

  /** Like `manifest`; null where the source does not have it. */
  async find(descriptor: Descriptor): Promise<ManifestDocument | IndexDocument | null> {
    try {
      return await this.manifest(descriptor);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  async config(descriptor: Descriptor): Promise<ConfigDocument> {
    const document = await this.#read(descriptor, 'config', CONFIG_LIMIT);
    return { ...document, content: parseConfig(document.bytes) };
  }

  /** The bytes of a config of whatever kind. */
  plain(descriptor: Descriptor): Promise<Document> {
    return this.#read(descriptor, 'config', CONFIG_LIMIT);
  }

  async #readManifest(descriptor: Descriptor): Promise<ManifestDocument | IndexDocument> {
    const subject = isIndexType(descriptor.mediaType) ? 'index' : 'manifest';
    const document = await this.#read(descriptor, subject, MANIFEST_LIMIT);
    const content = parseManifest(document.bytes, descriptor.mediaType);
    return content.kind === 'index' ? { ...document, content } : { ...document, content };
  }

  async #read(descriptor: Descriptor, subject: Subject, limit: number): Promise<Document> {
    if (++this.#count > MAX_DOCUMENTS) fail({ code: 'too-large', what: 'documents', limit: MAX_DOCUMENTS });
    const bytes = await readVerified(this.#content, descriptor, { subject, limit, signal: this.#signal });
    return { descriptor, bytes };
  }
}

export function isNotFound(error: unknown): error is Problem {
  return error instanceof Problem && error.failure.code === 'not-found';
}
