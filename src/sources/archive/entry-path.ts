/** Names in an archive, as paths from its root. */

/** Linux's PATH_MAX. The files of an image have names of some hundred characters; a longer one is none of them. */
const MAX_LENGTH = 4096;

/**
 * `name` without `.`, empty parts and a leading slash, `..` taken back; the empty text is the root itself. Null where it
 * climbs out of the root, or is too long to be the name of anything that we look for.
 */
export function entryPath(name: string): string | null {
  if (name.length > MAX_LENGTH) return null;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** Where the target of a symbolic link at `path` leads, by the same rules; an absolute one starts at the root. */
export function linkedPath(path: string, target: string): string | null {
  if (target.startsWith('/')) return entryPath(target);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return entryPath(folder + target);
}
