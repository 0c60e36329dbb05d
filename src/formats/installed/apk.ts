/** apk's database of what is installed (wiki.alpinelinux.org/wiki/Apk_spec): `X:value` a line, an empty one ends a package. */
import { concat, readable, utf8 } from '../../base/bytes.ts';
import { packageOf, type PackageFiles } from './installed.ts';
import { linesOf, PathList } from './path-list.ts';

const SLASH = utf8('/');
const COLON = 0x3a;

export function readApkDatabase(bytes: Uint8Array): PackageFiles[] {
  const packages: PackageFiles[] = [];
  let fields = new Map<string, string>();
  let paths = new PathList();
  let folder: Uint8Array = new Uint8Array(0);
  const finish = () => {
    const name = fields.get('P') ?? '';
    const origin = fields.get('o') ?? '';
    if (name !== '') {
      const it = packageOf('apk', {
        name,
        version: fields.get('V') ?? '',
        architecture: fields.get('A') ?? '',
        summary: fields.get('T') ?? '',
        licence: fields.get('L') ?? '',
        maintainer: fields.get('m') ?? '',
        homepage: fields.get('U') ?? '',
        source: origin === name ? '' : origin,
      });
      packages.push({ it, paths: paths.all() });
    }
    fields = new Map();
    paths = new PathList();
    folder = new Uint8Array(0);
  };
  for (const line of linesOf(bytes)) {
    if (line.length === 0) finish();
    if (line[1] !== COLON) continue;
    const key = String.fromCharCode(line[0]!);
    const value = line.subarray(2);
    // A folder, from the root; then the files in it, by their names.
    if (key === 'F') folder = value;
    else if (key === 'R') paths.add(folder.length === 0 ? value : concat([folder, SLASH, value]));
    else if (!fields.has(key)) fields.set(key, readable(value));
  }
  finish();
  return packages;
}
