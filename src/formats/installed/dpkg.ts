/** dpkg's database: `status` (dpkg-query(1)), the files `status.d/*` of images without dpkg, and what lists a package's paths. */
import { linesOf, PathList } from './path-list.ts';
import { boundPackages, packageOf, type Package } from './installed.ts';
import { stanzasOf, type Stanza } from './stanzas.ts';
import type { Bytes } from '../../base/bytes.ts';

const SLASH = 0x2f;
const DOT = 0x2e;

export interface DpkgPackage {
  readonly it: Package;
  /** What its list is called, without `.list`: dpkg adds the architecture where several may be there. */
  readonly lists: readonly string[];
}

/** Those that are installed: what was removed and left its settings is none. */
export function readDpkgStatus(bytes: Uint8Array): DpkgPackage[] {
  const packages: DpkgPackage[] = [];
  for (const stanza of stanzasOf(bytes)) {
    const name = stanza.get('package');
    const status = stanza.get('status');
    if (name === undefined || name === '') continue;
    // `want flag state`; status.d says none, and means it.
    if (status !== undefined && status.split(' ')[2] !== 'installed') continue;
    const architecture = stanza.get('architecture') ?? '';
    boundPackages(packages.length + 1);
    packages.push({ it: packageIn(stanza, name, architecture), lists: [`${name}:${architecture}`, name] });
  }
  return packages;
}

function packageIn(stanza: Stanza, name: string, architecture: string): Package {
  return packageOf('deb', {
    name,
    version: stanza.get('version') ?? '',
    architecture,
    summary: (stanza.get('description') ?? '').split('\n')[0]!,
    maintainer: stanza.get('maintainer') ?? '',
    homepage: stanza.get('homepage') ?? '',
    source: stanza.get('source') ?? '',
  });
}

/** `/.` and a path a line, a folder before what is in it; folders with nothing in them are taken for files. */
export function readDpkgList(bytes: Uint8Array): Bytes {
  const paths = new PathList();
  let last: Uint8Array = new Uint8Array(0);
  for (const line of linesOf(bytes)) {
    if (last.length > 0 && !isIn(line, last)) paths.add(last);
    last = line[0] === SLASH && !(line.length === 2 && line[1] === DOT) ? line : line.subarray(0, 0);
  }
  paths.add(last);
  return paths.all();
}

function isIn(path: Uint8Array, folder: Uint8Array): boolean {
  if (path.length <= folder.length || path[folder.length] !== SLASH) return false;
  for (let i = folder.length - 1; i >= 0; i--) if (path[i] !== folder[i]) return false;
  return true;
}

/** `<32 hexadecimal digits>  <path from the root>` a line. */
export function readMd5sums(bytes: Uint8Array): Bytes {
  const paths = new PathList();
  for (const line of linesOf(bytes)) if (line[32] === 0x20) paths.add(line.subarray(34));
  return paths.all();
}
