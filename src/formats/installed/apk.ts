/** apk's database of what is installed (wiki.alpinelinux.org/wiki/Apk_spec): `X:value` a line, an empty one ends a package. */
import { concat, readable, utf8 } from '../../base/bytes.ts';
import { boundPackages, packageOf, type PackageFiles } from './installed.ts';
import { linesOf, PathList, PathRoom } from './path-list.ts';

const SLASH = utf8('/');
const COLON = 0x3a;
/** Bytes of a field. */
const MAX_FIELD = 64 * 1024;

export function readApkDatabase(bytes: Uint8Array): PackageFiles[] {
  const packages: PackageFiles[] = [];
  let fields = new Map<string, string>();
  const room = new PathRoom();
  let paths = new PathList(room);
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
      boundPackages(packages.length + 1);
      packages.push({ it, paths: paths.all() });
    }
    fields = new Map();
    paths = new PathList(room);
    folder = new Uint8Array(0);
  };
  for (const line of linesOf(bytes)) {
    if (line.length === 0) finish();
    if (line[1] !== COLON) continue;
    const key = String.fromCharCode(line[0]!);
    const value = line.subarray(2);
    // A folder, from the root; then the files in it, by their names.
    if (key === 'F') folder = value.length === 0 ? value : concat([value, SLASH]);
    else if (key === 'R') paths.add(value, folder);
    else if (!fields.has(key)) fields.set(key, readable(value.subarray(0, MAX_FIELD)));
  }
  finish();
  return packages;
}
