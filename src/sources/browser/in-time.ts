/**
 * Milliseconds. In Chromium 156 a Blob of IndexedDB never answers once the site's data was cleared while it was held: not
 * as a stream, and one that is made of such Blobs in no way at all. A disk that takes longer is as good as none.
 */
export const READ_LIMIT = 5000;

/** What `reading` comes to; rejects with a TimeoutError where that takes longer than `limit` milliseconds. */
export async function inTime<T>(reading: Promise<T>, limit = READ_LIMIT): Promise<T> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), limit);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
