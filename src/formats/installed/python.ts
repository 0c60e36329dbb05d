/** What pip and its like write beside what they install (packaging.python.org, "Recording installed projects"; PEP 376 before). */
import { readable, type Bytes } from '../../base/bytes.ts';
import { packageOf, type Package } from './installed.ts';
import { linesOf, PathList, PathRoom } from './path-list.ts';
import { stanzasOf } from './stanzas.ts';

/** `METADATA`, or `PKG-INFO` of an egg. Null where it names nothing. */
export function readPythonMetadata(bytes: Uint8Array): Package | null {
  // The description follows as a body, after an empty line.
  const [stanza] = stanzasOf(bytes);
  const name = stanza?.get('name') ?? '';
  if (stanza === undefined || name === '') return null;
  return packageOf('pypi', {
    name,
    version: stanza.get('version') ?? '',
    summary: stanza.get('summary') ?? '',
    licence: stanza.get('license-expression') ?? oneLine(stanza.get('license') ?? ''),
    maintainer: stanza.get('author') ?? stanza.get('author-email') ?? '',
    homepage: stanza.get('home-page') ?? '',
  });
}

/** Some put the whole text of their licence there. */
const oneLine = (text: string) => text.split('\n')[0]!;

/** `RECORD`: path, hash and size, as CSV (RFC 4180). `folder`: what the paths are relative to, absolute, without a slash at its end. */
export function readPythonRecord(bytes: Uint8Array, folder: string, room = new PathRoom()): Bytes {
  const paths = new PathList(room);
  for (const line of linesOf(bytes)) {
    const text = readable(line);
    const path = text.startsWith('"') ? quoted(text) : (text.split(',')[0] ?? '');
    if (path !== '') paths.add(path.startsWith('/') ? path : `${folder}/${path}`);
  }
  return paths.all();
}

/** Up to a quote that is no pair of them. */
function quoted(text: string): string {
  let path = '';
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '"' && text[++at] !== '"') break;
    path += text[at];
  }
  return path;
}
