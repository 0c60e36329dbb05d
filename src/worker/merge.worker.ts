/** Thin: the layers' indexes in, the merged tree out, and the indexes back. */
import { merge } from '../image/merge.ts';
import { endingOf } from './ending.ts';
import type { MergeJob, MergeMessage } from './protocol.ts';
import { buffersOf } from './transfer.ts';

const post = (message: MergeMessage, transfer: ArrayBuffer[] = []) => self.postMessage(message, { transfer });

self.onmessage = ({ data: job }: MessageEvent<MergeJob>) => {
  try {
    const tree = merge(job.layers);
    const done = { type: 'done', tree, layers: job.layers } as const;
    post(done, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
};
