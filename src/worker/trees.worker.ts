/** A thread for what is done with a tree. */
import { openStore } from '../sources/browser/open-store.ts';
import type { TreesJob, TreesMessage } from './protocol.ts';
import { runTreesJob } from './trees-job.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<TreesJob>) => {
  const post = (message: TreesMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runTreesJob(job, post, opening).catch(reportError);
};
