/** A thread for merge jobs. */
import { runMergeJob } from './merge-job.ts';
import type { MergeJob } from './protocol.ts';

self.onmessage = ({ data: job }: MessageEvent<MergeJob>) => {
  runMergeJob(job, (message, transfer = []) => self.postMessage(message, { transfer }));
};
