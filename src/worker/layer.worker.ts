/** A thread for the jobs of layers. */
import { runLayerJob } from './layer-job.ts';
import { openStore } from '../sources/browser/open-store.ts';
import type { LayerMessage, LayersJob } from './protocol.ts';

/** One connection for the life of this thread. */
const opening = openStore();

self.onmessage = ({ data: job }: MessageEvent<LayersJob>) => {
  const post = (message: LayerMessage, transfer: ArrayBuffer[] = []) =>
    self.postMessage(message, { transfer });
  // What cannot be posted is a bug, and the page hears of it: of a rejection that nobody handles it would not.
  runLayerJob(job, post, opening).catch(reportError);
};
