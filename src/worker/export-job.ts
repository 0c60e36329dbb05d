/** The other side of an export job, whatever thread it runs in. */
import { unreachable } from '../base/assert.ts';
import { createHash } from '../formats/hash.ts';
import { checkDiffId, diffIdAlgorithm } from '../image/diff-id.ts';
import { writeExport } from '../image/export-tar.ts';
import { LayerBytes } from '../image/layer-bytes.ts';
import { contentOf } from '../sources/blob-content.ts';
import { NewFile } from '../sources/browser/new-file.ts';
import type { Access } from '../sources/access.ts';
import type { Place } from '../sources/place.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { ExportJob, ExportMessage, LayerToExport } from './protocol.ts';
import { tellWaits } from './tell-waits.ts';
import { throttled } from './throttled.ts';

/** Bytes of a blob that are read at once. */
const PIECE = 1024 * 1024;

// The page aborts by terminating the thread.
const { signal } = new AbortController();

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runExportJob(
  job: ExportJob,
  post: Post<ExportMessage>,
  opening = NO_STORE,
): Promise<void> {
  let file: NewFile | null = null;
  try {
    const progress = throttled((done: number) => post({ type: 'progress', done }));
    const onWait = tellWaits(post);
    const reach: Reach = async (access) =>
      (await openPlace({ origin: job.origin, access }, opening, onWait)).place;
    if (job.to === null && job.what.kind === 'blob') {
      const blob = await rightBlob(job.what.layer, reach);
      if (blob !== null) return post({ type: 'done', blob });
    }
    file = await NewFile.begin(job.to);
    await write(job, file, progress, reach);
    post({ type: 'done', blob: await file.end() });
  } catch (error) {
    await file?.abandon();
    post(endingOf(error));
  }
}

type Reach = (access: Access) => Promise<Place>;

async function write(
  { what }: ExportJob,
  file: NewFile,
  onData: (bytes: number) => void,
  reach: Reach,
): Promise<void> {
  switch (what.kind) {
    case 'tree': {
      const layers = new Map<number, LayerBytes>();
      for (const [i, layer] of what.layers) layers.set(i, await openLayer(layer, reach));
      await writeExport(what.parts, layers, file, onData);
      for (const layer of layers.values()) await layer.end();
      return;
    }
    case 'blob':
    case 'tar': {
      const isBlob = what.kind === 'blob';
      const diffId = isBlob ? null : what.diffId;
      // The blob as it is: nothing of it is unpacked.
      const layer = isBlob ? { ...what.layer, compression: 'none' as const } : what.layer;
      const stretches = [{ from: 0, to: Infinity, points: null }];
      const bytes = await openLayer({ ...layer, stretches }, reach);
      // The blob's own digest says nothing of what it unpacks to.
      const hash = isBlob || layer.isVerified ? null : createHash(diffIdAlgorithm(diffId));
      for await (const piece of bytes.all(PIECE)) {
        hash?.update(piece);
        file.push(piece);
        if (file.isFull) await file.flush();
        onData(file.length);
      }
      if (hash !== null) checkDiffId(hash.digest(), diffId);
      return;
    }
    default:
      return unreachable(what);
  }
}

/** A layer that has been found right and is here is read in part; any other whole, and checked on the way. */
async function openLayer(layer: LayerToExport, reach: Reach): Promise<LayerBytes> {
  const place = await reach(layer.access);
  const blob = layer.isVerified ? ((await place.blob?.(layer.descriptor)) ?? null) : null;
  return new LayerBytes(blob === null ? place : contentOf(blob), layer, blob !== null, signal);
}

async function rightBlob(
  { access, descriptor, isVerified }: LayerToExport,
  reach: Reach,
): Promise<Blob | null> {
  if (!isVerified) return null;
  const place = await reach(access);
  return (await place.blob?.(descriptor)) ?? null;
}
