/** What other tools call an installed package. */
import type { Package } from './installed.ts';

/** The namespace that distributions without an `ID` of their own are filed under. */
const VENDORS: ReadonlyMap<string, string> = new Map([
  ['deb', 'debian'],
  ['apk', 'alpine'],
  ['rpm', 'redhat'],
]);

/**
 * Its package URL (purl-spec, types deb, apk, rpm, pypi, npm). `system`: ID and VERSION_ID of os-release(5), each may be
 * empty.
 */
export function packageUrl(
  it: Package,
  system: { readonly id: string; readonly version: string } | null,
): string {
  const vendor = VENDORS.get(it.type);
  if (vendor === undefined) return `pkg:${it.type}/${nameOf(it)}${versionOf(it.version)}`;
  const id = (system?.id ?? '') || vendor;
  // An epoch is a qualifier of rpm's, and part of the version of the others.
  const epoch = it.type === 'rpm' ? /^(\d+):(.*)$/s.exec(it.version) : null;
  const qualifiers = [
    ['arch', it.architecture],
    ['distro', system === null || system.version === '' ? '' : `${id}-${system.version}`],
    ['epoch', epoch?.[1] ?? ''],
  ]
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${encoded(value!)}`);
  const query = qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`;
  return `pkg:${it.type}/${encoded(id)}/${encoded(it.name)}${versionOf(epoch?.[2] ?? it.version)}${query}`;
}

/** npm's scope is a namespace; PyPI's names are lower case, with dashes. */
function nameOf({ type, name }: Package): string {
  if (type === 'pypi') return encoded(name.toLowerCase().replaceAll('_', '-'));
  return name.split('/').map(encoded).join('/');
}

const versionOf = (version: string) => (version === '' ? '' : `@${encoded(version)}`);

/** Percent-encoded, but for what may stand so: letters, digits, `.`, `-`, `_`, `~` and the colon. */
const encoded = (text: string) =>
  encodeURIComponent(text.replace(LONE, '\ufffd'))
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, escaped);

/** Half of a character, as JSON may have it. */
const LONE = /\p{Surrogate}/gu;

const escaped = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
