import type { ArchiveFile, ArchiveFiles } from './archive-files.ts';
import { entryPath } from './entry-path.ts';

/** A folder as the browser gives it. There are no links in it: the browser has followed them, or left them out. */
export class FolderFiles implements ArchiveFiles {
  readonly #files = new Map<string, File>();
  readonly isFolder = true;
  readonly truncatedAt = null;
  readonly remarks = [];

  constructor(files: ReadonlyMap<string, File>) {
    for (const [name, file] of files) {
      const path = entryPath(name);
      if (path !== null) this.#files.set(path, file);
    }
  }

  get paths(): Iterable<string> {
    return this.#files.keys();
  }

  find(path: string): ArchiveFile | null {
    const file = this.#files.get(path);
    return file === undefined ? null : { size: file.size, blob: file, place: path };
  }
}
