/** A thread for the jobs of layers. */
import { runLayerJob } from './layer-job.ts';
import type { LayerJob, SeekJob } from './protocol.ts';

self.onmessage = ({ data: job }: MessageEvent<LayerJob | SeekJob>) => {
  void runLayerJob(job, (message, transfer = []) => self.postMessage(message, { transfer }));
};
