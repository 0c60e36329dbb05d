/** Hosts that cannot be had on loopback: `fetch` itself is the internet here, and writes down who is told what. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Problem, type Failure } from '../../base/problem.ts';
import { OCI_MANIFEST } from '../../formats/media-type.ts';
import { imageOf } from '../../testing/image-of.ts';
import { RegistrySource } from './registry-source.ts';

const IMAGE = imageOf({ layers: [] });
const MANIFEST = IMAGE.blobs.get(IMAGE.root.digest)!;
const USER = { username: 'ann', password: 'secret' };
const SECRET = `Basic ${btoa('ann:secret')}`;

afterEach(() => void vi.unstubAllGlobals());

interface Internet {
  /** Origin and path of the token service. */
  readonly service?: string;
  /** `WWW-Authenticate`, where a page can read it. */
  readonly challenge?: string;
  /** Where the registry's answers come from, after a redirect. */
  readonly redirected?: string;
}

/** Opens `domain/team/app` as ann; what each origin was told, and the failure, if it is one. */
async function signIn(domain: string, { service = '', challenge, redirected }: Internet) {
  const told: string[] = [];
  vi.stubGlobal('fetch', async (url: string, { headers }: { headers: Record<string, string> }) => {
    const { origin, pathname } = new URL(url);
    const { Authorization: header = 'nothing' } = headers;
    told.push(`${origin}: ${header.replace(SECRET, 'the password')}`);
    if (origin + pathname === service) {
      return header === SECRET ? Response.json({ token: 'token' }) : new Response('', { status: 401 });
    }
    const isIn = header === 'Bearer token' || (service === '' && header === SECRET);
    const response = isIn
      ? new Response(MANIFEST, { headers: { 'Content-Type': OCI_MANIFEST } })
      : new Response('', { status: 401, headers: challenge ? { 'WWW-Authenticate': challenge } : {} });
    return Object.defineProperty(response, 'url', { value: redirected ?? url });
  });
  const origin = { kind: 'registry', registry: domain, repository: 'team/app', tag: '1' } as const;
  const access = { registry: domain, credentials: USER, tokens: [] };
  let failure: Failure | null = null;
  try {
    await new RegistrySource(origin, access).resolve(new AbortController().signal);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failure = error.failure;
  }
  return { told, failure };
}

describe('the password, where a page cannot read what the registry wants', () => {
  it.each([
    ['docker.io', 'https://registry-1.docker.io', 'https://auth.docker.io/token'],
    ['registry.gitlab.com', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['ghcr.io', 'https://ghcr.io', 'https://ghcr.io/token'],
    ['a.azurecr.io', 'https://a.azurecr.io', 'https://a.azurecr.io/oauth2/token'],
  ])('goes to the token service that is known of %s, and nowhere else', async (domain, api, service) => {
    const { told, failure } = await signIn(domain, { service });
    expect(failure).toBeNull();
    expect(told).toEqual([
      `${api}: nothing`,
      `${new URL(service).origin}: the password`,
      `${api}: Bearer token`,
    ]);
  });

  it('goes to a registry that nobody knows, and nowhere else', async () => {
    const { told, failure } = await signIn('r.example.org', {});
    expect(failure).toBeNull();
    expect(told).toEqual(['https://r.example.org: nothing', 'https://r.example.org: the password']);
  });

  it('stays here where the answer is another host’s', async () => {
    const { told, failure } = await signIn('docker.io', {
      service: 'https://auth.docker.io/token',
      redirected: 'https://evil.example.org/v2/',
    });
    expect(failure).toMatchObject({ code: 'unauthorized', offers: [] });
    expect(told).toEqual(['https://registry-1.docker.io: nothing']);
  });
});

describe('a way to sign in that a page cannot go', () => {
  it.each([
    ['Negotiate', ['negotiate'], undefined],
    ['Bearer realm="http://auth.example.org/token"', ['bearer'], 'http://auth.example.org/token'],
    ['Bearer service="x"', ['bearer'], ''],
    ['Negotiate, Bearer realm="http://localhost/token"', ['bearer', 'negotiate'], 'http://localhost/token'],
  ])('is told as such: %s', async (challenge, offers, barred) => {
    const { told, failure } = await signIn('r.example.org', { challenge });
    expect(failure).toMatchObject({ code: 'unauthorized', offers });
    expect(failure?.code === 'unauthorized' && failure.barred).toBe(barred);
    expect(told).toEqual(['https://r.example.org: nothing']);
  });

  it('is not the only one where Basic stands beside it', async () => {
    const challenge = 'Bearer realm="http://auth.example.org/token", Basic realm="x"';
    expect(await signIn('r.example.org', { challenge })).toMatchObject({
      failure: null,
      told: ['https://r.example.org: nothing', 'https://r.example.org: the password'],
    });
  });
});
