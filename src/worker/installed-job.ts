/** The other side of asking what is installed, whatever thread it runs in. */
import type { Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { FilesPlan, PlannedStretch } from '../image/files-plan.ts';
import { goThrough } from '../image/files-through.ts';
import type { DatabaseFile } from '../image/installed/databases.ts';
import { InstalledBuilder, type Installed } from '../image/installed/installed.ts';
import { WholeFiles } from '../image/installed/whole-files.ts';
import type { Access } from '../sources/access.ts';
import { contentOf } from '../sources/blob-content.ts';
import { NO_STORE, openPlace } from '../sources/open-place.ts';
import type { Origin } from '../sources/origin.ts';
import { endingOf } from './ending.ts';
import type { Post } from './post.ts';
import type { Ending, Waiting } from './protocol.ts';
import { tellWaits } from './tell-waits.ts';
import { throttled } from './throttled.ts';

/** Files of one layer. */
export interface LayerToGather {
  readonly access: Access;
  readonly descriptor: Descriptor;
  readonly plan: FilesPlan;
  /** What of it is to be read; null: all that there is, up to the last file of the plan. */
  readonly stretches: readonly PlannedStretch[] | null;
}

export interface InstalledJob {
  readonly kind: 'installed';
  readonly origin: Origin;
  readonly layers: readonly LayerToGather[];
  /** By the ids of the plans: what is to be read in each, by the places where it was found. */
  readonly files: ReadonlyMap<number, readonly DatabaseFile[]>;
}

export type InstalledMessage =
  /** Bytes of files that are done with. */
  | { readonly type: 'progress'; readonly bytes: number }
  | Waiting
  /** `atHand`: all came from where whole layers are, on this machine. */
  | { readonly type: 'done'; readonly installed: Installed; readonly atHand: boolean }
  | Ending;

/** Runs the job to its end, which is its last message. Rejects only where that cannot be posted. */
export async function runInstalledJob(
  job: InstalledJob,
  post: Post<InstalledMessage>,
  opening = NO_STORE,
): Promise<void> {
  const { origin, layers, files } = job;
  // The page aborts by terminating the thread.
  const { signal } = new AbortController();
  const tell = throttled((bytes: number) => post({ type: 'progress', bytes }));
  const builder = new InstalledBuilder();
  let atHand = true;
  let before = 0;
  try {
    for (const { access, descriptor, plan, stretches } of layers) {
      const { place } = await openPlace({ origin, access }, opening, tellWaits(post));
      const blob = (await place.blob?.(descriptor)) ?? null;
      atHand &&= blob !== null;
      const content = blob === null ? place : contentOf(blob);
      const gathered: { readonly id: number; readonly bytes: Bytes }[] = [];
      const through = new WholeFiles(plan, (id, bytes) => gathered.push({ id, bytes }));
      const onStep = () => tell(before + through.bytes);
      await goThrough(content, descriptor, through, plan.compression, stretches, onStep, signal);
      for (const { id, bytes } of gathered) {
        for (const { role, path } of files.get(id)!) await builder.add(role, path, bytes);
      }
      before += through.bytes;
    }
    const installed = builder.finish();
    post({ type: 'done', installed, atHand }, [installed.paths.buffer, installed.ends.buffer]);
  } catch (error) {
    post(endingOf(error));
  }
}
