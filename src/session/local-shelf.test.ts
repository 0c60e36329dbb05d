import { describe, expect, it } from 'vitest';
import type { Archive, LocalFiles } from '../sources/archive/archive.ts';
import { LocalShelf, mayBeCalled } from './local-shelf.ts';

const file = (name: string, content: string, lastModified = 1): LocalFiles => ({
  kind: 'file',
  file: new File([content], name, { lastModified }),
});
const folder = (name: string): LocalFiles => ({ kind: 'folder', name, files: new Map() });
const ARCHIVE: Archive = {
  form: 'oci-layout',
  made: 'nothing',
  images: [],
  blobs: new Map(),
  remarks: [],
};

describe('the shelf of local files', () => {
  it('gives every file a name of its own, and the same file its old one', () => {
    const shelf = new LocalShelf();
    const names = [
      file('a.tar', 'x'),
      file('a.tar', 'longer'),
      file('a.tar', 'x', 2),
      file('a.tar', 'x'),
      file('a.tar~2', 'longer'),
      folder('a'),
      folder('a'),
      file('', ''),
    ].map((files) => shelf.put(files));
    expect(names).toEqual(['a.tar', 'a.tar~2', 'a.tar~3', 'a.tar', 'a.tar~2~2', 'a', 'a~2', 'file']);
    for (const [i, of] of ['a.tar', 'a.tar', 'a.tar', 'a.tar', 'a.tar~2', 'a', 'a', 'file'].entries())
      expect(mayBeCalled(of, names[i]!)).toBe(true);
    expect(mayBeCalled('a.tar', 'b.tar')).toBe(false);
    expect(mayBeCalled('a.tar', 'a.tar~x')).toBe(false);
  });

  it('keeps what was recognised until the file is given anew or that is forgotten', () => {
    const shelf = new LocalShelf();
    const id = shelf.put(file('a.tar', 'x'));
    expect(shelf.get(id)?.archive).toBeNull();
    shelf.recognised(id, ARCHIVE);
    expect(shelf.put(file('a.tar', 'x'))).toBe(id);
    expect(shelf.get(id)?.archive).toBe(ARCHIVE);
    shelf.forget(id);
    expect(shelf.get(id)?.archive).toBeNull();
    shelf.recognised(id, ARCHIVE);
    shelf.putAs(id, file('a.tar', 'other'));
    expect(shelf.get(id)?.archive).toBeNull();
    expect(shelf.get('__proto__')).toBeNull();
  });
});
