/** A sparse file of a tar as a Blob that reads like the file: its data are slices, its holes share one Blob of zeros. */
import { fail } from '../../base/problem.ts';
import type { SparseExtent } from '../../formats/tar/entry.ts';

/** Bytes of one piece of a hole. */
const ZEROS = 4 * 1024 * 1024;

/** Pieces of one such Blob, 16 GiB of holes: each costs the browser some hundred bytes, whatever it stands for. */
const MAX_PIECES = 4096;

/** `data` holds the extents back to back. Fails with `too-large` where it would be of too many pieces. */
export function sparseBlob(data: Blob, extents: readonly SparseExtent[], size: number): Blob {
  const pieces: Blob[] = [];
  const zeros = new Blob([new Uint8Array(Math.min(ZEROS, size))]);
  const add = (piece: Blob) => {
    if (pieces.push(piece) > MAX_PIECES) {
      fail({ code: 'too-large', what: 'pieces of a sparse file', limit: MAX_PIECES });
    }
  };
  let at = 0;
  const fillTo = (end: number) => {
    for (; at < end; at += Math.min(ZEROS, end - at)) {
      add(end - at >= zeros.size ? zeros : zeros.slice(0, end - at));
    }
  };
  let taken = 0;
  for (const { offset, length } of extents) {
    fillTo(offset);
    if (length > 0) add(data.slice(taken, taken + length));
    taken += length;
    at = offset + length;
  }
  fillTo(size);
  return new Blob(pieces);
}
