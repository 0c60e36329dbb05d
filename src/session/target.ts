/** From what the address names to where it lives. */
import { unreachable } from '../base/assert.ts';
import { fail } from '../base/problem.ts';
import { isDomain, parseReference } from '../formats/reference.ts';
import type { LayoutOrigin, Origin } from '../sources/origin.ts';
import type { Target } from './address.ts';

/**
 * Fails with `bad-reference` or `bad-address`. `base`: what a relative URL of a layout is relative to; `home`: the registry
 * of names that have none.
 */
export function originOf(target: Target, base: string, home?: string): Origin {
  switch (target.kind) {
    case 'image':
      return { kind: 'registry', ...parseReference(target.reference, home) };
    case 'layout':
      return layoutOrigin(target.url, target.name, base);
    case 'local':
      return target;
    case 'tags': {
      const { registry, repository } = parseReference(target.repository, home);
      return { kind: 'registry', registry, repository, tag: 'latest' };
    }
    case 'catalog': {
      const registry = target.registry;
      if (!isDomain(registry)) fail({ code: 'bad-address', input: registry, reason: 'not-a-registry' });
      return { kind: 'registry', registry, repository: '' };
    }
    default:
      return unreachable(target);
  }
}

function layoutOrigin(text: string, name: string | undefined, base: string): LayoutOrigin {
  const refuse = (reason: string) => fail({ code: 'bad-address', input: text, reason });
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return refuse('not-a-url');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('not-http');
  // A link must not make the browser send a name and a password to anyone.
  if (url.username !== '' || url.password !== '') refuse('has-credentials');
  if (url.search !== '') refuse('has-query');
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { kind: 'layout', url: url.href, ...(name !== undefined && { name }) };
}

/** What the user gave, as text. */
export function askedFor(target: Target): string {
  switch (target.kind) {
    case 'image':
      return target.reference;
    case 'layout':
      return target.url;
    case 'local':
      return target.file;
    case 'tags':
      return target.repository;
    case 'catalog':
      return target.registry;
    default:
      return unreachable(target);
  }
}
