/** The thread that finds out what is installed: once an image. */
import type { InstalledJob, InstalledMessage } from './installed-job.ts';
import { WorkerPool } from './pool.ts';

export type InstalledPool = WorkerPool<InstalledJob, InstalledMessage>;

export function installedPool(): InstalledPool {
  const create = () => new Worker(new URL('./installed.worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPool<InstalledJob, InstalledMessage>(create, 1);
}
