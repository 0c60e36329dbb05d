/** A thread that answers questions about one image. */
import { LookupJob } from './lookup-job.ts';
import type { ToLookup } from './lookup-protocol.ts';

const job = new LookupJob((message, transfer = []) => self.postMessage(message, { transfer }));

self.onmessage = ({ data }: MessageEvent<ToLookup>) => job.take(data);
