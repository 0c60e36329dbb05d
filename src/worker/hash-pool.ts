/** The threads that hash files: as many as there are cores, up to the four that a network could feed. */
import type { HashJob, HashMessage } from './hash-job.ts';
import { coresUpTo, WorkerPool } from './pool.ts';

const MOST = 4;

export type HashPool = WorkerPool<HashJob, HashMessage>;

export function hashPool(): HashPool {
  const create = () => new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<HashJob, HashMessage>(create, coresUpTo(MOST));
}
