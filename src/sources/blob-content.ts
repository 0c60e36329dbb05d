import type { Descriptor } from '../formats/descriptor.ts';
import type { Content } from './source.ts';

/** A blob that is at hand, as the content that it is: it stays so, whatever becomes of where it is kept. */
export function contentOf(blob: Blob): Content {
  return {
    open: async (_, { range }) => (range ? blob.slice(range.start, range.end) : blob).stream(),
  };
}

/** The blob by itself where `content` has all of it at hand, else `content`. */
export async function atHand(content: Content, what: Descriptor): Promise<Content> {
  const blob = (await content.blob?.(what)) ?? null;
  return blob === null ? content : contentOf(blob);
}
