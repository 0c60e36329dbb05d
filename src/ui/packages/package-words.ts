/** Words for packages. */
import type { PackageType } from '../../formats/installed/installed.ts';

/** Whose packages they are. */
export const TYPE_NAMES: Readonly<Record<PackageType, string>> = {
  deb: 'Debian',
  apk: 'Alpine',
  rpm: 'RPM',
  pypi: 'Python',
  npm: 'Node.js',
};
