/** From what a person dropped to the images in it. What it is, its bytes decide, never its name. */
import { fail, Problem } from '../../base/problem.ts';
import { SNIFF_LENGTH, sniff, type Compression } from '../../formats/compression.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive, LocalFiles } from './archive.ts';
import { findImages } from './find-images.ts';
import { FolderFiles } from './folder-files.ts';
import { LOOK_LENGTH, looksLike } from './looks-like.ts';
import { readRootFilesystem } from './root-filesystem.ts';
import { checkNames, TarFiles } from './tar-files.ts';
import { unpackFile } from './unpack-file.ts';

/**
 * Recognises a file or a folder. Nothing of it is copied but what has to be unpacked first. Fails with `not-an-image`,
 * `malformed`, `not-found` for what the archive should hold (or the file, once it is gone), `digest-mismatch`,
 * `unsupported`, `too-large`, `quota`.
 */
export async function openArchive(files: LocalFiles, options: ArchiveOptions): Promise<Archive> {
  const { name } = files.kind === 'file' ? files.file : files;
  try {
    return files.kind === 'file' ? await openFile(files.file, options) : await openFolder(files, options);
  } catch (error) {
    // It was moved, deleted or changed since it was picked (File API, section 7.1).
    if (error instanceof DOMException && GONE.has(error.name)) {
      fail({ code: 'not-found', what: 'file', name }, { cause: error });
    }
    throw error;
  }
}

const GONE: ReadonlySet<string> = new Set(['NotFoundError', 'NotReadableError']);

async function openFolder(
  { name, files }: LocalFiles & { readonly kind: 'folder' },
  options: ArchiveOptions,
): Promise<Archive> {
  options.signal.throwIfAborted();
  const archive = await findImages(new FolderFiles(files), options);
  const looks = files.size === 0 ? 'empty-folder' : 'folder';
  return archive ?? fail({ code: 'not-an-image', name, looksLike: looks });
}

async function openFile(file: File, options: ArchiveOptions): Promise<Archive> {
  options.signal.throwIfAborted();
  const { name } = file;
  const compression = recognise(await headOf(file), name);
  if (compression === 'none') return openTar(file, name, options);
  const check = (head: Uint8Array) => {
    const inner = recognise(head, name);
    if (inner !== 'none') {
      fail({ code: 'unsupported', what: 'compression', name: `${inner} within ${compression}` });
    }
  };
  const { tar, isWhole } = await unpackFile(file, compression, check, options);
  const archive = await openTar(tar, name, options);
  if (isWhole || archive.remarks.some(({ kind }) => kind === 'truncated')) return archive;
  return { ...archive, remarks: [{ kind: 'truncated', length: tar.size }, ...archive.remarks] };
}

async function headOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(0, LOOK_LENGTH).arrayBuffer());
}

/** How a file that may be a tar is compressed. Fails with `not-an-image`. */
function recognise(head: Uint8Array, name: string): Compression {
  const looks = looksLike(head, 'unknown');
  // It would be taken for a tar: an ISO image begins with zeros, as an empty tar does.
  if (looks === 'empty' || looks === 'iso') fail({ code: 'not-an-image', name, looksLike: looks });
  try {
    return sniff(head.subarray(0, SNIFF_LENGTH));
  } catch (error) {
    if (!(error instanceof Problem) || error.failure.code !== 'unsupported') throw error;
    const compression = error.failure.name;
    // These say little: two bytes make zlib, and text may begin with them.
    const isGuess = compression.startsWith('unknown') || compression === 'zlib';
    return fail(
      { code: 'not-an-image', name, looksLike: looksLike(head, isGuess ? null : compression) },
      { cause: error },
    );
  }
}

async function openTar(tar: Blob, name: string, options: ArchiveOptions): Promise<Archive> {
  const { signal, onProgress } = options;
  const files = await TarFiles.read(tar, {
    signal,
    onProgress: (done) => onProgress({ step: 'reading', done, total: tar.size }),
  });
  if (files.entries === 0) {
    if (files.truncatedAt !== null) {
      fail({ code: 'malformed', format: 'tar', reason: 'truncated', offset: files.truncatedAt });
    }
    fail({ code: 'not-an-image', name, looksLike: tar.size > LARGEST_EMPTY_TAR ? 'unknown' : 'empty-tar' });
  }
  const archive = await findImages(files, options);
  if (archive === null) return readRootFilesystem(files, options);
  checkNames(files);
  return archive;
}

/** Bytes. Tools fill a tar up to a whole record, 10 KiB unless told otherwise; what is larger and zeros is no tar. */
const LARGEST_EMPTY_TAR = 1024 * 1024;
