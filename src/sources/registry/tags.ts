/** Names that a registry lists: the tags of a repository, and its repositories (distribution-spec v1.1, "Listing Tags"). */
import { fail } from '../../base/problem.ts';
import { parseJson } from '../../formats/json.ts';
import { readBody } from '../http/body.ts';
import { failureOf, readErrors, type Asked } from './errors.ts';

/** Names of a page. More is refused by some ("pagination number invalid"), and cut to 100 by others. */
const PAGE_SIZE = 1000;
/** Bytes. A registry that knows no pages sends all of them at once. */
const PAGE_LIMIT = 16 * 1024 * 1024;
/** Pages. A registry may say "next" for ever. */
const MAX_PAGES = 200;

/** A list of the API: its address, and where in an answer its names stand. */
export interface NameList {
  readonly url: string;
  readonly key: 'tags' | 'repositories';
}

/**
 * Names in the registry's order, page by page, each once. `Link` is followed where it can be read (it must be exposed for
 * that); else each page is asked for by the last name of the one before, until one brings nothing new.
 */
export async function* namePages(
  { url: list, key }: NameList,
  send: (url: string) => Promise<Response>,
  asked: Asked,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  let url = `${list}?n=${PAGE_SIZE}`;
  let hasLinks = false;
  for (let page = 0; page < MAX_PAGES; page++) {
    const response = await send(url);
    if (!response.ok) {
      const errors = await readErrors(response, signal);
      // It allows less to a page than we asked for.
      if (response.status === 400 && page === 0 && url !== list) {
        url = list;
        continue;
      }
      return fail(failureOf(response, errors, asked));
    }
    const json = parseJson(await readBody(response, 'tags', PAGE_LIMIT, signal), 'tags', PAGE_LIMIT);
    // Null where there are none: Go's way.
    const names = json.get(key).optional((it) => it.strings()) ?? [];
    const fresh = [...new Set(names)].filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    yield fresh;
    const last = names.at(-1);
    if (fresh.length === 0 || last === undefined) return;
    const next = nextLink(response.headers.get('Link'), url, list);
    // They can be read, and here is none any more.
    if (hasLinks && next === null) return;
    hasLinks = next !== null;
    url = next ?? `${list}?n=${PAGE_SIZE}&last=${encodeURIComponent(last)}`;
  }
}

/**
 * The target of `rel="next"` (RFC 8288), or null where there is none that we follow: it has to be the same list. Some
 * registries behind a proxy write a scheme, a host or a path of their own in front; only the query counts.
 */
export function nextLink(header: string | null, url: string, list: string): string | null {
  // A link's parameters end at the next `<`: it stands in no value that a registry writes, and each is read once.
  const found = header === null ? null : /<([^<>]{1,4096})>\s*;[^,<]*\brel="?next"?/i.exec(header);
  if (found === null || !URL.canParse(found[1]!, url)) return null;
  const { pathname, search } = new URL(found[1]!, url);
  const own = new URL(list).pathname;
  return pathname.endsWith(own.slice(Math.max(0, own.indexOf('/v2/')))) && search !== ''
    ? list + search
    : null;
}
