/** A plain tar that is at hand (a local file): its headers say what it holds, and nothing else is read at first. */
import { fail } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest } from '../formats/digest.ts';
import { hashBlob } from '../sources/hash-blob.ts';
import { failSize } from '../sources/verified.ts';
import { checkDiffId, diffIdAlgorithm } from './diff-id.ts';
import type { IndexLayerOptions } from './indexing.ts';
import { LayerTable } from './layer-table.ts';

/** Nothing is checked yet but the size. */
export interface Surveyed {
  readonly kind: 'surveyed';
}

/** Indexes the tar. What is wrong with it is told only where its digest is right. */
export async function surveyLayer(
  blob: Blob,
  descriptor: Descriptor,
  { signal, onProgress, onIndexed }: IndexLayerOptions,
): Promise<Surveyed> {
  if (blob.size !== descriptor.size) failSize(descriptor, 'layer', blob.size);
  const table = new LayerTable();
  await table.hop(blob, {
    signal,
    onProgress: (offset) => onProgress({ received: offset, unpacked: offset, entries: table.entries }),
  });
  if (table.problem !== null) await checkBlob(blob, descriptor, signal);
  onIndexed({ index: table.index('none', blob.size), seekPoints: null });
  return { kind: 'surveyed' };
}

/** Reads all of it. The diff ID of what was surveyed; fails with `digest-mismatch`. */
export async function checkSurveyed(
  blob: Blob,
  descriptor: Descriptor,
  diffId: Digest | null,
  signal: AbortSignal,
): Promise<Digest> {
  const digest = await checkBlob(blob, descriptor, signal);
  const algorithm = diffIdAlgorithm(diffId);
  const same = algorithm === algorithmOf(digest);
  const actual = same ? digest : await hashBlob(blob, algorithm, { signal });
  checkDiffId(actual, diffId);
  return actual;
}

async function checkBlob(blob: Blob, { digest }: Descriptor, signal: AbortSignal): Promise<Digest> {
  const actual = await hashBlob(blob, algorithmOf(digest), { signal });
  if (actual === digest) return digest;
  return fail({ code: 'digest-mismatch', subject: 'layer', expected: digest, actual });
}
