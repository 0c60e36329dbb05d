/** A thread for file jobs. */
import { runFileJob } from './file-job.ts';
import type { FileJob, FileMessage } from './protocol.ts';

self.onmessage = ({ data: job }: MessageEvent<FileJob>) => {
  const post = (message: FileMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runFileJob(job, post).catch(reportError);
};
