/** What answers questions about an image, on this thread. */
import { LookupJob } from '../worker/lookup-job.ts';
import type { FromLookup, ToLookup } from '../worker/lookup-protocol.ts';
import { InProcessWorker } from './in-process-worker.ts';

export function lookupWorker(): Worker {
  let job: LookupJob | null = null;
  return new InProcessWorker<ToLookup, FromLookup>((message, post) =>
    (job ??= new LookupJob(post)).take(message),
  ) as unknown as Worker;
}
