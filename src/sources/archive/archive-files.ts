/** The files of an archive by their paths, whether it is a tar or a folder. */
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';
import type { Remark } from './archive.ts';

/** What paths that lead to the same content have in common: what was read of it once need not be read again. */
export type ContentPlace = number | string;

export interface ArchiveFile {
  /** Bytes, as its entry has them. */
  readonly size: number;
  /** Null where the archive ends before it does. */
  readonly blob: Blob | null;
  readonly place: ContentPlace;
}

export interface ArchiveFiles {
  /** The file at `path` (as `entryPath` has it), links followed; null where there is none. */
  find(path: string): ArchiveFile | null;
  /** A folder of the machine, and no tar. */
  readonly isFolder: boolean;
  /** Of all files and links; of a tar in its order, of a folder in none that means anything. */
  readonly paths: Iterable<string>;
  /** How long the archive is, where it ends in the middle; else null. */
  readonly truncatedAt: number | null;
  readonly remarks: readonly Remark[];
}

/**
 * The whole of a small file that the archive must have. Fails with `not-found`, with `malformed` where the archive ends
 * before the file does, and with `too-large` past `limit` bytes.
 */
export async function readFile(files: ArchiveFiles, path: string, limit: number): Promise<Bytes> {
  const file = files.find(path) ?? fail({ code: 'not-found', what: 'blob', name: path });
  const { size, blob } = file;
  if (size > limit) fail({ code: 'too-large', what: path.slice(0, 256), limit, actual: size });
  if (blob === null) {
    const offset = files.truncatedAt ?? 0;
    return fail({ code: 'malformed', format: 'tar', reason: `truncated within ${path}`, offset });
  }
  return new Uint8Array(await blob.arrayBuffer());
}

/** The same files, seen from `folder`: those outside it are not there. */
export function filesBelow(files: ArchiveFiles, folder: string): ArchiveFiles {
  if (folder === '') return files;
  const { isFolder, truncatedAt, remarks } = files;
  const prefix = `${folder}/`;
  const paths = Array.from(files.paths)
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
  return { find: (path) => files.find(prefix + path), isFolder, paths, truncatedAt, remarks };
}
