/** All bytes of a file, for what the browser draws or plays itself. */
import type { FileReading } from '../../session/file-reading.ts';
import type { ShownFile } from './shown-file.ts';

/** As a Blob of a type that we chose. Browsers put large ones to disk. `onProgress`: bytes so far. */
export async function wholeFile(
  files: FileReading,
  { node, all, size }: ShownFile,
  mediaType: string,
  signal: AbortSignal,
  onProgress: (bytes: number) => void = () => {},
): Promise<Blob> {
  if (all !== null) return new Blob([all], { type: mediaType });
  const parts: Blob[] = [];
  let received = 0;
  await files.stream(node, { start: 0, end: size }, signal, (bytes) => {
    received += bytes.length;
    parts.push(new Blob([bytes]));
    onProgress(received);
  });
  return new Blob(parts, { type: mediaType });
}
