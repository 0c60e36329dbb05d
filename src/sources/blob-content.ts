import type { Content } from './source.ts';

/** A blob that is at hand, as the content that it is: it stays so, whatever becomes of where it is kept. */
export function contentOf(blob: Blob): Content {
  return {
    open: async (_, { range }) => (range ? blob.slice(range.start, range.end) : blob).stream(),
  };
}
