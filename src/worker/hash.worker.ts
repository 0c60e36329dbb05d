/** A thread that hashes files. */
import { openStore } from '../sources/browser/open-store.ts';
import { runHashJob, type HashJob, type HashMessage } from './hash-job.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<HashJob>) => {
  const post = (message: HashMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runHashJob(job, post, opening).catch(reportError);
};
