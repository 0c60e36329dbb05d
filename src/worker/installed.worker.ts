/** A thread that finds out what is installed. */
import { openStore } from '../sources/browser/open-store.ts';
import { runInstalledJob, type InstalledJob, type InstalledMessage } from './installed-job.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<InstalledJob>) => {
  const post = (message: InstalledMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runInstalledJob(job, post, opening).catch(reportError);
};
