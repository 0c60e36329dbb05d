/** What a file says of itself, read from wherever its layer is. */
import { concat, type Bytes } from '../base/bytes.ts';
import { lookInside } from '../formats/file/look-inside.ts';
import type { RandomAccess } from '../formats/file/random-access.ts';
import { readFile } from '../image/contents.ts';
import type { Content } from '../sources/source.ts';
import type { Post } from './post.ts';
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
  post({ type: 'done', atHand: atHand(), inside }, inside.kind === 'member' ? [inside.bytes.buffer] : []);
}

/** Bytes of a file that is held whole where each reading of it would begin at the layer's start: seek points are found later. */
const HELD = 64 * 1024 * 1024;

function accessTo({ descriptor, place, points, all }: InsideJob, content: Content): RandomAccess {
  if (all !== null) return held(all.length, () => Promise.resolve(all));
  const { size } = place;
  // The page aborts by terminating the thread.
  const { signal } = new AbortController();
  const stream = (start: number, end: number) =>
    readFile(content, descriptor, place, points, { start, end }, signal);
  const read = async (start: number, end: number): Promise<Bytes> => {
    const pieces: Bytes[] = [];
    for await (const piece of stream(start, end)) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : concat(pieces);
  };
  if (points === null && place.compression !== 'none' && size <= HELD) return held(size, () => read(0, size));
  return { size, read, stream: (start) => stream(start, size) };
}

/** `readAll` is called once, when the first of it is wanted. */
function held(size: number, readAll: () => Promise<Bytes>): RandomAccess {
  let reading: Promise<Bytes> | null = null;
  const all = () => (reading ??= readAll());
  return {
    size,
    read: async (start, end) => (await all()).slice(start, end),
    async *stream(start) {
      yield (await all()).slice(start);
    },
  };
}
