/** A thread for the jobs of layers. */
import { runLayerJob } from './layer-job.ts';
import type { CheckJob, LayerJob } from './protocol.ts';

self.onmessage = ({ data: job }: MessageEvent<LayerJob | CheckJob>) => {
  void runLayerJob(job, (message, transfer = []) => self.postMessage(message, { transfer }));
};
