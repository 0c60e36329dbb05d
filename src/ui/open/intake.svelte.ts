/** What a person drops, pastes or picks, until it is one file or one folder that can be opened. */
import { createContext } from 'svelte';
import { isAbort } from '../../base/abort.ts';
import { Problem } from '../../base/problem.ts';
import { MOST_FILES, type LocalFiles } from '../../sources/archive/archive.ts';
import { filesBelow, pickedFolder } from './dropped-folder.ts';
import { systemPicker } from './system-pickers.ts';
import { wholeNumber } from '../shared/quantity.ts';

/** The inputs that open the pickers of the system. */
export interface Pickers {
  readonly file: HTMLInputElement;
  readonly folder: HTMLInputElement;
}

/** `handle`: what the browser can know it by later; null where it cannot. */
export type Open = (files: LocalFiles, handle?: Promise<FileSystemHandle | null>) => void;

/** File System Access (WICG), "drag-and-drop": the types of a page do not have it. */
interface HandledItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

const ONE_AT_A_TIME = 'One at a time: drop one tarball, or one folder.';
const GONE = 'The file could not be read. Was it moved, or may the browser not read it?';
const UNREADABLE = 'The browser may not read this folder. Try “Open a folder”, or drop the tarball itself.';

export class Intake {
  readonly #open: Open;
  #pickers: Pickers | null = null;
  #running = new AbortController();
  /** The browser has pickers that give handles, and does not let this page have them. */
  #hasNoHandles = false;
  #notice = $state('');
  #listing: { readonly name: string; readonly count: number } | null = $state.raw(null);

  constructor(open: Open) {
    this.#open = open;
  }

  /** Why nothing was opened; empty where there is nothing to say. */
  get notice(): string {
    return this.#notice;
  }
  /** The dropped folder that is being listed, and its files so far. */
  get listing(): { readonly name: string; readonly count: number } | null {
    return this.#listing;
  }

  /** From now on `pick` opens these; until the returned function is called. */
  offer(pickers: Pickers): () => void {
    this.#pickers = pickers;
    return () => {
      if (this.#pickers === pickers) this.#pickers = null;
    };
  }
  pick(): void {
    this.#pickers?.file.click();
  }
  pickFolder(): void {
    this.#pickers?.folder.click();
  }

  /** Of a click on an input: true where another picker opens in its place, which tells what the browser can know again. */
  takeClick(kind: 'file' | 'folder'): boolean {
    const picker = this.#hasNoHandles ? null : systemPicker(kind);
    if (picker !== null) void this.#pickHandle(kind, picker);
    return picker !== null;
  }

  async #pickHandle(kind: 'file' | 'folder', picker: () => Promise<FileSystemHandle>): Promise<void> {
    this.dismiss();
    let handle: FileSystemHandle;
    try {
      handle = await picker();
    } catch (error) {
      if (isAbort(error)) return;
      // In a frame of another site, for one.
      this.#hasNoHandles = true;
      this.#pickers?.[kind].click();
      return;
    }
    const { name } = handle;
    this.dismiss();
    const { signal } = this.#running;
    if (kind === 'folder') this.#listing = { name, count: 0 };
    try {
      const { readHandle } = await import('../../sources/browser/handles.ts');
      const onCount = (count: number) => (this.#listing = { name, count });
      const files = await readHandle(handle, { signal, onCount });
      this.dismiss();
      if (files === null) this.#notice = UNREADABLE;
      else this.#open(files, Promise.resolve(handle));
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.dismiss();
      if (!(error instanceof Problem)) throw error;
      this.#notice = error.failure.code === 'too-large' ? tooMany() : kind === 'file' ? GONE : UNREADABLE;
    }
  }

  /** Forgets what was said, and stops what is being listed. */
  dismiss(): void {
    this.#running.abort(new DOMException('not wanted any more', 'AbortError'));
    this.#running = new AbortController();
    this.#notice = '';
    this.#listing = null;
  }

  takeFiles(files: readonly File[], handle?: Promise<FileSystemHandle | null>): void {
    this.dismiss();
    const [file, ...others] = files;
    if (others.length > 0) this.#notice = ONE_AT_A_TIME;
    else if (file !== undefined) this.#open({ kind: 'file', file }, handle);
  }

  takePicked(picked: readonly File[]): void {
    this.dismiss();
    if (picked.length > MOST_FILES) this.#notice = tooMany();
    else if (picked.length > 0) this.#open({ kind: 'folder', ...pickedFolder(picked) });
  }

  /** Of a drop or a paste. False where it holds no files. */
  takeTransfer(transfer: DataTransfer): boolean {
    // Both only live as long as the event.
    const items = [...transfer.items].filter(({ kind }) => kind === 'file');
    const entries = items.map((item) => item.webkitGetAsEntry());
    const files = [...transfer.files];
    const handle = items.length === 1 ? handleOf(items[0]!) : undefined;
    if (items.length === 0 && files.length === 0) return false;
    const folder = entries.find((entry) => entry?.isDirectory);
    if (folder && items.length === 1) void this.#list(folder as FileSystemDirectoryEntry, handle);
    else if (folder) {
      this.dismiss();
      this.#notice = ONE_AT_A_TIME;
    } else this.takeFiles(files, handle);
    return true;
  }

  async #list(
    folder: FileSystemDirectoryEntry,
    handle: Promise<FileSystemHandle | null> | undefined,
  ): Promise<void> {
    this.dismiss();
    const { signal } = this.#running;
    const { name } = folder;
    this.#listing = { name, count: 0 };
    try {
      const files = await filesBelow(folder, signal, (count) => (this.#listing = { name, count }));
      this.dismiss();
      this.#open({ kind: 'folder', name, files }, handle);
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.dismiss();
      this.#notice = error instanceof Problem ? tooMany() : UNREADABLE;
    }
  }
}

/** Null where the browser does not say, as for what a program made up. */
function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> | undefined {
  const { getAsFileSystemHandle } = item as HandledItem;
  return getAsFileSystemHandle?.call(item).catch(() => null);
}

function tooMany(): string {
  return `This folder has more than ${wholeNumber(MOST_FILES)} files. Open the folder of the image itself.`;
}

/** The one Intake, for every component below App. */
export const [getIntake, setIntake] = createContext<Intake>();
