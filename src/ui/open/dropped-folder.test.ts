import { describe, expect, it } from 'vitest';
import { Problem } from '../../base/problem.ts';
import { MOST_FILES } from '../../sources/archive/archive.ts';
import { filesBelow, pickedFolder } from './dropped-folder.ts';

/** A browser's folder: `tree` has contents by name, folders by name, null for a link to nowhere. */
interface Tree {
  readonly [name: string]: string | Tree | null;
}

/** Chromium's: a hundred at a time. */
const AT_A_TIME = 100;

function folderOf(tree: Tree): FileSystemDirectoryEntry {
  const entries = Object.entries(tree).map(([name, is]) =>
    is !== null && typeof is === 'object'
      ? Object.assign(folderOf(is), { name })
      : ({
          name,
          isDirectory: false,
          file: (resolve: (file: File) => void, reject: (error: DOMException) => void) => {
            if (is === null) reject(new DOMException('no such file', 'NotFoundError'));
            else resolve(new File([is], name));
          },
        } as unknown as FileSystemEntry),
  );
  const createReader = () => {
    let at = 0;
    const readEntries = (resolve: (entries: FileSystemEntry[]) => void) => {
      queueMicrotask(() => resolve(entries.slice(at, (at += AT_A_TIME))));
    };
    return { readEntries };
  };
  return { name: '', isDirectory: true, createReader } as unknown as FileSystemDirectoryEntry;
}

const many = (count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, `${i}`]));

describe('a dropped folder', () => {
  it('is listed to its end, whatever the browser gives at a time', async () => {
    const counts: number[] = [];
    const tree = { 'oci-layout': 'x', gone: null, empty: {}, blobs: { sha256: many(250) } };
    const files = await filesBelow(folderOf(tree), new AbortController().signal, (n) => counts.push(n));
    expect(files.size).toBe(251);
    expect(await files.get('blobs/sha256/f249')?.text()).toBe('249');
    expect([...files.keys()].filter((path) => !path.startsWith('blobs/'))).toEqual(['oci-layout']);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(251);
  });

  it('with too many files is left alone', async () => {
    // A folder that never ends.
    const endless = {
      name: '',
      isDirectory: true,
      createReader: () => ({
        readEntries: (resolve: (entries: FileSystemEntry[]) => void) =>
          queueMicrotask(() => resolve(Array.from({ length: 10_000 }, () => endless))),
      }),
    } as unknown as FileSystemDirectoryEntry & FileSystemEntry;
    const listing = filesBelow(endless, new AbortController().signal, () => {});
    await expect(listing).rejects.toThrow(Problem);
    await expect(listing).rejects.toMatchObject({ failure: { code: 'too-large', limit: MOST_FILES } });
  });

  it('is not listed any further when nobody wants it', async () => {
    const stop = new AbortController();
    const listing = filesBelow(folderOf(many(1000)), stop.signal, () => stop.abort());
    await expect(listing).rejects.toThrow('aborted');
  });
});

it('a picked folder is the same as a dropped one', () => {
  const picked = ['app/oci-layout', 'app/blobs/sha256/00'].map((webkitRelativePath) =>
    Object.assign(new File([], 'x'), { webkitRelativePath }),
  );
  const { name, files } = pickedFolder(picked);
  expect([name, ...files.keys()]).toEqual(['app', 'oci-layout', 'blobs/sha256/00']);
});
