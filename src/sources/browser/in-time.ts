/**
 * Milliseconds. In Chromium 156 a Blob made of Blobs whose files were removed (the site's data was cleared while it was
 * open) never answers, in whatever way it is read; a disk that takes longer than that is as good as none.
 */
export const READ_LIMIT = 5000;

/** What `reading` comes to; rejects where that takes longer than `READ_LIMIT`. */
export async function inTime<T>(reading: Promise<T>): Promise<T> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), READ_LIMIT);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
