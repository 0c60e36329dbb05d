/** What the browser is given as files, where there is no browser. */
import { afterEach, beforeEach } from 'vitest';

/** By its name, as it comes; anew for each test of the file or the `describe` that this is called in. */
export function handedOver(): readonly (readonly [name: string, blob: Blob])[] {
  const given: [name: string, blob: Blob][] = [];
  const { createObjectURL } = URL;
  beforeEach(() => {
    given.length = 0;
    let last: Blob | null = null;
    URL.createObjectURL = (blob) => {
      last = blob as Blob;
      return 'blob:none';
    };
    const anchor = { href: '', download: '', click: () => given.push([anchor.download, last!]) };
    Object.assign(globalThis, { document: { createElement: () => anchor } });
  });
  afterEach(() => {
    URL.createObjectURL = createObjectURL;
    delete (globalThis as { document?: unknown }).document;
  });
  return given;
}
