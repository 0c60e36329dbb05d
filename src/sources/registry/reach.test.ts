import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import * as type from '../../formats/media-type.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../../testing/fake-registry.ts';
import { imageOf } from '../../testing/image-of.ts';
import type { Access } from '../access.ts';
import type { RegistryOrigin } from '../origin.ts';
import { verified } from '../verified.ts';
import { baseUrl, reachOf, type Route } from './reach.ts';
import { RegistrySource } from './registry-source.ts';

const { signal } = new AbortController();
const BLOB = utf8('a layer');
const IMAGE = imageOf({ layers: [{ tar: BLOB, blob: BLOB, mediaType: type.OCI_LAYER }] });
const HUB: RegistryOrigin = { kind: 'registry', registry: 'docker.io', repository: 'team/app', tag: '1' };
const USER = { username: 'ann', password: 'secret' };
const HASTY = { tries: 1, base: 1, longest: 1 };

const running: FakeRegistry[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((it) => it.stop()));
});

async function startMirror(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const mirror = await FakeRegistry.start(options);
  running.push(mirror);
  mirror.push('team/app', '1', IMAGE);
  return mirror;
}

const route = (mirror: FakeRegistry): Route => ({ kind: 'mirror', base: mirror.server.origin });

const throughMirror = (mirror: FakeRegistry, access: Omit<Access, 'route' | 'tokens'>, origin = HUB) =>
  new RegistrySource(origin, { ...access, tokens: [], route: route(mirror) }, HASTY);

const failureOf = async (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.fail('no failure'),
    (error: unknown) => (error instanceof Problem ? error.failure : expect.fail(String(error))),
  );

describe('the way to a registry', () => {
  it('is its own, unless another is given', () => {
    const { host, api, base, token } = reachOf('docker.io');
    expect([host, api, base]).toEqual([
      'docker.io',
      'https://registry-1.docker.io',
      'https://registry-1.docker.io',
    ]);
    expect(token(new URL('https://auth.docker.io/token?a=b')).href).toBe('https://auth.docker.io/token?a=b');
  });

  it('leads to a mirror, which is somebody else', () => {
    const { host, api, base } = reachOf('docker.io', { kind: 'mirror', base: 'https://m.example:8443/hub' });
    expect([host, api, base]).toEqual([
      'm.example:8443',
      'https://m.example:8443',
      'https://m.example:8443/hub',
    ]);
  });

  it('leads through the gateway to the registry itself', () => {
    const gateway = 'http://127.0.0.1:4173/gateway';
    const { host, api, base, token } = reachOf('docker.io', { kind: 'gateway', base: gateway });
    expect([host, api, base]).toEqual(['docker.io', 'https://registry-1.docker.io', `${gateway}/docker.io`]);
    expect(token(new URL('https://auth.docker.io/token?a=b&c')).href).toBe(
      `${gateway}/docker.io/token?realm=https%3A%2F%2Fauth.docker.io%2Ftoken%3Fa%3Db%26c`,
    );
  });

  it.each([
    ['https://hub.example.org', 'https://hub.example.org'],
    ['https://hub.example.org/', 'https://hub.example.org'],
    ['HTTPS://Hub.Example.Org:443/a//', 'https://hub.example.org/a'],
    ['http://localhost:5000/v2/', 'http://localhost:5000'],
    ['hub.example.org', null],
    ['ftp://hub.example.org', null],
    ['http://hub.example.org', null],
    ['https://ann:secret@hub.example.org', null],
    ['https://hub.example.org/?a', null],
    ['https://hub.example.org/#a', null],
    ['', null],
  ])('is written as a URL: %s', (text, base) => expect(baseUrl(text)).toBe(base));
});

describe('a mirror', () => {
  it('is asked in the place of the registry, under its names', async () => {
    const mirror = await startMirror();
    const source = throughMirror(mirror, { registry: 'docker.io', credentials: null });
    expect((await source.resolve(signal)).digest).toBe(IMAGE.root.digest);
    expect(new Set(mirror.server.lines())).toEqual(new Set(['GET /v2/team/app/manifests/1']));
    expect(source.access().route).toEqual(route(mirror));
  });

  it.each(['basic', 'bearer'] as const)('is not told what was given for the registry (%s)', async (auth) => {
    const mirror = await startMirror({ auth, users: { ann: 'secret' }, anonymous: false });
    const source = throughMirror(mirror, { registry: 'docker.io', credentials: USER });
    expect(await failureOf(source.resolve(signal))).toMatchObject({
      code: 'unauthorized',
      // Whoever is asked to sign in is told where.
      registry: mirror.host,
      hadCredentials: false,
    });
    expect(mirror.server.heard.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  it.each(['basic', 'bearer'] as const)('is told what was given for it (%s)', async (auth) => {
    const mirror = await startMirror({ auth, users: { ann: 'secret' }, anonymous: false });
    const source = throughMirror(mirror, { registry: mirror.host, credentials: USER });
    expect((await source.resolve(signal)).digest).toBe(IMAGE.root.digest);
  });

  it('cannot lie of what a digest names', async () => {
    const mirror = await startMirror();
    const { digest } = IMAGE.root;
    mirror.replace('team/app', digest, utf8('{"schemaVersion":2}'));
    mirror.replace('team/app', IMAGE.layers[0]!.digest, utf8('b layer'));
    const source = throughMirror(mirror, { registry: '', credentials: null }, { ...HUB, digest });
    expect(await failureOf(source.resolve(signal))).toMatchObject({ code: 'digest-mismatch' });
    const layer = IMAGE.layers[0]!;
    const stream = verified(await source.open(layer, { signal }), layer, 'layer');
    expect(await failureOf(stream.pipeTo(new WritableStream()))).toMatchObject({ code: 'digest-mismatch' });
  });

  it('on this machine does not let a stranger’s image lead there', async () => {
    const mirror = await startMirror();
    const elsewhere = await startMirror();
    const layer = { ...IMAGE.layers[0]!, urls: [`${elsewhere.server.origin}/secret`] };
    mirror.replace('team/app', layer.digest, null);
    const source = throughMirror(mirror, { registry: '', credentials: null });
    expect(await failureOf(source.open(layer, { signal }))).toMatchObject({ code: 'foreign-layer' });
    expect(elsewhere.server.heard).toEqual([]);
  });
});
