/** Hands the bytes of a file to the browser, as they come where it can write to the disk itself. */
import type { Bytes } from '../base/bytes.ts';
import { handOver } from './download.ts';

/** The File System Access API, where there is one (Chromium): `window.showSaveFilePicker`. */
interface Picker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{
    createWritable(): Promise<{
      write(data: Blob): Promise<void>;
      close(): Promise<void>;
      abort(reason?: unknown): Promise<void>;
    }>;
    /** Chromium. */
    remove?(): Promise<void>;
  }>;
}

/** Up to here a file goes to the downloads without a question: browsers hold it easily. Bytes. */
export const ASK_ABOVE = 256 * 1024 * 1024;

/**
 * `produce` gives the bytes in order. They become Blobs at once, which browsers put to disk where memory is short. Call it
 * from a click: the question where to save needs one. Rejects as `produce` does, and with an AbortError where the person
 * thinks better of it; what was written of the file is gone then.
 */
export async function saveFile(
  name: string,
  size: number,
  produce: (onBytes: (bytes: Bytes) => void) => Promise<unknown>,
): Promise<void> {
  const picker = globalThis as Picker;
  if (size <= ASK_ABOVE || picker.showSaveFilePicker === undefined) {
    const parts: Blob[] = [];
    await produce((bytes) => parts.push(new Blob([bytes])));
    // No type: what is in an image must never be opened by the browser on this page's behalf.
    const whole = new Blob(parts, { type: 'application/octet-stream' });
    checkSize(whole.size, size);
    handOver(whole, name);
    return;
  }
  const handle = await picker.showSaveFilePicker({ suggestedName: name });
  const writable = await handle.createWritable();
  try {
    let written = 0;
    let last: Promise<void> = Promise.resolve();
    await produce((bytes) => {
      written += bytes.length;
      const blob = new Blob([bytes]);
      last = last.then(() => writable.write(blob));
      // It is awaited at the end; until then a full disk is no unhandled rejection.
      last.catch(() => {});
    });
    await last;
    checkSize(written, size);
    await writable.close();
  } catch (error) {
    await writable.abort(error).catch(() => {});
    // The browser makes an empty file when it asks where to.
    await handle.remove?.().catch(() => {});
    throw error;
  }
}

function checkSize(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`bug: ${actual} bytes of a file of ${expected}`);
}
