/** The files and folders that this tab was given: readable while it lives, and recognised once. */
import type { Archive, LocalFiles } from '../sources/archive/archive.ts';

export interface Shelved {
  readonly files: LocalFiles;
  /** Null until it was recognised, which may mean unpacking the whole of it. */
  readonly archive: Archive | null;
}

export class LocalShelf {
  readonly #shelved = new Map<string, Shelved>();

  /**
   * What the address calls `files` from now on: their name, with a number (`app.tar~2`) where that means another file
   * already. The same file, given twice, is one.
   */
  put(files: LocalFiles): string {
    const name = nameOf(files);
    for (let i = 1; ; i++) {
      const id = i === 1 ? name : `${name}~${i}`;
      const there = this.#shelved.get(id);
      if (there !== undefined && !isSame(there.files, files)) continue;
      if (there === undefined) this.#shelved.set(id, { files, archive: null });
      return id;
    }
  }

  /** Under a name that a link has already. */
  putAs(id: string, files: LocalFiles): void {
    this.#shelved.set(id, { files, archive: null });
  }

  get(id: string): Shelved | null {
    return this.#shelved.get(id) ?? null;
  }

  recognised(id: string, archive: Archive): void {
    const there = this.#shelved.get(id);
    if (there !== undefined) this.#shelved.set(id, { ...there, archive });
  }

  /** What was recognised is forgotten: the file may be another one by now. */
  forget(id: string): void {
    const there = this.#shelved.get(id);
    if (there !== undefined) this.#shelved.set(id, { ...there, archive: null });
  }
}

export function nameOf(files: LocalFiles): string {
  const name = files.kind === 'file' ? files.file.name : files.name;
  // A link cannot name nothing.
  return name === '' ? 'file' : name;
}

/** Whether `put` may have called files of this name so. */
export function mayBeCalled(name: string, id: string): boolean {
  return id === name || (id.startsWith(`${name}~`) && /^\d+$/.test(id.slice(name.length + 1)));
}

/** A folder tells nothing of when it was changed: it is read anew each time that it is given. */
function isSame(a: LocalFiles, b: LocalFiles): boolean {
  return (
    a.kind === 'file' &&
    b.kind === 'file' &&
    a.file.name === b.file.name &&
    a.file.size === b.file.size &&
    a.file.lastModified === b.file.lastModified
  );
}
