/** Looking into the files of an open image for a text. */
import { Problem, type Failure } from '../base/problem.ts';
import type { SearchCounts } from '../image/find/layer-search.ts';
import type { LineMatch } from '../image/find/line-search.ts';
import type { ContentsPattern } from '../image/find/query.ts';
import { stretchesToRead, type PlannedLayer } from '../image/files-plan.ts';
import type { FileMatches, SearchMessage } from '../worker/search-job.ts';
import { searchPool, type SearchPool } from '../worker/search-pool.ts';
import type { OpenFiles } from './file-reading.ts';
import type { Said } from './waiting.svelte.ts';

/** Lines that are told, of all files together. */
export const MAX_MATCHES = 10_000;
/** Nothing was heard of a thread for so long: an expression runs away in it. Milliseconds. */
export const SILENCE_MS = 4000;

export interface FoundFile {
  readonly id: number;
  readonly path: string;
  readonly matches: readonly LineMatch[];
}

/** `limit`: there are `MAX_MATCHES`. `too-long`: an expression ran away. */
export type SearchState = 'running' | 'done' | 'cancelled' | 'limit' | 'too-long';

export interface SearchProgress {
  /** Of the files to be looked at. */
  readonly bytes: number;
  readonly allBytes: number;
  readonly files: number;
  readonly allFiles: number;
  readonly binaries: number;
}

const NOTHING: SearchCounts = { bytes: 0, files: 0, binaries: 0 };

/** One search. */
export class Searching {
  readonly #open: OpenFiles;
  readonly #plans: readonly PlannedLayer[];
  readonly #pathOf: (id: number) => string;
  readonly #stop = new AbortController();
  readonly #files = new Map<number, { path: string; matches: LineMatch[] }>();
  readonly #counts: SearchCounts[];
  #state: SearchState = $state('running');
  #progress: SearchProgress = $state.raw({ bytes: 0, allBytes: 0, files: 0, allFiles: 0, binaries: 0 });
  #found: readonly FoundFile[] = $state.raw([]);
  #matches = $state(0);
  #failures: readonly { readonly layer: number; readonly failure: Failure }[] = $state.raw([]);

  constructor(
    open: OpenFiles,
    plans: readonly PlannedLayer[],
    pathOf: (id: number) => string,
    pattern: ContentsPattern,
    pool: SearchPool = searchPool(),
    silence = SILENCE_MS,
  ) {
    this.#open = open;
    this.#plans = plans;
    this.#pathOf = pathOf;
    this.#counts = plans.map(() => NOTHING);
    this.#count();
    void this.#run(pattern, pool, silence);
  }

  get state(): SearchState {
    return this.#state;
  }
  get progress(): SearchProgress {
    return this.#progress;
  }
  /** By path. */
  get found(): readonly FoundFile[] {
    return this.#found;
  }
  get matches(): number {
    return this.#matches;
  }
  /** Layers that could not be read, or not to their end. */
  get failures(): readonly { readonly layer: number; readonly failure: Failure }[] {
    return this.#failures;
  }

  cancel(): void {
    this.#end('cancelled');
  }

  #end(state: SearchState): void {
    if (this.#state !== 'running') return;
    this.#state = state;
    this.#stop.abort(new DOMException('the search is over', 'AbortError'));
  }

  async #run(pattern: ContentsPattern, pool: SearchPool, silence: number): Promise<void> {
    const jobs = this.#plans.map((planned, i) => this.#search(planned, i, pattern, pool, silence));
    const ends = await Promise.allSettled(jobs);
    this.#end('done');
    const bug = ends.find((end) => end.status === 'rejected');
    if (bug !== undefined) throw bug.reason;
  }

  async #search(
    planned: PlannedLayer,
    i: number,
    pattern: ContentsPattern,
    pool: SearchPool,
    silence: number,
  ): Promise<void> {
    const { origin, access, layers } = this.#open;
    const { plan } = planned;
    const { layer, seekPoints } = layers[plan.layer]!;
    const { descriptor } = layer;
    const job = {
      kind: 'search',
      origin,
      access: access(descriptor),
      descriptor,
      plan,
      stretches: stretchesToRead(planned, seekPoints),
      pattern,
    } as const;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (message: Said<SearchMessage>) => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#end('too-long'), silence);
      if (message.type === 'progress') this.#take(message, i);
    };
    try {
      const done = await this.#open.waiting.run(pool, job, this.#stop.signal, listen);
      if (done.type === 'done') this.#take(done, i);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      this.#failures = [...this.#failures, { layer: plan.layer, failure: error.failure }];
    } finally {
      clearTimeout(timer);
    }
  }

  #take({ counts, found }: { counts: SearchCounts; found: readonly FileMatches[] }, i: number): void {
    if (this.#state !== 'running') return;
    this.#counts[i] = counts;
    this.#count();
    if (found.length === 0) return;
    for (const { id, matches } of found) {
      const room = MAX_MATCHES - this.#matches;
      const some = matches.slice(0, room);
      this.#matches += some.length;
      if (some.length === 0) break;
      const known = this.#files.get(id);
      if (known === undefined) {
        this.#files.set(id, { path: this.#pathOf(id), matches: [...some] });
      } else known.matches.push(...some);
    }
    this.#found = [...this.#files]
      .map(([id, { path, matches }]) => ({ id, path, matches }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    if (this.#matches >= MAX_MATCHES) this.#end('limit');
  }

  #count(): void {
    let [bytes, files, binaries, allBytes, allFiles] = [0, 0, 0, 0, 0];
    for (const [i, planned] of this.#plans.entries()) {
      allBytes += planned.bytes;
      allFiles += planned.plan.ids.length;
      bytes += this.#counts[i]!.bytes;
      files += this.#counts[i]!.files;
      binaries += this.#counts[i]!.binaries;
    }
    this.#progress = { bytes, allBytes, files, allFiles, binaries };
  }
}
