/** The other side of an archive job, whatever thread it runs in. */
import { openArchive } from '../sources/archive/open-archive.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { ArchiveJob, ArchiveMessage } from './protocol.ts';
import { throttled } from './throttled.ts';

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runArchiveJob({ files }: ArchiveJob, post: Post<ArchiveMessage>): Promise<void> {
  try {
    const archive = await openArchive(files, {
      // The page aborts by terminating the thread.
      signal: new AbortController().signal,
      onProgress: throttled((progress) => post({ type: 'progress', progress })),
    });
    post({ type: 'done', archive });
  } catch (error) {
    post(endingOf(error));
  }
}
