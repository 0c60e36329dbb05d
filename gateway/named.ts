/** Registries of this machine or its network that may be asked, as they are named on the command line. */
import { isDomain } from '../src/formats/reference.ts';
import { apiOrigin } from '../src/sources/registry/api-host.ts';

/**
 * The domain of each, and the origin that it is spoken to at: `registry.lan:5000` (https), `http://registry.lan:5000`.
 * Null where `text` names none.
 */
export function namedRegistry(text: string): readonly [registry: string, origin: string] | null {
  const [, scheme = '', registry = ''] = /^(?:(https?):\/\/)?([^/]+)\/?$/.exec(text) ?? [];
  if (!isDomain(registry) || !URL.canParse(`https://${registry}`)) return null;
  return [registry, scheme === '' ? apiOrigin(registry) : new URL(`${scheme}://${registry}`).origin];
}

/** Of a list with commas or spaces between; fails with an Error that says which one is wrong. */
export function namedRegistries(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts
      .flatMap((text) => text.split(/[\s,]+/))
      .filter((text) => text !== '')
      .map((text) => namedRegistry(text) ?? refuse(text)),
  );
}

function refuse(text: string): never {
  throw new Error(`not a registry: ${text} (write host:port, or http://host:port)`);
}
