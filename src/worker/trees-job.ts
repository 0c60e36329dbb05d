/** The other side of the jobs about a tree, whatever thread it runs in. */
import { unreachable } from '../base/assert.ts';
import { keepRight, keepTree, recallTree } from '../image/kept-tree.ts';
import { merge } from '../image/merge/merge.ts';
import type { Store } from '../sources/browser/store.ts';
import { NO_STORE } from '../sources/open-place.ts';
import { copyColumns } from './copy-columns.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { MergeJob, TreesDone, TreesJob, TreesMessage } from './protocol.ts';
import { buffersOf } from './transfer.ts';

/** Rejects only where the end cannot be posted. `opening`: what this thread has of the browser's store. */
export async function runTreesJob(
  job: TreesJob,
  post: Post<TreesMessage>,
  opening = NO_STORE,
): Promise<void> {
  try {
    const done = await run(job, opening);
    post({ type: 'done', ...done }, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
}

async function run(job: TreesJob, opening: Promise<Store | null>): Promise<TreesDone> {
  switch (job.kind) {
    case 'merge':
      return mergeAndKeep(job, opening);
    case 'recall': {
      const store = await opening;
      return { recalled: store && (await recallTree(store, job.layers)) };
    }
    case 'right':
      await opening.then((store) => store && keepRight(store, job.layers, job.mark));
      return { noted: true };
    default:
      return unreachable(job);
  }
}

/** The layers' indexes go back with the tree. Where that is to be kept, it was asked for, and the store has answered. */
async function mergeAndKeep(
  { layers, keepFor }: MergeJob,
  opening: Promise<Store | null>,
): Promise<TreesDone> {
  const tree = merge(layers);
  const store = keepFor === null ? null : await opening;
  if (keepFor === null || store === null) return { tree, layers, mark: null };
  const kept = { mark: crypto.randomUUID(), tree: copyColumns(tree) };
  void keepTree(store, keepFor, kept);
  return { tree, layers, mark: kept.mark };
}
