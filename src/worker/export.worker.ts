/** A thread for export jobs. */
import { openStore } from '../sources/browser/open-store.ts';
import { runExportJob } from './export-job.ts';
import type { ExportJob, ExportMessage } from './protocol.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<ExportJob>) => {
  const post = (message: ExportMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runExportJob(job, post, opening).catch(reportError);
};
