/** One layer, from the bytes of its blob to an index. */
import { fail, isMismatch, Problem } from '../base/problem.ts';
import { peek, piecesOf } from '../base/streams.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../formats/compression.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { algorithmOf, type Digest } from '../formats/digest.ts';
import { createHash, isHashedAsItComes } from '../formats/hash.ts';
import { isEncrypted } from '../formats/media-type.ts';
import { createUnpacker } from '../formats/unpack.ts';
import type { Content } from '../sources/source.ts';
import { verified } from '../sources/verified.ts';
import { checkDiffId, diffIdAlgorithm } from './diff-id.ts';
import { checkLooked, lookAtLayer, type Looked } from './first-look.ts';
import { PIECE, type IndexLayerOptions, type Keep } from './indexing.ts';
import { LayerTable } from './layer-table.ts';
import { checkSurveyed, surveyLayer, type Surveyed } from './survey.ts';

export interface ReadOptions extends IndexLayerOptions {
  /** The blob is right; what it returns is waited for at the end. */
  readonly onVerified?: () => Promise<void> | undefined;
}

/** All agrees: the blob with its descriptor, and what it unpacks to with the diff ID, where one is known. */
export interface Checked {
  readonly kind: 'checked';
  readonly diffId: Digest;
}

/** What has been made sure of when a layer was indexed; `checkLayer` does the rest. */
export type Outcome = Checked | Looked | Surveyed;

/**
 * Indexes a layer, in the way that shows it soonest (image-spec v1.1, config.md, "Layer DiffID"):
 *
 *   a plain tar at hand            its headers alone are read; all checks are left             `surveyed`
 *   compressed, in `keep.blob`     the blob is kept and checked, the diff ID is not            `looked`
 *   anything else                  one pass, as a stream: memory does not grow with the layer  `checked`
 *
 * Fails as the source does, and with `size-mismatch`, `digest-mismatch`, `unsupported`, `malformed`, `too-large`.
 */
export async function indexLayer(
  content: Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Outcome> {
  const { mediaType } = descriptor;
  if (isEncrypted(mediaType)) fail({ code: 'unsupported', what: 'encryption', name: mediaType });
  try {
    return await readOnce(content, descriptor, diffId, options);
  } catch (error) {
    // Where some of it was kept and has been damaged since, the place has it still.
    if (!isWrongBlob(error) || (await content.drop?.(descriptor)) !== true) throw error;
    return readOnce(content, descriptor, diffId, options);
  }
}

function isWrongBlob(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const { failure } = error;
  // What was kept may also be such that nobody knows what it is.
  return (isMismatch(failure) && failure.subject === 'layer') || failure.code === 'unsupported';
}

async function readOnce(
  content: Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  options: IndexLayerOptions,
): Promise<Outcome> {
  const stream = await content.open(descriptor, { signal: options.signal, fleeting: true });
  const { head, whole } = await peek(stream, SNIFF_LENGTH);
  const letGo = () => void whole.cancel().catch(() => {});
  let compression: Compression;
  try {
    compression = sniff(head.subarray(0, SNIFF_LENGTH));
  } catch (error) {
    letGo();
    throw error;
  }
  if (compression === 'none') {
    const blob = (await content.blob?.(descriptor)) ?? null;
    if (blob !== null) {
      letGo();
      return surveyLayer(blob, descriptor, options);
    }
  }
  if (compression !== 'none' && isKept(content, descriptor, options.keep)) {
    // The size is claimed, but within `keep.blob`; and memory is taken only as it is written to.
    const blob = new Uint8Array(descriptor.size);
    content.hold?.(descriptor, blob);
    return lookAtLayer(whole, blob, compression, descriptor, diffId, options);
  }
  const sealing = { ...options, onVerified: () => content.seal?.(descriptor) };
  return readLayer(whole, compression, descriptor, diffId, sealing);
}

/** It is to be put down later, hashed whole, or read from soon; else there is no use for it. */
function isKept(content: Content, { size }: Descriptor, { blob, forFile }: Keep): boolean {
  if (size > blob) return false;
  return content.keep !== undefined || forFile === true || !isHashedAsItComes('sha256');
}

/** What `outcome` left to be checked, and so its diff ID. Fails with `digest-mismatch`. */
export async function checkLayer(
  content: Content,
  descriptor: Descriptor,
  diffId: Digest | null,
  outcome: Exclude<Outcome, Checked>,
  signal: AbortSignal,
): Promise<Digest> {
  if (outcome.kind === 'looked') return checkLooked(outcome, diffId);
  const blob =
    (await content.blob?.(descriptor)) ?? fail({ code: 'not-found', what: 'blob', name: descriptor.digest });
  return checkSurveyed(blob, descriptor, diffId, signal);
}

/** One pass: fetched, hashed, unpacked, hashed, indexed. */
async function readLayer(
  stream: ReadableStream<Uint8Array>,
  compression: Compression,
  descriptor: Descriptor,
  diffId: Digest | null,
  { onProgress, onIndexed, onVerified }: ReadOptions,
): Promise<Checked> {
  // The bytes of a plain tar are those of the blob: they are hashed once where one algorithm serves both.
  const same = compression === 'none' && algorithmOf(descriptor.digest) === diffIdAlgorithm(diffId);
  const hash = same ? null : createHash(diffIdAlgorithm(diffId));
  const table = new LayerTable();
  const unpacker = createUnpacker(compression, (bytes) => {
    hash?.update(bytes);
    table.push(bytes);
  });
  let received = 0;
  for await (const piece of piecesOf(verified(stream, descriptor, 'layer'), PIECE)) {
    received += piece.length;
    table.attempt(() => unpacker.push(piece));
    onProgress({ received, unpacked: unpacker.produced, entries: table.entries });
  }
  const sealed = onVerified?.();
  table.attempt(() => unpacker.end());
  table.end();
  const index = table.index(compression, unpacker.produced);
  onIndexed({ index, seekPoints: unpacker.seekPoints() });
  const actual = hash?.digest() ?? descriptor.digest;
  checkDiffId(actual, diffId);
  await sealed;
  return { kind: 'checked', diffId: actual };
}
