/** A thread for layer jobs. */
import { runLayerJob } from './layer-job.ts';
import type { LayerJob } from './protocol.ts';

self.onmessage = ({ data: job }: MessageEvent<LayerJob>) => {
  void runLayerJob(job, (message, transfer = []) => self.postMessage(message, { transfer }));
};
