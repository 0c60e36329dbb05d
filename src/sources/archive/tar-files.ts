/** A tar as an index of names to places in its Blob: only its headers are read. */
import { readable } from '../../base/bytes.ts';
import { fail, Problem } from '../../base/problem.ts';
import type { SparseExtent, TarEntry } from '../../formats/tar/entry.ts';
import { hopThrough, type HopOptions } from '../../formats/tar/hop.ts';
import { TarParser } from '../../formats/tar/parser.ts';
import type { ArchiveFile, ArchiveFiles } from './archive-files.ts';
import type { Remark } from './archive.ts';
import { entryPath, linkedPath } from './entry-path.ts';
import { sparseBlob } from './sparse-blob.ts';

/** Names that are kept. An image has hundreds; a root filesystem with more is shown all the same, it needs none. */
export const MAX_NAMES = 1_000_000;

/** Characters of all of them: what the names may take of memory, some bytes each. */
const MAX_NAME_CHARS = 64 * 1024 * 1024;

/** Links that are followed, as Linux has it (MAXSYMLINKS). */
const MAX_LINKS = 40;

/** Remarks of one archive: nobody reads more. */
const MAX_REMARKS = 100;

interface Place {
  readonly start: number;
  /** Bytes that the tar holds of it. */
  readonly stored: number;
  readonly size: number;
  readonly sparse: readonly SparseExtent[] | null;
}

/** A path that stands for another; null where that leads out of the archive. */
interface Link {
  readonly to: string | null;
}

export class TarFiles implements ArchiveFiles {
  readonly isFolder = false;
  readonly #tar: Blob;
  readonly #places = new Map<string, Place | Link>();
  readonly #remarks: Remark[] = [];
  #chars = 0;
  #links = 0;
  /** Where the last whole entry ends, with its padding. */
  #wholeEnd = 0;
  #entries = 0;
  #overflow = false;
  #truncated = false;

  private constructor(tar: Blob) {
    this.#tar = tar;
  }

  /**
   * Reads the headers of `tar`. One that ends in the middle is read as far as it goes. Fails with `malformed` or
   * `too-large` for any other damage.
   */
  static async read(tar: Blob, options: HopOptions): Promise<TarFiles> {
    const files = new TarFiles(tar);
    try {
      await hopThrough(tar, new TarParser((entry) => files.#add(entry)), options);
    } catch (error) {
      if (!isTruncated(error)) throw error;
      files.#truncated = true;
      files.#remarks.push({ kind: 'truncated', length: tar.size });
    }
    return files;
  }

  get paths(): Iterable<string> {
    return this.#places.keys();
  }

  /** Entries of all kinds. */
  get entries(): number {
    return this.#entries;
  }

  /** More names than are kept: what `find` does not find may be there. */
  get overflow(): boolean {
    return this.#overflow;
  }

  get truncatedAt(): number | null {
    return this.#truncated ? this.#tar.size : null;
  }

  get remarks(): readonly Remark[] {
    return this.#remarks;
  }

  /** The tar without the entry that it ends in. */
  get whole(): Blob {
    return this.#truncated ? this.#tar.slice(0, this.#wholeEnd) : this.#tar;
  }

  find(path: string): ArchiveFile | null {
    let at: string | null = path;
    for (let links = 0; at !== null && links <= MAX_LINKS; links++) {
      const place = this.#places.get(at);
      if (place === undefined) at = this.#throughFolders(at);
      else if ('to' in place) at = place.to;
      else return this.#open(place);
    }
    return null;
  }

  /** A path whose first folder that is a link was followed; null where there is none. */
  #throughFolders(path: string): string | null {
    if (this.#links === 0) return null;
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const place = this.#places.get(path.slice(0, slash));
      if (place === undefined) continue;
      return 'to' in place && place.to !== null ? entryPath(place.to + path.slice(slash)) : null;
    }
    return null;
  }

  #open({ start, stored, size, sparse }: Place): ArchiveFile {
    const end = start + stored;
    if (end > this.#tar.size) return { size, blob: null, place: start };
    const data = this.#tar.slice(start, end);
    return { size, blob: sparse === null ? data : sparseBlob(data, sparse, size), place: start };
  }

  #add(entry: TarEntry): void {
    this.#entries++;
    const { dataOffset, dataSize } = entry;
    const end = dataOffset + Math.ceil(dataSize / 512) * 512;
    // The padding of the last entry may be missing.
    if (dataOffset + dataSize <= this.#tar.size) this.#wholeEnd = Math.min(end, this.#tar.size);

    const name = readable(entry.name);
    const path = entryPath(name);
    if (path === null) {
      this.#remark({ kind: 'outside', name });
      return;
    }
    switch (entry.type) {
      case '0':
        this.#put(path, { start: dataOffset, stored: dataSize, size: entry.size, sparse: entry.sparse });
        return;
      case '1':
        this.#link(path, name, entryPath(readable(entry.linkname)));
        return;
      case '2':
        this.#link(path, name, linkedPath(path, readable(entry.linkname)));
        return;
      default:
        // Folders, devices and the like; what stood there before does not any more.
        this.#places.delete(path);
    }
  }

  #link(path: string, name: string, to: string | null): void {
    if (to === null) this.#remark({ kind: 'outside', name });
    // To itself: tar writes that for a file that it was told twice. It changes nothing.
    if (to === path) return;
    this.#links++;
    this.#put(path, { to });
  }

  #put(path: string, place: Place | Link): void {
    const known = this.#places.has(path);
    if (known) this.#remark({ kind: 'duplicate-entry', name: path });
    else {
      if (this.#places.size >= MAX_NAMES || this.#chars + path.length > MAX_NAME_CHARS) {
        this.#overflow = true;
        return;
      }
      this.#chars += path.length;
    }
    this.#places.set(path, place);
  }

  #remark(remark: Remark): void {
    if (this.#remarks.length < MAX_REMARKS) this.#remarks.push(remark);
  }
}

/** Fails with `too-large` where an image may have files that were not kept. */
export function checkNames(files: TarFiles): void {
  if (files.overflow) {
    fail({ code: 'too-large', what: 'entries', limit: MAX_NAMES, actual: files.entries });
  }
}

function isTruncated(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const { failure } = error;
  return failure.code === 'malformed' && failure.format === 'tar' && failure.reason === 'truncated';
}
