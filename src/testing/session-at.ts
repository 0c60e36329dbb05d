/** A session with the workers' jobs on this thread, and an address bar that remembers. */
import type { FileTree } from '../image/file-tree.ts';
import { Session, type Navigator } from '../session/session.svelte.ts';
import type { Store } from '../sources/browser/store.ts';
import { NO_STORE } from '../sources/open-place.ts';
import { runArchiveJob } from '../worker/archive-job.ts';
import { runExportJob } from '../worker/export-job.ts';
import { runFilesJob } from '../worker/file-job.ts';
import { runLayerJob } from '../worker/layer-job.ts';
import { LookupThread } from '../worker/lookup-thread.ts';
import { runTreesJob } from '../worker/trees-job.ts';
import { givenAway, plannedIn, WorkerPool } from '../worker/pool.ts';
import type {
  ArchiveJob,
  ArchiveMessage,
  ExportJob,
  ExportMessage,
  FilesJob,
  FilesMessage,
  LayersJob,
  LayerMessage,
  TreesJob,
  TreesMessage,
} from '../worker/protocol.ts';
import { buffersOf } from '../worker/transfer.ts';
import { InProcessWorker } from './in-process-worker.ts';
import { lookupWorker } from './lookup-worker.ts';

/** An address bar that remembers, as a browser's does. */
class AddressBar implements Navigator {
  readonly base = 'http://127.0.0.1/';
  entries: string[];
  at = 0;

  constructor(address: string) {
    this.entries = [address];
  }
  read(): string {
    return this.entries[this.at]!;
  }
  write(address: string, how: 'push' | 'replace'): void {
    if (how === 'push') this.entries.splice(++this.at);
    this.entries[this.at] = address;
  }
}

const workers = (runArchive: typeof runArchiveJob, store: Promise<Store | null>) => ({
  layers: new WorkerPool<LayersJob, LayerMessage>(
    () =>
      new InProcessWorker<LayersJob, LayerMessage>((job, post) =>
        runLayerJob(job, post, store),
      ) as unknown as Worker,
    2,
    givenAway,
  ),
  trees: new WorkerPool<TreesJob, TreesMessage>(
    () =>
      new InProcessWorker<TreesJob, TreesMessage>((job, post) =>
        runTreesJob(job, post, store),
      ) as unknown as Worker,
    1,
    buffersOf,
  ),
  archive: new WorkerPool<ArchiveJob, ArchiveMessage>(
    () => new InProcessWorker<ArchiveJob, ArchiveMessage>(runArchive) as unknown as Worker,
    1,
  ),
  files: new WorkerPool<FilesJob, FilesMessage>(
    () =>
      new InProcessWorker<FilesJob, FilesMessage>((job, post) => runFilesJob(job, post)) as unknown as Worker,
    2,
  ),
  exports: new WorkerPool<ExportJob, ExportMessage>(
    () =>
      new InProcessWorker<ExportJob, ExportMessage>((job, post) =>
        runExportJob(job, post, store),
      ) as unknown as Worker,
    1,
    plannedIn,
  ),
  lookup: async (tree: FileTree) => new LookupThread(tree, lookupWorker),
});

/** `jobs`: how many there have been. `store`: of the session and of its workers. */
export function sessionAt(address: string, store = NO_STORE) {
  const bar = new AddressBar(address);
  const jobs = { archive: 0 };
  const runArchive: typeof runArchiveJob = (job, post) => {
    jobs.archive++;
    return runArchiveJob(job, post);
  };
  const session = new Session(bar, workers(runArchive, store), store);
  session.follow();
  return { bar, session, jobs };
}

/** Waits until `holds`, looking often; a session that never gets there is a failure with its phase. */
export async function until(session: Session, holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(session.phase.name)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const settled = (session: Session) =>
  until(
    session,
    () =>
      session.verified !== 'pending' ||
      ['failed', 'choosing-platform', 'choosing-image', 'empty'].includes(session.phase.name),
  );

/** Each path of the open tree, with its size. */
export function pathsOf(session: Session): string[] {
  if (session.phase.name !== 'open') throw new Error(session.phase.name);
  const { tree } = session.phase;
  return Array.from({ length: tree.count }, (_, node) => `${tree.path(node)} ${tree.size(node)}`);
}
