import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { knownChallenge } from './realms.ts';
import { basic, readToken, realmOf } from './token.ts';

const realm = (text: string) => ({ scheme: 'bearer', params: new Map([['realm', text]]) });

describe('a token', () => {
  it.each([
    ['{"token":"a"}', 'a', 48],
    ['{"access_token":"b"}', 'b', 48],
    ['{"token":"","access_token":"b"}', 'b', 48],
    ['{"token":"a","access_token":"b","expires_in":300}', 'a', 240],
    ['{"token":"a","expires_in":"300"}', 'a', 48],
    ['{"token":"a","expires_in":-1}', 'a', 48],
    ['{"token":"a","expires_in":1e300}', 'a', 7 * 24 * 3600 * 0.8],
    ['{"token":"a","expires_in":null,"issued_at":"1970-01-01T00:00:00Z"}', 'a', 48],
  ])('%s', (body, token, seconds) => {
    expect(readToken(utf8(body), 1000)).toEqual({ token, expires: 1000 + seconds * 1000 });
  });

  it('is asked for over https, or by loopback of loopback', () => {
    const at = (text: string, api: string) => realmOf(realm(text), api)?.href ?? null;
    expect(at('https://auth.example.com/token?a=b', 'https://example.com')).toBe(
      'https://auth.example.com/token?a=b',
    );
    expect(at('http://127.0.0.1:5001/token', 'http://localhost:5000')).toBe('http://127.0.0.1:5001/token');
    expect(at('https://localhost/token', 'http://localhost:5000')).toBe('https://localhost/token');
    // A stranger must not make the page call what runs on this machine.
    expect(at('http://127.0.0.1:5001/token', 'https://example.com')).toBeNull();
    expect(at('https://localhost/token', 'https://example.com')).toBeNull();
    expect(at('http://auth.example.com/token', 'http://localhost:5000')).toBeNull();
    expect(at('ftp://localhost/token', 'http://localhost:5000')).toBeNull();
  });

  it('is given to names and passwords of any letters', () => {
    // RFC 7617, section 2.1.
    expect(basic({ username: 'test', password: '123£' })).toBe('Basic dGVzdDoxMjPCow==');
  });
});

describe('a registry that shows no challenge', () => {
  it.each([
    ['docker.io', 'https://auth.docker.io/token', 'registry.docker.io'],
    ['ghcr.io', 'https://ghcr.io/token', 'ghcr.io'],
    ['a.azurecr.io', 'https://a.azurecr.io/oauth2/token', 'a.azurecr.io'],
    ['europe-docker.pkg.dev', 'https://europe-docker.pkg.dev/v2/token', 'europe-docker.pkg.dev'],
  ])('%s is known', (registry, url, service) => {
    const challenge = knownChallenge(registry)!;
    expect(challenge.scheme).toBe('bearer');
    expect(challenge.params.get('realm')).toBe(url);
    expect(challenge.params.get('service')).toBe(service);
  });
  it.each(['azurecr.io', 'evilghcr.io', 'ghcr.io.example.com', 'ghcr.io:5000', 'localhost:5000'])(
    '%s is not',
    (registry) => expect(knownChallenge(registry)).toBeNull(),
  );
});
