/** Hands a file that is made piece by piece to the browser: to the disk as it comes where the browser lets a page do that. */
import { NewFile, type Destination } from '../sources/browser/new-file.ts';
import { handOver } from './download.ts';
import { ASK_ABOVE } from './save-file.ts';

/** File System Access (WICG): Chromium has it. */
interface Picker {
  showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** WICG, File System Access: Chromium has it. */
interface Removable {
  remove?(): Promise<void>;
}

/** A writer that was ended with its thread holds the file for a moment longer. Milliseconds, and how often. */
const HELD_MS = 100;
const TRIES = 20;

/**
 * Asks the person where a file of about `size` bytes is to go, if that is too much to be held before it is handed over;
 * null for the downloads. To be called in answer to a click, before anything else is waited for. Rejects with an AbortError
 * where the person thinks better of it.
 */
export function askWhere(name: string, size: number): Promise<Destination> {
  const picker = globalThis as Picker;
  if (size <= ASK_ABOVE || picker.showSaveFilePicker === undefined) return Promise.resolve(null);
  return picker.showSaveFilePicker({ suggestedName: name });
}

/** Takes away what `askWhere` made and nothing came of: the browser makes an empty file when it asks. Never rejects. */
export async function letGo(to: FileSystemFileHandle): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    try {
      await (to as Removable).remove?.();
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return;
      await new Promise((resolve) => setTimeout(resolve, HELD_MS));
    }
  }
}

/** Rejects as the stream does, and with the signal's reason; then there is no file. */
export async function saveStream(
  stream: ReadableStream<Uint8Array>,
  name: string,
  to: Destination,
  signal: AbortSignal,
): Promise<void> {
  const file = await NewFile.begin(to);
  try {
    const writing = new WritableStream<Uint8Array>({
      async write(bytes) {
        file.push(bytes);
        if (file.isFull) await file.flush();
      },
    });
    await stream.pipeTo(writing, { signal });
    const blob = await file.end();
    if (blob !== null) handOver(blob, name);
  } catch (error) {
    await file.abandon();
    if (to !== null) await letGo(to);
    throw error;
  }
}
