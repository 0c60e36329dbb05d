/** The other side of looking into files of a layer, whatever thread it runs in. */
import { listAt } from '../base/list-at.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { FilesPlan, PlannedStretch } from '../image/files-plan.ts';
import { goThrough } from '../image/files-through.ts';
import { LayerSearch, type SearchCounts } from '../image/find/layer-search.ts';
import { LinePattern, type LineMatch } from '../image/find/line-search.ts';
import type { ContentsPattern } from '../image/find/query.ts';
import type { Access } from '../sources/access.ts';
import { atHand } from '../sources/blob-content.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import type { Origin } from '../sources/origin.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { Ending, Waiting } from './protocol.ts';
import { tellWaits } from './tell-waits.ts';

export interface SearchJob {
  readonly kind: 'search';
  readonly origin: Origin;
  readonly access: Access;
  /** The layer. */
  readonly descriptor: Descriptor;
  readonly plan: FilesPlan;
  /** What of it is to be read; null: all that there is, up to the last file of the plan. */
  readonly stretches: readonly PlannedStretch[] | null;
  readonly pattern: ContentsPattern;
}

export interface FileMatches {
  readonly id: number;
  readonly matches: readonly LineMatch[];
}

export type SearchMessage =
  /** Since the last one. Also a sign of life: none comes while an expression is being tried. */
  | { readonly type: 'progress'; readonly counts: SearchCounts; readonly found: readonly FileMatches[] }
  | Waiting
  | { readonly type: 'done'; readonly counts: SearchCounts; readonly found: readonly FileMatches[] }
  | Ending;

/** Signs of life, and what was found. Milliseconds. */
const PROGRESS_MS = 150;
/** More are told at once. */
const HELD = 500;

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runSearchJob(
  job: SearchJob,
  post: Post<SearchMessage>,
  opening = NO_STORE,
): Promise<void> {
  const { descriptor, plan, stretches } = job;
  let found = new Map<number, LineMatch[]>();
  let held = 0;
  let last = performance.now();
  const search = new LayerSearch(plan, new LinePattern(job.pattern), (id, match) => {
    listAt(found, id).push(match);
    if (++held >= HELD) tell();
  });
  const taken = () => {
    const all = [...found].map(([id, matches]) => ({ id, matches }));
    found = new Map();
    held = 0;
    last = performance.now();
    return { counts: search.counts, found: all };
  };
  const tell = () => post({ type: 'progress', ...taken() });
  // It waits for a place that is slow: that is no expression that runs away.
  const alive = setInterval(tell, PROGRESS_MS);
  tell();
  try {
    const { place: source } = await openPlace(job, opening, tellWaits(post));
    const content = await atHand(source, descriptor);
    const onStep = () => {
      if (performance.now() - last >= PROGRESS_MS) tell();
    };
    // The page aborts by terminating the thread.
    const { signal } = new AbortController();
    await goThrough(content, descriptor, search, plan.compression, stretches, onStep, signal);
    post({ type: 'done', ...taken() });
  } catch (error) {
    tell();
    post(endingOf(error));
  } finally {
    clearInterval(alive);
  }
}
