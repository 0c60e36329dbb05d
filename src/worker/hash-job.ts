/** The other side of hashing files of a layer, whatever thread it runs in. */
import { FileHashes } from '../image/compare/file-hashes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { FilesPlan, PlannedStretch } from '../image/files-plan.ts';
import { goThrough } from '../image/files-through.ts';
import type { Access } from '../sources/access.ts';
import { atHand } from '../sources/blob-content.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import type { Origin } from '../sources/origin.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { Ending, Waiting } from './protocol.ts';
import { tellWaits } from './tell-waits.ts';
import { throttled } from './throttled.ts';

export interface HashJob {
  readonly kind: 'hash';
  readonly origin: Origin;
  readonly access: Access;
  /** The layer. */
  readonly descriptor: Descriptor;
  readonly plan: FilesPlan;
  /** What of it is to be read; null: all that there is, up to the last file of the plan. */
  readonly stretches: readonly PlannedStretch[] | null;
}

export type HashMessage =
  /** Bytes of files that are done with. */
  | { readonly type: 'progress'; readonly bytes: number }
  | Waiting
  /** As `FileHashes.all`. */
  | { readonly type: 'done'; readonly hashes: Uint8Array<ArrayBuffer> }
  | Ending;

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runHashJob(job: HashJob, post: Post<HashMessage>, opening = NO_STORE): Promise<void> {
  const { descriptor, plan, stretches } = job;
  try {
    const { place: source } = await openPlace(job, opening, tellWaits(post));
    const content = await atHand(source, descriptor);
    const hashes = new FileHashes(plan);
    const tell = throttled((bytes: number) => post({ type: 'progress', bytes }));
    // The page aborts by terminating the thread.
    const { signal } = new AbortController();
    await goThrough(
      content,
      descriptor,
      hashes,
      plan.compression,
      stretches,
      () => tell(hashes.bytes),
      signal,
    );
    post({ type: 'done', hashes: hashes.all }, [hashes.all.buffer]);
  } catch (error) {
    post(endingOf(error));
  }
}
