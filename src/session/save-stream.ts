/** Hands a stream to the browser as a file: to the disk as it comes where the browser lets a page do that. */
import { handOver } from './download.ts';
import { ASK_ABOVE } from './save-file.ts';

/** File System Access (WICG): Chromium has it. */
interface Picker {
  showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** What has come is given to the browser in Blobs of so many bytes, which it may put to disk. */
const SPILL = 16 * 1024 * 1024;

/** Where to. To be asked for in answer to a click, before anything else is waited for. */
export type Destination = FileSystemFileHandle | null;

/**
 * Asks the person where a file of about `size` bytes is to go, if that is too much to be held before it is handed over;
 * null for the downloads. Rejects with an AbortError where the person thinks better of it.
 */
export function askWhere(name: string, size: number): Promise<Destination> {
  const picker = globalThis as Picker;
  if (size <= ASK_ABOVE || picker.showSaveFilePicker === undefined) return Promise.resolve(null);
  return picker.showSaveFilePicker({ suggestedName: name });
}

/** Rejects as the stream does, and with the signal's reason; then there is no file. */
export async function saveStream(
  stream: ReadableStream<Uint8Array>,
  name: string,
  to: Destination,
  signal: AbortSignal,
): Promise<void> {
  if (to !== null) {
    await stream.pipeTo(await to.createWritable(), { signal });
    return;
  }
  const blobs: Blob[] = [];
  let pieces: BlobPart[] = [];
  let held = 0;
  const spill = () => {
    blobs.push(new Blob(pieces));
    pieces = [];
    held = 0;
  };
  const gathering = new WritableStream<Uint8Array>({
    write(bytes) {
      pieces.push(bytes as Uint8Array<ArrayBuffer>);
      held += bytes.length;
      if (held >= SPILL) spill();
    },
  });
  await stream.pipeTo(gathering, { signal });
  spill();
  handOver(new Blob(blobs, { type: 'application/x-tar' }), name);
}
