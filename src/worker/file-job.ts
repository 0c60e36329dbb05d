/** The other side of the jobs about one file, whatever thread it runs in. */
import { concat, type Bytes } from '../base/bytes.ts';
import { piecesOf } from '../base/streams.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { readFile } from '../image/contents.ts';
import { contentOf } from '../sources/blob-content.ts';
import { blobThen } from '../sources/blob-then.ts';
import type { Content } from '../sources/source.ts';
import { verified } from '../sources/verified.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import { KnownBlobs } from './known-blobs.ts';
import { tellWaits } from './tell-waits.ts';
import type { FileJob, FileMessage, FilesJob, FilesMessage } from './protocol.ts';

/** Bytes of one message, about: few messages for a large file, and little held for it. */
const MESSAGE = 1024 * 1024;

/**
 * Runs the job to its end, which is its last message. Rejects only where that cannot be posted. `known`: what the jobs of this
 * thread have read from.
 */
export async function runFilesJob(
  job: FilesJob,
  post: Post<FilesMessage>,
  opening = NO_STORE,
  known = new KnownBlobs(),
): Promise<void> {
  const { descriptor, isVerified } = job;
  const onWait = tellWaits(post);
  const reach = async () => (await openPlace(job, opening, onWait)).place;
  try {
    if (job.kind === 'inside' && job.all !== null) return await runOn(job, NOWHERE, () => true, post);
    const knownOne = isVerified ? known.get(descriptor.digest) : null;
    if (knownOne !== null) {
      let isThere = true;
      const onBroken = () => {
        isThere = false;
        known.forget(descriptor.digest);
        return reach();
      };
      return await runOn(job, contentWhileThere(knownOne, onBroken), () => isThere, post);
    }
    const source = await reach();
    const blob = (await source.blob?.(descriptor)) ?? null;
    if (blob !== null && isVerified) known.set(descriptor.digest, blob);
    await runOn(job, blob === null ? source : contentOf(blob), () => blob !== null, post);
  } catch (error) {
    post(endingOf(error));
  }
}

/** For what needs no more of the layer. */
const NOWHERE: Content = {
  open: () => Promise.reject(new Error('bug: all of the file was given')),
};

/** A Blob of the store, and the place where that was cleared meanwhile. */
function contentWhileThere(blob: Blob, onBroken: () => Promise<Content>): Content {
  return {
    async open(what, { signal, range = { start: 0, end: blob.size } }) {
      const { start, end } = range;
      return blobThen(blob.slice(start, end), signal, async (at, broke) =>
        broke ? (await onBroken()).open(what, { signal, range: { start: start + at, end } }) : null,
      );
    },
  };
}

async function runOn(
  job: FilesJob,
  content: Content,
  atHand: () => boolean,
  post: Post<FilesMessage>,
): Promise<void> {
  if (job.kind === 'inside') {
    // The readers of so many formats are not waited for by whoever wants some bytes.
    const { runInsideJob } = await import('./inside-job.ts');
    await runInsideJob(job, content, atHand, post);
  } else await runFileJob(job, content, atHand, post);
}

async function runFileJob(
  job: FileJob,
  content: Content,
  atHand: () => boolean,
  post: Post<FileMessage>,
): Promise<void> {
  const { descriptor, place, points, window } = job;
  const held: Bytes[] = [];
  let length = 0;
  const send = () => {
    if (length === 0) return;
    const bytes = held.length === 1 ? held[0]! : concat(held);
    held.length = length = 0;
    post({ type: 'bytes', bytes }, [bytes.buffer]);
  };
  // The page aborts by terminating the thread.
  const { signal } = new AbortController();
  const isWhole = isWholeBlob(job);
  const pieces = isWhole
    ? readBlob(content, descriptor, signal)
    : readFile(content, descriptor, place, points, window, signal);
  for await (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    if (length >= MESSAGE) send();
  }
  send();
  post({ type: 'done', atHand: atHand() || isWhole });
}

/** All of a blob that is no layer but a file: the one thing of which reading it tells whether it is right. */
function isWholeBlob({ descriptor, place, window }: FileJob): boolean {
  const { compression, dataOffset, dataSize, size } = place;
  const isBlob = compression === 'none' && dataOffset === 0 && dataSize === size && size === descriptor.size;
  return isBlob && window.start === 0 && window.end >= size;
}

/** Pieces of our own. Fails with `digest-mismatch` after the last. */
async function* readBlob(
  content: Content,
  descriptor: Descriptor,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  const stream = verified(await content.open(descriptor, { signal }), descriptor, 'blob');
  for await (const piece of piecesOf(stream, MESSAGE)) yield piece.slice();
  await content.seal?.(descriptor);
}
