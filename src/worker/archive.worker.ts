/** A thread for archive jobs. */
import { runArchiveJob } from './archive-job.ts';
import type { ArchiveJob, ArchiveMessage } from './protocol.ts';

self.onmessage = ({ data: job }: MessageEvent<ArchiveJob>) => {
  runArchiveJob(job, (message: ArchiveMessage) => self.postMessage(message)).catch(reportError);
};
