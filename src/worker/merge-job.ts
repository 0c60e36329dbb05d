/** The other side of a merge job, whatever thread it runs in. */
import { merge } from '../image/merge/merge.ts';
import { endingOf } from './ending.ts';
import type { Post } from './layer-job.ts';
import type { MergeJob, MergeMessage } from './protocol.ts';
import { buffersOf } from './transfer.ts';

/** Never throws. The layers' indexes go back with the tree. */
export function runMergeJob(job: MergeJob, post: Post<MergeMessage>): void {
  try {
    const done = { type: 'done', tree: merge(job.layers), layers: job.layers } as const;
    post(done, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
}
