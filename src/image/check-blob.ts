import type { Descriptor } from '../formats/descriptor.ts';
import type { Content } from '../sources/source.ts';
import { verified } from '../sources/verified.ts';

/** Reads a blob to its end, keeping nothing of it. Fails as the source does, and with `size-mismatch`, `digest-mismatch`. */
export async function checkBlob(
  content: Content,
  descriptor: Descriptor,
  signal: AbortSignal,
  onProgress: (received: number) => void,
): Promise<void> {
  const stream = await content.open(descriptor, { signal, fleeting: true });
  const reader = verified(stream, descriptor, 'blob').getReader();
  let received = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    onProgress((received += value.length));
  }
  await content.seal?.(descriptor);
}
