/** Getting a bearer token (distribution, docs/content/spec/auth/token.md). */
import { toBase64, utf8 } from '../../base/bytes.ts';
import { fail, Problem, type Failure } from '../../base/problem.ts';
import { parseJson } from '../../formats/json.ts';
import type { Credentials } from '../access.ts';
import { publicUrl, readDocument } from '../http/body.ts';
import type { Patience } from '../http/patience.ts';
import { request } from '../http/request.ts';
import { isLoopback } from './api-host.ts';
import type { Challenge } from './challenge.ts';
import { failureOf, readErrors } from './errors.ts';
import { refuseGatewayFault } from './gateway-fault.ts';
import type { Reach } from './reach.ts';

/** Bytes. Tokens of some cloud registries are several kilobytes of signed claims. */
const TOKEN_BODY_LIMIT = 256 * 1024;
/** Seconds, where the answer does not say (token.md, "expires_in"). */
const DEFAULT_LIFETIME = 60;
/** Seconds. Longer than anyone keeps a page open; keeps the sum below what a Date holds. */
const MAX_LIFETIME = 7 * 24 * 3600;
/** The part of its life that a token is used for: the rest is for slow clocks and requests on their way. */
const USED_LIFE = 0.8;

export interface Token {
  readonly token: string;
  /** Milliseconds since 1970, by our own clock. */
  readonly expires: number;
}

/** Who asks, of whom. */
export interface TokenRequest {
  readonly reach: Reach;
  readonly challenge: Challenge;
  /** Used where the challenge names no scope: `repository:<name>:pull`. */
  readonly scope: string;
  readonly credentials: Credentials | null;
}

/** `Authorization: Basic` (RFC 7617; UTF-8, which registries take whether they say so or not). */
export function basic({ username, password }: Credentials): string {
  return `Basic ${toBase64(utf8(`${username}:${password}`))}`;
}

/**
 * The URL of the token service that the challenge names, or null where it names none that may be asked: https, or
 * loopback where the registry is on loopback itself (a stranger's registry must not make a page call the services of
 * the machine it runs on).
 */
export function realmOf(challenge: Challenge, api: string): URL | null {
  const realm = challenge.params.get('realm') ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : null;
  if (url === null || url.username !== '' || url.password !== '') return null;
  if (isLoopback(url)) return isLoopback(new URL(api)) && /^https?:$/.test(url.protocol) ? url : null;
  return url.protocol === 'https:' ? url : null;
}

/**
 * Asks for a token, by the user's name or by none. Fails with `unauthorized` where the service knows nobody of that name
 * (or wants one), `malformed` where it answers no token.
 */
export async function fetchToken(
  realm: URL,
  { reach, challenge, scope, credentials }: TokenRequest,
  { signal, patience }: { signal: AbortSignal; patience: Patience },
): Promise<Token> {
  const url = reach.token(realm);
  const service = challenge.params.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  // Each scope is a parameter of its own (token.md, "scope").
  for (const one of (challenge.params.get('scope') || scope).split(' ')) {
    if (one !== '') url.searchParams.append('scope', one);
  }
  const asked = Date.now();
  const headers = credentials === null ? {} : { Authorization: basic(credentials) };
  const ask = async () => {
    const response = await request(url.href, { signal, patience, headers });
    await refuseGatewayFault(response, signal);
    return response.ok ? response : refused(response, realm, { reach, challenge, credentials }, signal);
  };
  try {
    const { bytes } = await readDocument(ask, 'token', TOKEN_BODY_LIMIT, { signal, patience });
    return readToken(bytes, asked);
  } catch (error) {
    if (!(error instanceof Problem) || error.failure.code !== 'unreachable') throw error;
    // By the gateway it has another address; and it is not the registry that does not answer.
    return fail(
      { ...error.failure, url: publicUrl(realm.href), tokensOf: reach.host },
      { cause: error.cause },
    );
  }
}

async function refused(
  response: Response,
  realm: URL,
  { reach, challenge, credentials }: Pick<TokenRequest, 'reach' | 'challenge' | 'credentials'>,
  signal: AbortSignal,
): Promise<never> {
  const errors = await readErrors(response, signal);
  const { status } = response;
  const hadCredentials = credentials !== null;
  // ghcr.io says 403 to nobody, where others say 401: a name may help.
  const isUnknown = status === 401 || (status === 403 && !hadCredentials);
  const registry = reach.host;
  const facts = { registry, url: publicUrl(realm.href), hadCredentials, errors };
  const failure: Failure = isUnknown
    ? { code: 'unauthorized', ...facts, offers: [challenge.scheme] }
    : failureOf(response, errors, { registry, what: 'repository', name: '', repository: '', hadCredentials });
  // 404 there is a token service that is not there, not an image.
  return fail(
    failure.code === 'not-found' ? { code: 'bad-status', url: facts.url, status, errors } : failure,
  );
}

/** `asked`: when, in ms since 1970. By our clock: `issued_at` is by theirs. */
export function readToken(bytes: Uint8Array, asked: number): Token {
  const json = parseJson(bytes, 'token', TOKEN_BODY_LIMIT);
  // Either may be missing: elastic's has only the second.
  const token =
    json.get('token').optional((it) => it.string()) ||
    json.get('access_token').optional((it) => it.string()) ||
    '';
  // RFC 6750, section 2.1; and what is not, no header can carry.
  if (!/^[\x21-\x7e]+$/.test(token)) json.fail('no token');
  const lifetime = json.get('expires_in').value;
  const seconds =
    typeof lifetime === 'number' && lifetime > 0 ? Math.min(lifetime, MAX_LIFETIME) : DEFAULT_LIFETIME;
  return { token, expires: asked + seconds * 1000 * USED_LIFE };
}
