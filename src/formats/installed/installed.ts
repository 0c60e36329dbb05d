/** What package managers write down of what they installed, in one shape whoever wrote it. */
import type { Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';

/** The types of package URLs (purl-spec): dpkg, apk, rpm, pip and its like, npm and its like. */
export type PackageType = 'deb' | 'apk' | 'rpm' | 'pypi' | 'npm';

export interface Package {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** Empty where it does not say. So are all that follow. */
  readonly architecture: string;
  readonly summary: string;
  readonly licence: string;
  /** Of a person or a company. */
  readonly maintainer: string;
  readonly homepage: string;
  /** The source package, where it has another name or version. */
  readonly source: string;
}

/** A package, and the paths that it says are its own. */
export interface PackageFiles {
  readonly it: Package;
  /**
   * Absolute, each with a zero after it. One that ends with a slash claims all below that no other path claims; folders that
   * are only said to be there are left out where the database tells them apart.
   */
  readonly paths: Bytes;
}

/** Packages of one database. The largest images have some ten thousand. */
const MAX_PACKAGES = 200_000;

/** Fails with `too-large` where a database has more packages than any has. */
export function boundPackages(count: number): void {
  if (count > MAX_PACKAGES)
    fail({ code: 'too-large', what: 'database of packages', limit: MAX_PACKAGES, actual: count });
}

/** Characters of a field that are kept. */
const MAX_FIELD = 1024;

/** A package of which nothing but this is known. */
export function packageOf(
  type: PackageType,
  said: Partial<Omit<Package, 'type'>> & { readonly name: string },
): Package {
  const text = (value: string | undefined) => (value ?? '').trim().slice(0, MAX_FIELD);
  return {
    type,
    name: text(said.name),
    version: text(said.version),
    architecture: text(said.architecture),
    summary: text(said.summary),
    licence: text(said.licence),
    maintainer: text(said.maintainer),
    homepage: text(said.homepage),
    source: text(said.source),
  };
}
