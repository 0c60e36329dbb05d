/** The other side of a file job, whatever thread it runs in. */
import { concat, type Bytes } from '../base/bytes.ts';
import { readFile } from '../image/contents.ts';
import { contentOf } from '../sources/blob-content.ts';
import { endingOf } from './ending.ts';
import type { Post } from './layer-job.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import type { FileJob, FileMessage } from './protocol.ts';

/** Bytes of one message, about: few messages for a large file, and little held for it. */
const MESSAGE = 1024 * 1024;

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runFileJob(job: FileJob, post: Post<FileMessage>, opening = NO_STORE): Promise<void> {
  const { descriptor, place, points, window } = job;
  const held: Bytes[] = [];
  let length = 0;
  const send = () => {
    if (length === 0) return;
    const bytes = held.length === 1 ? held[0]! : concat(held);
    held.length = length = 0;
    post({ type: 'bytes', bytes }, [bytes.buffer]);
  };
  try {
    const { place: source } = await openPlace(job, opening);
    const blob = (await source.blob?.(descriptor)) ?? null;
    const content = blob === null ? source : contentOf(blob);
    // The page aborts by terminating the thread.
    const { signal } = new AbortController();
    for await (const piece of readFile(content, descriptor, place, points, window, signal)) {
      held.push(piece);
      length += piece.length;
      if (length >= MESSAGE) send();
    }
    send();
    post({ type: 'done', atHand: blob !== null });
  } catch (error) {
    post(endingOf(error));
  }
}
