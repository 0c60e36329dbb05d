/** Signing in before anybody has asked who we are. */
import { fail, Problem, type Failure } from '../base/problem.ts';
import { parseReference } from '../formats/reference.ts';
import type { Credentials } from '../sources/access.ts';
import { PATIENCE } from '../sources/http/patience.ts';
import { checkSignIn } from '../sources/registry/check-sign-in.ts';
import { reachOf, type Route } from '../sources/registry/reach.ts';
import type { Keyring, KeptFor } from './keyring.svelte.ts';

/** A person looks on: twice, and then it is used when it is asked for. */
const BRIEF = { ...PATIENCE, tries: 2, longest: 3000 };

/** `unasked`: the registry lets everybody in, so that nothing was checked. Else why it could not be used, or checked. */
export type Attempt = 'accepted' | 'unasked' | Failure;

/** The domain that a person typed, as references have it: `https://index.docker.io/` is `docker.io`. Fails with `bad-reference`. */
export function domainOf(text: string): string {
  const domain = text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/s, '');
  try {
    const { registry } = parseReference(`${domain}/x`);
    // A single word is a repository of Docker Hub, and no host.
    if (registry !== 'docker.io' || /^(?:index\.)?docker\.io$/.test(domain)) return registry;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  return fail({ code: 'bad-reference', input: text, at: 0, fault: domain === '' ? 'empty' : 'bad-domain' });
}

/** Tries them at whoever answers for `registry` on that route, and puts them on `keyring` for that one unless they are wrong. */
export async function attempt(
  keyring: Keyring,
  registry: string,
  route: Route,
  credentials: Credentials,
  kept: KeptFor,
  signal: AbortSignal,
): Promise<Attempt> {
  const { host } = reachOf(registry, route);
  keyring.set(host, credentials, kept);
  try {
    return await checkSignIn(registry, { registry: host, credentials, tokens: [], route }, signal, BRIEF);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.failure.code === 'unauthorized') keyring.refuse(host);
    return error.failure;
  }
}
