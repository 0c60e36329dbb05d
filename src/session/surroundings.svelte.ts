/** What belongs to what is open and is not in it: the other images of its index, and what is attached to it. */
import type { Bytes } from '../base/bytes.ts';
import type { Failure } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import { readAttached, type Attached, type AttachedList } from '../image/attached.ts';
import type { ManifestDocument, Offer } from '../image/image.ts';
import type { Statement } from '../image/statement.ts';
import { readPlatformSizes, storedSize, type PlatformFacts } from '../image/tag-facts.ts';
import type { Origin } from '../sources/origin.ts';
import type { Place } from '../sources/place.ts';
import type { Waiting } from './waiting.svelte.ts';
import { statementPool, type StatementPool } from '../worker/pool.ts';
import { failureOf } from './failure-of.ts';

/** What is open, and the place it came from. */
export interface Opened extends Offer {
  readonly place: Place;
  readonly origin: Origin;
  readonly manifest: ManifestDocument;
}

export interface ReadStatement {
  readonly statement: Statement;
  /** All of the document, as it is stored. */
  readonly bytes: Bytes;
}

/** One for all that is ever opened: its threads end by themselves. */
let threads: StatementPool | null = null;

/** Reactive. */
export class Surroundings {
  readonly #open: Opened;
  readonly #waiting: Waiting;
  readonly #closed: AbortSignal;
  readonly #pool: () => StatementPool;
  readonly #read = new Map<string, Promise<ReadStatement>>();
  #platforms: readonly PlatformFacts[] = $state.raw([]);
  #attached: AttachedList | null = $state.raw(null);
  #failure: Failure | null = $state.raw(null);
  #sizing = false;
  #listing = false;

  /** `pool` is for tests. */
  constructor(
    open: Opened,
    waiting: Waiting,
    closed: AbortSignal,
    pool = () => (threads ??= statementPool()),
  ) {
    this.#open = open;
    this.#waiting = waiting;
    this.#closed = closed;
    this.#pool = pool;
    const { manifest } = open;
    this.#platforms = open.platforms.map((one) =>
      one.descriptor.digest === manifest.descriptor.digest
        ? { ...one, size: storedSize(manifest.content), layers: manifest.content.layers.length }
        : { ...one, size: null, layers: null },
    );
  }

  /** The images of the index, with their sizes once those were asked for. */
  get platforms(): readonly PlatformFacts[] {
    return this.#platforms;
  }
  /** Null until it was asked for and found. */
  get attached(): AttachedList | null {
    return this.#attached;
  }
  /** Why it could not be found out what is attached. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Reads the manifests of the other images. What of them cannot be had stays without a size. */
  async size(): Promise<void> {
    if (this.#sizing) return;
    this.#sizing = true;
    try {
      this.#platforms = await readPlatformSizes(this.#open.place, this.#platforms, this.#closed);
    } catch (error) {
      this.#sizing = false;
      if (!this.#closed.aborted) failureOf(error, '');
    }
  }

  /** Finds out what is attached; again, where that failed. */
  async list(): Promise<void> {
    if (this.#listing) return;
    this.#listing = true;
    this.#failure = null;
    const { place, manifest, indexes, attestations } = this.#open;
    const subjects = new Map<Digest, Descriptor>();
    for (const { descriptor } of [manifest, ...indexes.slice(0, 1)])
      subjects.set(descriptor.digest, descriptor);
    try {
      this.#attached = await readAttached(place, [...subjects.values()], attestations, this.#closed);
    } catch (error) {
      this.#listing = false;
      if (!this.#closed.aborted) this.#failure = failureOf(error, '');
    }
  }

  /** The document of what is attached. Rejects as its place does, and with `digest-mismatch`. */
  read({ id, content, annotations }: Attached): Promise<ReadStatement> {
    if (content === null) return Promise.reject(new Error('bug: there is nothing to read'));
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const { origin, place } = this.#open;
    const job = {
      kind: 'statement',
      origin,
      access: place.access(content),
      descriptor: content,
      annotations,
    } as const;
    const reading = this.#waiting.run(this.#pool(), job, this.#closed).then((message) => {
      if (message.type !== 'done') throw new Error('bug: a statement was not read');
      return { statement: message.statement, bytes: message.bytes };
    });
    this.#read.set(id, reading);
    reading.catch(() => this.#read.delete(id));
    return reading;
  }
}
