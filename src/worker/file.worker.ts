/** A thread for what is done with one file. */
import { openStore } from '../sources/browser/open-store.ts';
import { runFilesJob } from './file-job.ts';
import { KnownBlobs } from './known-blobs.ts';
import type { FilesJob, FilesMessage } from './protocol.ts';

/** One connection for the life of this thread. */
const opening = openStore();
const known = new KnownBlobs();

self.onmessage = ({ data: job }: MessageEvent<FilesJob>) => {
  const post = (message: FilesMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runFilesJob(job, post, opening, known).catch(reportError);
};
