/** A thread for statement jobs. */
import { openStore } from '../sources/browser/open-store.ts';
import type { StatementJob, StatementMessage } from './protocol.ts';
import { runStatementJob } from './statement-job.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<StatementJob>) => {
  const post = (message: StatementMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  runStatementJob(job, post, opening).catch(reportError);
};
