/** What a file says of itself, read from wherever its layer is. */
import { concat, type Bytes } from '../base/bytes.ts';
import { lookInside } from '../formats/file/look-inside.ts';
import type { RandomAccess } from '../formats/file/random-access.ts';
import { readFile } from '../image/contents.ts';
import type { Content } from '../sources/source.ts';
import type { Post } from './layer-job.ts';
import type { InsideJob, InsideMessage } from './protocol.ts';
import { throttled } from './throttled.ts';

export async function runInsideJob(
  job: InsideJob,
  content: Content,
  atHand: () => boolean,
  post: Post<InsideMessage>,
): Promise<void> {
  const inside = await lookInside(accessTo(job, content), job.look, {
    onMembers: (members) => post({ type: 'members', members }),
    onProgress: throttled((read: number) => post({ type: 'progress', read })),
  });
  post({ type: 'done', atHand: atHand(), inside });
}

function accessTo({ descriptor, place, points }: InsideJob, content: Content): RandomAccess {
  // The page aborts by terminating the thread.
  const { signal } = new AbortController();
  const stream = (start: number, end: number) =>
    readFile(content, descriptor, place, points, { start, end }, signal);
  return {
    size: place.size,
    stream: (start) => stream(start, place.size),
    async read(start, end) {
      const pieces: Bytes[] = [];
      for await (const piece of stream(start, end)) pieces.push(piece);
      return pieces.length === 1 ? pieces[0]! : concat(pieces);
    },
  };
}
