/** The tags of one repository, and what each of them means: asked for when it is looked at, a few at a time. */
import { SvelteMap } from 'svelte/reactivity';
import type { Failure } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import { DOCKER_HUB } from '../formats/reference.ts';
import { tagKey } from '../formats/tag-order.ts';
import { DEFAULT_PLATFORM } from '../image/open-image.ts';
import { readPlatformSizes, readTagFacts, type PlatformFacts, type TagFacts } from '../image/tag-facts.ts';
import { matchPlatform } from '../formats/platform.ts';
import type { RegistryOrigin } from '../sources/origin.ts';
import type { RegistrySource } from '../sources/registry/registry-source.ts';
import type { Content } from '../sources/source.ts';
import { failureOf } from './failure-of.ts';
import { NameList } from './name-list.svelte.ts';

/** Tags that are asked about at once. */
const WIDTH = 3;

/** Reactive. What is known of one tag. */
export type TagState =
  | { readonly kind: 'asking' }
  /** Its digest, and nothing else yet. */
  | { readonly kind: 'found'; readonly digest: Digest }
  | { readonly kind: 'known'; readonly digest: Digest; readonly facts: TagFacts }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** How the repository is reached: its registry, and the same with what this browser keeps in front. */
export interface RepositoryAccess {
  readonly registry: RegistrySource;
  readonly content: Content;
}

export class TagList {
  readonly origin: RegistryOrigin;
  readonly list = new NameList(tagKey);
  readonly #access: RepositoryAccess;
  readonly #closed: AbortSignal;
  readonly #states = new SvelteMap<string, TagState>();
  /** Those that are asked about now. */
  readonly #asking = new Map<string, Promise<void>>();
  readonly #sharing = new SvelteMap<Digest, readonly string[]>();
  /** Of each digest once: tags share them. */
  readonly #facts = new Map<Digest, Promise<TagFacts>>();
  readonly #sizes = new SvelteMap<Digest, readonly PlatformFacts[]>();
  #wanted: readonly string[] = [];
  #selected: string | null = $state(null);
  #busy = 0;
  /** The registry wants us to be slower: nothing more is asked but what a person picks. */
  #isTired = $state(false);

  constructor(origin: RegistryOrigin, access: RepositoryAccess, closed: AbortSignal) {
    this.origin = origin;
    this.#access = access;
    this.#closed = closed;
  }

  /** Lists the first page; the others come by themselves. Rejects as the registry fails. */
  open(): Promise<void> {
    return this.list.read(this.#access.registry.tags(this.#closed), this.#closed);
  }

  get isTired(): boolean {
    return this.#isTired;
  }
  /** Null where nobody has asked yet. */
  stateOf(tag: string): TagState | null {
    return this.#states.get(tag) ?? null;
  }
  /** The tags of those looked at that mean this digest, in order. */
  sharing(digest: Digest): readonly string[] {
    return this.#sharing.get(digest) ?? [];
  }
  /** The platforms of what a tag means, with their sizes where those were read. */
  platformsOf(facts: TagFacts): readonly PlatformFacts[] {
    return this.#sizes.get(facts.descriptor.digest) ?? facts.platforms;
  }
  get selected(): string | null {
    return this.#selected;
  }

  /** What is in view, and nothing else, is asked for next. */
  want(tags: readonly string[]): void {
    this.#wanted = tags;
    this.#next();
  }

  /** A tag that the repository may have; it need not have come yet. */
  select(tag: string | null): void {
    this.#selected = tag;
    if (tag === null) return;
    if (this.#states.get(tag)?.kind === 'failed') this.#states.delete(tag);
    void this.#lookInto(tag);
  }

  /**
   * Docker Hub counts each manifest that is asked for, and after a hundred gives none: there the digests of what is in view
   * are enough, which it does not count.
   */
  get #isThrifty(): boolean {
    return this.origin.registry === DOCKER_HUB;
  }

  #next(): void {
    while (this.#busy < WIDTH && !this.#closed.aborted && !this.#isTired) {
      const tag = this.#wanted.find((it) => !this.#states.has(it));
      if (tag === undefined) return;
      this.#busy++;
      void this.#ask(tag, !this.#isThrifty).finally(() => {
        this.#busy--;
        this.#next();
      });
    }
  }

  /** All that is to be told of a tag that was picked. */
  async #lookInto(tag: string): Promise<void> {
    await this.#ask(tag, true);
    const state = this.#states.get(tag);
    if (state?.kind !== 'known' || this.#sizes.has(state.digest)) return;
    try {
      const sizes = await readPlatformSizes(this.#access.content, state.facts.platforms, this.#closed);
      this.#sizes.set(state.digest, sizes);
    } catch (error) {
      // What is known stays; sizes are missing.
      if (!this.#closed.aborted) failureOf(error, '');
    }
  }

  /** Resolves when that is known of it which was asked for, or cannot be had; whoever else asked before. */
  async #ask(tag: string, whole: boolean): Promise<void> {
    for (let other = this.#asking.get(tag); other; other = this.#asking.get(tag)) await other;
    if (this.#states.get(tag)?.kind === 'known' || this.#closed.aborted) return;
    const asking = this.#askNow(tag, whole).finally(() => this.#asking.delete(tag));
    this.#asking.set(tag, asking);
    await asking;
  }

  /** Never rejects. */
  async #askNow(tag: string, whole: boolean): Promise<void> {
    const before = this.#states.get(tag);
    if (before === undefined) this.#states.set(tag, { kind: 'asking' });
    try {
      const descriptor = await this.#access.registry.find(tag, this.#closed);
      const { digest } = descriptor;
      const others = this.#sharing.get(digest) ?? [];
      if (!others.includes(tag)) {
        this.#sharing.set(
          digest,
          [...others, tag].sort((a, b) => (tagKey(a) < tagKey(b) ? -1 : 1)),
        );
      }
      if (!whole && !this.#facts.has(digest)) {
        this.#states.set(tag, { kind: 'found', digest });
        return;
      }
      let facts = this.#facts.get(digest);
      if (facts === undefined) {
        facts = this.#read(descriptor);
        this.#facts.set(digest, facts);
        facts.catch(() => this.#facts.delete(digest));
      }
      this.#states.set(tag, { kind: 'known', digest, facts: await facts });
    } catch (error) {
      if (this.#closed.aborted) return;
      const failure = failureOf(error, '');
      if (failure.code === 'rate-limited') {
        this.#isTired = true;
        if (before === undefined) this.#states.delete(tag);
        if (this.#selected !== tag) return;
      }
      this.#states.set(tag, { kind: 'failed', failure });
    }
  }

  /** With the size of the image that would be opened: it tells most, and costs one document. */
  async #read(descriptor: Parameters<typeof readTagFacts>[1]): Promise<TagFacts> {
    const facts = await readTagFacts(this.#access.content, descriptor, this.#closed);
    const first = mainOf(facts);
    if (first === null || first.size !== null) return facts;
    const [sized] = await readPlatformSizes(this.#access.content, [first], this.#closed);
    return { ...facts, platforms: facts.platforms.map((it) => (it === first ? sized! : it)) };
  }
}

/** The image that opens where nobody says otherwise. */
export function mainOf({ platforms }: Pick<TagFacts, 'platforms'>): PlatformFacts | null {
  const usual = platforms.find(
    ({ platform }) => platform && matchPlatform(DEFAULT_PLATFORM, platform) !== null,
  );
  return usual ?? platforms[0] ?? null;
}
