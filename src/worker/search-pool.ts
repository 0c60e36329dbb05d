/** The threads that look into files: as many as there are cores, up to the four that a network could feed. */
import { coresUpTo, WorkerPool } from './pool.ts';
import type { SearchJob, SearchMessage } from './search-job.ts';

const MOST = 4;

export type SearchPool = WorkerPool<SearchJob, SearchMessage>;

export function searchPool(): SearchPool {
  const create = () => new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<SearchJob, SearchMessage>(create, coresUpTo(MOST));
}
