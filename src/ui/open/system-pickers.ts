/**
 * The pickers that give a handle: what was picked can be read again another day (WICG File System Access). Chromium has
 * them; elsewhere an input of the page does, whose files are gone with the tab.
 */

interface Picking {
  showOpenFilePicker?(): Promise<readonly FileSystemHandle[]>;
  showDirectoryPicker?(): Promise<FileSystemHandle>;
}

/** Null where the browser has none. It rejects with an `AbortError` where the person picks nothing. */
export function systemPicker(kind: 'file' | 'folder'): (() => Promise<FileSystemHandle>) | null {
  const picking = window as Picking;
  if (kind === 'folder') {
    if (picking.showDirectoryPicker === undefined) return null;
    return () => picking.showDirectoryPicker!();
  }
  if (picking.showOpenFilePicker === undefined) return null;
  return async () => (await picking.showOpenFilePicker!())[0]!;
}
