/** The other side of a statement job, whatever thread it runs in. */
import { readAttachedDocument, STATEMENT_LIMIT } from '../image/statement.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import { readVerified } from '../sources/verified.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { StatementJob, StatementMessage } from './protocol.ts';
import { tellWaits } from './tell-waits.ts';
import { buffersOf } from './transfer.ts';

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runStatementJob(
  job: StatementJob,
  post: Post<StatementMessage>,
  opening = NO_STORE,
): Promise<void> {
  try {
    const { place } = await openPlace(job, opening, tellWaits(post));
    // The page aborts by terminating the thread.
    const { signal } = new AbortController();
    const options = { signal, limit: STATEMENT_LIMIT, subject: 'blob' } as const;
    const bytes = await readVerified(place, job.descriptor, options);
    const statement = readAttachedDocument(bytes, job.annotations);
    // Of what is not wrapped the text is the document itself, and given away once.
    const done = { type: 'done', statement, bytes } as const;
    post(done, buffersOf(done));
  } catch (error) {
    post(endingOf(error));
  }
}
