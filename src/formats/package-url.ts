/** Package URLs (purl-spec), as far as they name images, or say what a package is. */
import { Problem } from '../base/problem.ts';
import { isDigest } from './digest.ts';
import { parseReference, printFamiliar } from './reference.ts';

/** `deb` of `pkg:deb/debian/adduser@3.134`; empty for what is no package URL. */
export function packageType(url: string): string {
  return /^pkg:\/{0,2}([A-Za-z][A-Za-z0-9.+-]{0,63})\//.exec(url)?.[1]?.toLowerCase() ?? '';
}

/**
 * The reference of the image that a package URL (`pkg:docker/…`, `pkg:oci/…`) or `docker://…` names, pinned where it or
 * `digest` says to what. Null where it names none.
 */
export function imageOfUrl(url: string, digest: string | null = null): string | null {
  const plain = /^(?:docker|oci|docker-image):\/\/(.+)$/.exec(url)?.[1];
  if (plain !== undefined) return referenceOf(plain, null, digest);
  const type = packageType(url);
  if (type !== 'docker' && type !== 'oci') return null;
  const [path = '', query = ''] = url.split('#')[0]!.split(/\?(.*)/s);
  const qualifiers = new URLSearchParams(query.replaceAll('+', '%2B'));
  const match = /^pkg:\/{0,2}[^/]+\/([^@]+)(?:@(.+))?$/.exec(path);
  if (match === null) return null;
  const name = decoded(match[1]!);
  const version = decoded(match[2] ?? '');
  const pinned = isDigest(version) ? version : (qualifiers.get('digest') ?? digest);
  const tag = isDigest(version) ? qualifiers.get('tag') : version || qualifiers.get('tag');
  // `pkg:oci` has the last part of the repository for a name, and the whole of it beside that.
  const repository = type === 'oci' ? qualifiers.get('repository_url') : null;
  const host = type === 'docker' ? qualifiers.get('repository_url') : null;
  return referenceOf(repository ?? (host === null ? name : `${host}/${name}`), tag || null, pinned);
}

function referenceOf(name: string, tag: string | null, digest: string | null): string | null {
  const pin = digest !== null && isDigest(digest) && !name.includes('@') ? `@${digest}` : '';
  try {
    return printFamiliar(parseReference(`${name}${tag === null ? '' : `:${tag}`}${pin}`));
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
