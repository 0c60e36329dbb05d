/** A thread that finds entries of one image. */
import { FindJob } from './find-job.ts';
import type { ToFinder } from './find-protocol.ts';

const job = new FindJob((message, transfer = []) => self.postMessage(message, { transfer }));

self.onmessage = ({ data }: MessageEvent<ToFinder>) => job.take(data);
