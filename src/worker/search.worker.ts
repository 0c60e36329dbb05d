/** A thread that looks into files. */
import { openStore } from '../sources/browser/open-store.ts';
import { runSearchJob, type SearchJob, type SearchMessage } from './search-job.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<SearchJob>) => {
  const post = (message: SearchMessage) => self.postMessage(message);
  runSearchJob(job, post, opening).catch(reportError);
};
