/** A thread for file jobs. */
import { openStore } from '../sources/browser/store.ts';
import { runFileJob } from './file-job.ts';
import type { FileJob, FileMessage } from './protocol.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<FileJob>) => {
  const post = (message: FileMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runFileJob(job, post, opening).catch(reportError);
};
