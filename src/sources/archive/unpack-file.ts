/** A file that is compressed as a whole: unpacked once, as a stream, so that any part of it can be read. */
import { Problem } from '../../base/problem.ts';
import { SNIFF_LENGTH } from '../../formats/compression.ts';
import { createUnpacker } from '../../formats/unpack.ts';
import { Scratch } from '../browser/scratch.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { unpackedSize } from './unpacked-size.ts';

/** Bytes that are kept in memory; what is larger goes into the browser's storage. */
const MEMORY_LIMIT = 64 * 1024 * 1024;

/** Bytes of one read of the file. */
const READ = 1024 * 1024;

/**
 * Bytes that are unpacked at once while they go into memory: 32 KiB of gzip are 32 MiB at most, 2 KiB of zstd 64 MiB (see
 * unpacker.ts). What goes into storage needs no such bound.
 */
const SMALL_PIECE = { gzip: 32 * 1024, zstd: 2 * 1024 } as const;
const PIECE = 64 * 1024;

/**
 * `check` gets the first bytes that come out, and fails where the rest is not wanted. `isWhole` is false for a file that
 * ends too early: what could be unpacked is there. Fails with `malformed`, `unsupported`, and with `quota` where there is
 * no room, before it begins if that can be told.
 */
export async function unpackFile(
  file: Blob,
  compression: 'gzip' | 'zstd',
  check: (head: Uint8Array) => void,
  { signal, onProgress }: ArchiveOptions,
): Promise<{ tar: Blob; isWhole: boolean }> {
  const needed = await unpackedSize(file, compression);
  const scratch = new Scratch(MEMORY_LIMIT);
  try {
    await scratch.reserve(needed);
    let head: Uint8Array | null = new Uint8Array(0);
    const unpacker = createUnpacker(compression, (bytes) => {
      scratch.write(bytes);
      if (head === null) return;
      head = joined(head, bytes.subarray(0, SNIFF_LENGTH - head.length));
      if (head.length < SNIFF_LENGTH) return;
      check(head);
      head = null;
    });
    for (let at = 0; at < file.size; at += READ) {
      const chunk = new Uint8Array(await file.slice(at, at + READ).arrayBuffer());
      for (let start = 0; start < chunk.length;) {
        signal.throwIfAborted();
        const length = scratch.isStored ? PIECE : SMALL_PIECE[compression];
        unpacker.push(chunk.subarray(start, start + length));
        start += length;
        if (scratch.isFull) await scratch.spill();
      }
      onProgress({ step: 'unpacking', done: at + chunk.length, total: file.size });
    }
    const isWhole = endsWell(() => unpacker.end());
    if (head !== null) check(head);
    return { tar: await scratch.finish(), isWhole };
  } catch (error) {
    await scratch.discard();
    throw error;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function endsWell(end: () => void): boolean {
  try {
    end();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.failure.code === 'malformed') return false;
    throw error;
  }
}
