/** A dropped folder, file by file (File and Directory Entries API). */
import { fail } from '../../base/problem.ts';
import { MOST_FILES } from '../../sources/archive/archive.ts';

/**
 * All files below `folder`, by their path relative to it. `onCount` hears how many there are by now. Fails with
 * `too-large` (`files`) past MOST_FILES, and with a DOMException where the system lets nobody read.
 */
export async function filesBelow(
  folder: FileSystemDirectoryEntry,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  const waiting: { readonly entry: FileSystemDirectoryEntry; readonly path: string }[] = [
    { entry: folder, path: '' },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { entry, path } = next;
    const reader = entry.createReader();
    for (;;) {
      signal.throwIfAborted();
      // Chromium gives a hundred at a time; only an empty answer is the end (section 7.3, readEntries).
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
        reader.readEntries(resolve, reject);
      });
      if (some.length === 0) break;
      const found = some.map(async (each) => {
        const name = `${path}${each.name}`;
        if (each.isDirectory) waiting.push({ entry: each as FileSystemDirectoryEntry, path: `${name}/` });
        else {
          const file = await fileOf(each as FileSystemFileEntry);
          if (file !== null) files.set(name, file);
        }
      });
      await Promise.all(found);
      if (files.size + waiting.length > MOST_FILES) {
        fail({ code: 'too-large', what: 'files', limit: MOST_FILES, actual: files.size });
      }
      signal.throwIfAborted();
      onCount(files.size);
    }
  }
  return files;
}

/** Null where it is gone: a link to nowhere, or deleted meanwhile. Whoever needs it will miss it by name. */
function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, (error) => (error.name === 'NotFoundError' ? resolve(null) : reject(error)));
  });
}

/** A picked folder (`webkitdirectory`): the browser has walked it already, and put its name before every path. */
export function pickedFolder(picked: readonly File[]): { name: string; files: Map<string, File> } {
  const files = new Map<string, File>();
  let name = '';
  for (const file of picked) {
    const path = file.webkitRelativePath;
    const slash = path.indexOf('/');
    name = path.slice(0, slash);
    files.set(path.slice(slash + 1), file);
  }
  return { name, files };
}
