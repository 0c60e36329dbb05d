import { afterEach, describe, expect, it } from 'vitest';
import { concat, readable, utf8, type Bytes } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import type { Digest } from '../../formats/digest.ts';
import { MANIFEST_LIMIT } from '../../formats/manifest.ts';
import * as type from '../../formats/media-type.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../../testing/fake-registry.ts';
import { HttpServer } from '../../testing/http-server.ts';
import { digestOfBytes, imageOf, indexOf } from '../../testing/image-of.ts';
import { Random } from '../../testing/random.ts';
import { NO_ACCESS, type Access } from '../access.ts';
import type { Patience } from '../http/patience.ts';
import type { ByteRange } from '../source.ts';
import { isForeignAddress } from './foreign-address.ts';
import { RegistrySource } from './registry-source.ts';
import { nextLink } from './tags.ts';

const NEVER = new AbortController().signal;
const HASTY: Patience = { tries: 4, base: 1, longest: 1500 };
/** CORS-safelisted, as far as a registry is concerned; all else is the fetch's own. */
const BY_FETCH = [
  'host',
  'connection',
  'accept-language',
  'sec-fetch-mode',
  'user-agent',
  'accept-encoding',
  'cache-control',
  'pragma',
];

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((it) => it.stop()));
});

const BLOB = new Random(7).bytes(300_000);
const IMAGE = imageOf({ layers: [utf8('one'), { tar: BLOB, blob: BLOB, mediaType: type.OCI_LAYER }] });
const LAYER = IMAGE.layers[1]!;
const USER = { username: 'ünser', password: 'pässwort:mit' };
const USERS = { [USER.username]: USER.password };

async function start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start(options);
  running.push(registry);
  registry.push('team/app', '1', IMAGE);
  return registry;
}

function sourceOf(registry: { host: string }, more: { tag?: string; digest?: Digest; access?: Access } = {}) {
  const { access = NO_ACCESS, ...which } = more;
  const name = which.digest === undefined && which.tag === undefined ? { tag: '1' } : which;
  return new RegistrySource(
    { kind: 'registry', registry: registry.host, repository: 'team/app', ...name },
    access,
    HASTY,
  );
}

const accessTo = (registry: { host: string }, credentials = USER): Access => ({
  registry: registry.host,
  credentials,
  tokens: [],
});

async function read(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return concat(pieces);
}

const readBlob = async (source: RegistrySource, what: Descriptor, range?: ByteRange) =>
  read(await source.open(what, { signal: NEVER, ...(range && { range }) }));

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    (value) => expect.fail(`no failure but ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error.failure;
  throw error;
}

describe('what a tag or a digest leads to', () => {
  const amd64 = imageOf({ layers: [utf8('a')], form: 'docker' });
  const arm64 = imageOf({
    layers: [utf8('b')],
    form: 'docker',
    platform: { os: 'linux', architecture: 'arm64' },
  });
  const oci = imageOf({ layers: [utf8('c')] });
  const forms = {
    'OCI manifest': oci,
    'OCI manifest without a media type': imageOf({ layers: [utf8('d')], manifest: { mediaType: undefined } }),
    'OCI index': indexOf([oci]),
    'OCI index without a media type': indexOf([oci], 'oci', { mediaType: undefined }),
    'nested index': indexOf([indexOf([oci])]),
    'Docker manifest': amd64,
    'Docker list': indexOf([amd64, arm64], 'docker'),
    'Docker list without amd64': indexOf([arm64], 'docker'),
  };
  const registries: Record<string, FakeRegistryOptions> = {
    'as strict as distribution 2.8': {},
    'that gives whatever it has': { careless: true },
    'that calls it JSON': { careless: 'application/json' },
    'that calls it nothing': { careless: '' },
    'that shows no header': { hide: ['docker-content-digest', 'www-authenticate', 'link'] },
    'that wants a token': { auth: 'bearer' },
  };

  describe.each(Object.keys(registries))('at a registry %s', (registryName) => {
    it.each(Object.keys(forms))('%s', async (form) => {
      const image = forms[form as keyof typeof forms];
      const registry = await start(registries[registryName]);
      registry.push('team/app', 'it', image);
      for (const which of [
        { tag: 'it' },
        { digest: image.root.digest },
        { tag: 'gone', digest: image.root.digest },
      ]) {
        const found = await sourceOf(registry, which).resolve(NEVER);
        expect(found.digest).toBe(image.root.digest);
        expect(found.mediaType).toBe(image.root.mediaType);
        expect(found.size).toBe(image.root.size);
        expect(readable(found.data!)).toBe(readable(image.blobs.get(image.root.digest)!));
        // And it opens as any other content does, whatever its type is said to be.
        for (const mediaType of [image.root.mediaType, type.OCI_INDEX, type.OCI_MANIFEST]) {
          const opened = await readBlob(sourceOf(registry, which), { ...image.root, mediaType });
          expect(digestOfBytes(opened)).toBe(image.root.digest);
        }
      }
    });
  });

  it('is asked for with headers that cross origins without a preflight', async () => {
    const registry = await start({ redirectBlobs: true });
    for (const [name, image] of Object.entries(forms))
      registry.push('team/app', name.replaceAll(' ', '-'), image);
    for (const name of Object.keys(forms))
      await sourceOf(registry, { tag: name.replaceAll(' ', '-') }).resolve(NEVER);
    const source = sourceOf(registry);
    await readBlob(source, IMAGE.root);
    await readBlob(source, LAYER);
    await readBlob(source, LAYER, { start: 5, end: 10 });
    const all = [...registry.server.heard, ...registry.store.heard];
    expect(all.length).toBeGreaterThan(10);
    for (const { url, headers } of all) {
      const ours = Object.keys(headers).filter((name) => !BY_FETCH.includes(name));
      expect(ours.filter((name) => name !== 'accept' && name !== 'range')).toEqual([]);
      expect(headers.accept?.length ?? 0).toBeLessThanOrEqual(128);
      if (!url.includes('/manifests/')) expect(headers.accept).toBe('*/*');
      if (headers.range !== undefined) expect(headers.range).toMatch(/^bytes=\d+-\d+$/);
    }
  });

  it.each([
    ['nothing', ''],
    ['a type that we do not know', 'application/vnd.example.unheard-of.v7+json'],
    ['a type that no browser sends without asking', `application/${'x'.repeat(120)}`],
  ])('is opened, and never asked for as a blob, where an index calls it %s', async (_, mediaType) => {
    const registry = await start();
    const what = { ...IMAGE.root, mediaType };
    const opened = await read(await sourceOf(registry).open(what, { signal: NEVER, isManifest: true }));
    expect(digestOfBytes(opened)).toBe(IMAGE.root.digest);
    for (const line of registry.server.lines()) expect(line).toContain(`/manifests/${IMAGE.root.digest}`);
    for (const { headers } of registry.server.heard) expect(headers.accept!.length).toBeLessThanOrEqual(128);
  });

  it('is read again where the connection breaks', async () => {
    const registry = await start();
    registry.server.break(
      { on: /manifests/, fault: { hangUp: true } },
      { on: /manifests/, times: 4, fault: { cutAfter: 40 } },
    );
    const source = sourceOf(registry);
    expect((await source.resolve(NEVER)).digest).toBe(IMAGE.root.digest);
    registry.server.break({ on: /manifests/, fault: { cutAfter: 40 } });
    expect(digestOfBytes(await readBlob(source, IMAGE.root))).toBe(IMAGE.root.digest);
    registry.server.break({ on: /manifests/, times: 99, fault: { cutAfter: 40 } });
    expect(await failureOf(source.resolve(NEVER))).toMatchObject({ code: 'interrupted' });
  });

  it('is a list even where the registry would rather give one of its images', async () => {
    const registry = await start();
    registry.push('team/app', 'list', forms['Docker list']);
    const { mediaType } = await sourceOf(registry, { tag: 'list' }).resolve(NEVER);
    expect(mediaType).toBe(type.DOCKER_LIST);
    expect(registry.server.heard).toHaveLength(1);
  });

  it('is of schema 1 where there is nothing else', async () => {
    const registry = await start({ careless: type.DOCKER_SCHEMA1_SIGNED });
    const bytes = utf8('{"schemaVersion":1,"name":"a","fsLayers":[]}');
    registry.replace('team/app', IMAGE.root.digest, bytes);
    const found = await sourceOf(registry).resolve(NEVER);
    expect(found).toMatchObject({ mediaType: type.DOCKER_SCHEMA1_SIGNED, digest: digestOfBytes(bytes) });
  });

  it('has the digest that was asked for, of any algorithm, or is refused', async () => {
    const registry = await start();
    for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
      const bytes = IMAGE.blobs.get(IMAGE.root.digest)!;
      const digest = digestOfBytes(bytes, algorithm);
      registry.push('team/app', 'x', { root: { ...IMAGE.root, digest }, blobs: new Map([[digest, bytes]]) });
      expect((await sourceOf(registry, { digest }).resolve(NEVER)).digest).toBe(digest);
      registry.replace('team/app', digest, utf8('{"schemaVersion":2,"config":{},"layers":[]}'));
      expect(await failureOf(sourceOf(registry, { digest }).resolve(NEVER))).toMatchObject({
        code: 'digest-mismatch',
        subject: 'manifest',
        expected: digest,
      });
    }
  });

  it('is let go of past the limit', async () => {
    const registry = await start({ careless: true });
    registry.replace('team/app', IMAGE.root.digest, new Uint8Array(MANIFEST_LIMIT + 1));
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'too-large',
      what: 'manifest',
      limit: MANIFEST_LIMIT,
    });
  });
});

describe('a registry that says no', () => {
  it('is told apart: what is missing', async () => {
    const registry = await start();
    const { digest } = IMAGE.root;
    expect(await failureOf(sourceOf(registry, { tag: 'no' }).resolve(NEVER))).toMatchObject({
      code: 'not-found',
      what: 'tag',
      name: 'no',
      errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }],
    });
    registry.replace('team/app', digest, null);
    expect(await failureOf(sourceOf(registry, { digest }).resolve(NEVER))).toMatchObject({
      code: 'not-found',
      what: 'manifest',
      name: digest,
    });
    registry.replace('team/app', LAYER.digest, null);
    expect(await failureOf(readBlob(sourceOf(registry), LAYER))).toMatchObject({
      code: 'not-found',
      what: 'blob',
      name: LAYER.digest,
    });
    registry.server.reset();
    const elsewhere = new RegistrySource(
      { kind: 'registry', registry: registry.host, repository: 'no', tag: '1' },
      NO_ACCESS,
      HASTY,
    );
    expect(await failureOf(elsewhere.resolve(NEVER))).toMatchObject({
      code: 'not-found',
      what: 'repository',
      name: 'no',
    });
    // Another type would not be found either.
    expect(registry.server.heard).toHaveLength(1);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'by a code called %s is told in plain data',
    async (code) => {
      const registry = await start();
      const body = JSON.stringify({ errors: [{ code, message: '' }] });
      registry.server.break({ on: /blobs/, fault: { status: 404, body } });
      const failure = await failureOf(readBlob(sourceOf(registry), LAYER));
      expect(structuredClone(failure)).toMatchObject({ code: 'not-found', what: 'blob', name: LAYER.digest });
    },
  );

  it.each([
    [403, { code: 'forbidden', hadCredentials: false }],
    [410, { code: 'bad-status', status: 410 }],
    [418, { code: 'bad-status', status: 418 }],
    [501, { code: 'bad-status', status: 501 }],
  ])('with %i is asked once', async (status, failure) => {
    const registry = await start();
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: '<b>no</b>' }] });
    registry.server.break({ on: /GET/, times: 9, fault: { status, body } });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      ...failure,
      errors: [{ code: 'DENIED', message: '<b>no</b>' }],
    });
    expect(registry.server.heard).toHaveLength(1);
  });

  it.each([
    ['a page', '<html>Bad Gateway</html>'],
    ['nothing', ''],
    ['another shape', '{"errors":{"code":1}}'],
    ['half an answer', '{"errors":[{"co'],
    ['much too much', `{"errors":[{"code":"X","message":"${'x'.repeat(100_000)}"}]}`],
  ])('is known by its status where its body is %s', async (_, body) => {
    const registry = await start();
    registry.server.break({ on: /GET/, fault: { status: 403, body } });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'forbidden',
      errors: [],
    });
  });

  it.each([429, 500, 502, 503, 504])('with %i is asked again, and then believed', async (status) => {
    const registry = await start();
    registry.server.break({ on: /GET/, times: 3, fault: { status } });
    await sourceOf(registry, { digest: IMAGE.root.digest }).resolve(NEVER);

    registry.server.reset();
    registry.server.break({ on: /GET/, times: 99, fault: { status } });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject(
      status === 429 ? { code: 'rate-limited', registry: registry.host } : { code: 'bad-status', status },
    );
    expect(registry.server.heard).toHaveLength(HASTY.tries);
  });

  it('and when to come back is waited for, in seconds or till a date', async () => {
    const registry = await start();
    // A date has whole seconds only: this one is between now and in a second.
    const inASecond = () => new Date(Date.now() + 1000).toUTCString();
    for (const when of [() => '1', inASecond]) {
      const header = when();
      const due = header === '1' ? Date.now() + 990 : Date.parse(header);
      registry.server.break({ on: /GET/, fault: { status: 429, headers: { 'Retry-After': header } } });
      await sourceOf(registry).resolve(NEVER);
      expect(Date.now()).toBeGreaterThanOrEqual(due);
    }
  });

  it('and when to come back is too long is not waited for', async () => {
    const registry = await start();
    registry.server.break({
      on: /GET/,
      times: 9,
      fault: { status: 429, headers: { 'Retry-After': '21600' } },
    });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'rate-limited',
      retryAfter: 21600,
    });
    expect(registry.server.heard).toHaveLength(1);
  });
});

describe('a registry that does not answer', () => {
  it('is not alive where nothing is there', async () => {
    const registry = await start();
    const { host } = registry;
    await registry.stop();
    expect(await failureOf(sourceOf({ host }).resolve(NEVER))).toMatchObject({
      code: 'unreachable',
      url: `http://${host}/v2/team/app/manifests/1`,
      alive: false,
    });
    running.length = 0;
  });

  it('is alive where something is, as behind CORS', async () => {
    const registry = await start();
    registry.server.break({ on: /^GET/, times: 99, fault: { hangUp: true } });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'unreachable',
      alive: true,
    });
    // CORS would say the same each time: not the full patience, for either pair of types.
    expect(registry.server.lines().filter((line) => line.startsWith('GET'))).toHaveLength(4);
  });

  it('to a type that it does not have, as behind a proxy that forgets CORS on a 404, is asked for others', async () => {
    const registry = await start();
    registry.server.break({ on: /^GET/, times: 2, fault: { hangUp: true } });
    expect((await sourceOf(registry).resolve(NEVER)).digest).toBe(IMAGE.root.digest);
  });

  it('once, is asked again', async () => {
    const registry = await start();
    registry.server.break({ on: /^GET/, fault: { hangUp: true } });
    expect((await sourceOf(registry).resolve(NEVER)).digest).toBe(IMAGE.root.digest);
  });

  it.each(['before the answer', 'between two tries', 'in the middle of a body'])(
    'stops at an abort %s',
    async (when) => {
      const registry = await start();
      const stop = new AbortController();
      const reason = new Error('enough');
      if (when === 'before the answer') registry.server.break({ on: /./, fault: { silence: true } });
      if (when === 'between two tries') {
        registry.server.break({ on: /./, fault: { status: 503, headers: { 'Retry-After': '1' } } });
      }
      let promise: Promise<unknown>;
      if (when === 'in the middle of a body') {
        const reader = (await sourceOf(registry).open(LAYER, { signal: stop.signal })).getReader();
        await reader.read();
        stop.abort(reason);
        promise = (async () => {
          while (!(await reader.read()).done);
        })();
      } else {
        promise = sourceOf(registry).resolve(stop.signal);
        setTimeout(() => stop.abort(reason), 50);
      }
      await expect(promise).rejects.toBe(reason);
      expect(registry.server.heard).toHaveLength(1);
    },
  );
});

describe('who asks', () => {
  const auths = ['basic', 'bearer', 'both'] as const;

  it.each(auths)('is told to a registry that wants to know (%s)', async (auth) => {
    const registry = await start({ auth, users: USERS, anonymous: false });
    const source = sourceOf(registry, { access: accessTo(registry) });
    await source.resolve(NEVER);
    expect(digestOfBytes(await readBlob(source, LAYER))).toBe(LAYER.digest);
    // Known by now: nothing is refused any more.
    registry.server.reset();
    await readBlob(source, LAYER);
    expect(registry.server.lines()).toEqual([`GET /v2/team/app/blobs/${LAYER.digest}`]);
  });

  it.each(auths)('is asked of the user where nobody is let in (%s)', async (auth) => {
    const registry = await start({ auth, users: USERS, anonymous: false });
    for (const access of [NO_ACCESS, accessTo(registry, { username: 'x', password: 'y' })]) {
      const failure = await failureOf(sourceOf(registry, { access }).resolve(NEVER));
      expect(failure).toMatchObject({
        code: 'unauthorized',
        registry: registry.host,
        hadCredentials: access !== NO_ACCESS,
        offers: auth === 'basic' ? ['basic'] : ['bearer'],
        errors: [{ code: 'UNAUTHORIZED' }],
      });
      expect(JSON.stringify(failure)).not.toMatch(/scope|token-/);
    }
  });

  it('is nobody, where nobody is let in', async () => {
    const registry = await start({ auth: 'bearer' });
    const source = sourceOf(registry);
    await source.resolve(NEVER);
    const token = registry.server.lines().filter((line) => line.includes('/token'));
    expect(token).toEqual(['GET /token?service=fake&scope=repository%3Ateam%2Fapp%3Apull']);
    expect(source.access()).toMatchObject({ registry: registry.host, credentials: null });
  });

  it('may have access_token, and scopes of the registry’s own', async () => {
    const token = { member: 'access_token', scope: 'aws repository:x:pull' } as const;
    const registry = await start({ auth: 'bearer', token });
    await sourceOf(registry).resolve(NEVER);
    expect(registry.server.lines()[1]).toBe('GET /token?service=fake&scope=aws&scope=repository%3Ax%3Apull');
  });

  it('is handed on with its token', async () => {
    const registry = await start({ auth: 'bearer', users: USERS, anonymous: false });
    const source = sourceOf(registry, { access: accessTo(registry) });
    await source.resolve(NEVER);
    const access = structuredClone(source.access());
    registry.server.reset();
    await readBlob(sourceOf(registry, { access }), LAYER);
    expect(registry.server.heard).toHaveLength(1);
    // When the token has expired before its time, the credentials get another.
    registry.tokens.clear();
    await readBlob(sourceOf(registry, { access }), LAYER);
    expect(
      registry.server
        .lines()
        .slice(1)
        .map((line) => line.split(/[ ?/]+/)[1]),
    ).toEqual(['v2', 'token', 'v2']);
  });

  it('is not asked again while a token lives, and gets another before it dies', async () => {
    const tokensOf = async (expiresIn: number) => {
      const registry = await start({ auth: 'bearer', token: { expiresIn } });
      const source = sourceOf(registry);
      for (let i = 0; i < 3; i++) {
        await readBlob(source, LAYER, { start: 0, end: 10 });
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      // One refusal in all: what the registry wants is known from then on.
      expect(registry.server.lines().filter((line) => line.includes('/v2/'))).toHaveLength(4);
      return registry.tokens.size;
    };
    expect(await tokensOf(300)).toBe(1);
    expect(await tokensOf(0.02)).toBe(3);
  });

  it('is told to no other registry', async () => {
    const registry = await start({ auth: 'basic', users: USERS });
    const access = { ...accessTo(registry), registry: '127.0.0.1:1' };
    expect(await failureOf(sourceOf(registry, { access }).resolve(NEVER))).toMatchObject({
      code: 'unauthorized',
      hadCredentials: false,
    });
    for (const { headers } of registry.server.heard) expect(headers.authorization).toBeUndefined();
  });

  it('is told to no one that a blob is redirected to', async () => {
    for (const auth of ['basic', 'bearer'] as const) {
      const registry = await start({ auth, users: USERS, redirectBlobs: true });
      const source = sourceOf(registry, { access: accessTo(registry) });
      expect(digestOfBytes(await readBlob(source, LAYER))).toBe(LAYER.digest);
      expect(await readBlob(source, LAYER, { start: 1000, end: 1010 })).toEqual(BLOB.slice(1000, 1010));
      expect(registry.store.heard).toHaveLength(2);
      for (const { headers } of registry.store.heard) expect(headers.authorization).toBeUndefined();
      expect(registry.server.heard.at(-1)!.headers.authorization).toBeDefined();
    }
  });

  it('is told to no token service but one that the registry itself names', async () => {
    const registry = await start({ redirectBlobs: true });
    const thief = await HttpServer.start((_, __, reply) => reply.json(200, { token: 'x' }));
    running.push(thief);
    const headers = { 'WWW-Authenticate': `Bearer realm="${thief.origin}/token"` };
    registry.store.break({ on: /./, times: 9, fault: { status: 401, headers } });
    const source = sourceOf(registry, { access: accessTo(registry) });
    expect(await failureOf(readBlob(source, LAYER))).toMatchObject({ code: 'unauthorized', offers: [] });
    expect(thief.heard).toEqual([]);
  });

  it('is told by Basic, where a page cannot read what is wanted', async () => {
    const registry = await start({ auth: 'basic', users: USERS, hide: ['www-authenticate'] });
    await sourceOf(registry, { access: accessTo(registry) }).resolve(NEVER);
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'unauthorized',
      offers: [],
    });
  });

  it.each([
    'http://example.com/token',
    'http://user:pw@127.0.0.1/token',
    'https://user@example.com/token',
    'file:///etc/passwd',
    '/token',
    'token',
    '',
  ])('is not told to a token service at "%s"', async (realm) => {
    const registry = await start({ auth: 'bearer', users: USERS, token: { realm } });
    const failure = await failureOf(sourceOf(registry, { access: accessTo(registry) }).resolve(NEVER));
    expect(failure).toMatchObject({ code: 'unauthorized', offers: ['bearer'] });
    expect(registry.server.heard).toHaveLength(1);
  });

  it.each([
    ['not JSON', 'hello'],
    ['no token', '{}'],
    ['a number', '{"token":5}'],
    ['a token that no header carries', '{"token":"a\\nb"}'],
    ['one that is not ASCII', '{"token":"ü"}'],
  ])('gets nowhere with an answer that is %s', async (_, body) => {
    const registry = await start({ auth: 'bearer' });
    registry.server.break({ on: /\/token/, fault: { status: 200, body } });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'malformed',
      format: 'token',
    });
  });

  it('is not asked of a user when the token service is broken', async () => {
    const registry = await start({ auth: 'bearer' });
    registry.server.break({ on: /\/token/, fault: { status: 404, body: 'no such page' } });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'bad-status',
      status: 404,
      url: `${registry.server.origin}/token`,
    });
  });

  it('is refused twice, and no more', async () => {
    const registry = await start({ auth: 'bearer' });
    registry.server.break({
      on: /\/v2\//,
      times: 99,
      fault: {
        status: 401,
        headers: { 'WWW-Authenticate': `Bearer realm="${registry.server.origin}/token"` },
      },
    });
    expect(await failureOf(sourceOf(registry).resolve(NEVER))).toMatchObject({
      code: 'unauthorized',
      offers: ['bearer'],
    });
    expect(registry.server.lines().filter((line) => line.includes('/v2/'))).toHaveLength(2);
  });
});

describe('the bytes of a layer', () => {
  it('are those asked for, whatever becomes of the connection', async () => {
    const random = new Random(3);
    const registry = await start({ redirectBlobs: random.oneIn(2), closedRangesOnly: true });
    const source = sourceOf(registry);
    for (let i = 0; i < 60; i++) {
      registry.server.reset();
      registry.store.reset();
      const start = random.below(BLOB.length);
      const range = random.oneIn(4) ? undefined : { start, end: random.between(start + 1, BLOB.length) };
      for (let n = random.below(3); n > 0; n--) {
        const after = random.below(BLOB.length);
        const fault = random.pick([
          { cutAfter: after },
          { cutAfter: 0 },
          { endAfter: after },
          { ignoreRange: true },
          { shorten: Math.max(1, after >> 3) },
          { hangUp: true },
          { status: 503 },
        ] as const);
        (random.oneIn(2) ? registry.server : registry.store).break({ on: /GET/, fault });
      }
      const got = await readBlob(source, LAYER, range);
      expect(digestOfBytes(got)).toBe(digestOfBytes(BLOB.slice(range?.start ?? 0, range?.end)));
    }
  });

  it('go on from where the connection broke', async () => {
    const registry = await start();
    registry.server.break(
      { on: /blobs/, fault: { cutAfter: 100_000 } },
      { on: /blobs/, fault: { cutAfter: 50_000 } },
    );
    expect(digestOfBytes(await readBlob(sourceOf(registry), LAYER))).toBe(LAYER.digest);
    // What had been read of the broken body is up to the machine.
    const ranges = registry.server.heard.map(({ headers }) => headers.range);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-299999$/.exec(range!)![1]));
    expect(starts[0]).toBeLessThanOrEqual(100_000);
    expect(starts[1]).toBeGreaterThanOrEqual(starts[0]!);
  });

  it('end in a failure when it keeps breaking', async () => {
    const registry = await start();
    registry.server.break({ on: /blobs/, times: 99, fault: { cutAfter: 10 } });
    expect(await failureOf(readBlob(sourceOf(registry), LAYER))).toMatchObject({
      code: 'interrupted',
      url: `${registry.server.origin}/v2/team/app/blobs/${LAYER.digest}`,
      expected: BLOB.length,
    });
    expect(registry.server.heard).toHaveLength(HASTY.tries);
  });

  it('name no signature when a redirected connection keeps breaking', async () => {
    const registry = await start({ redirectBlobs: true });
    registry.store.break({ on: /./, times: 99, fault: { cutAfter: 10 } });
    const failure = await failureOf(readBlob(sourceOf(registry), LAYER));
    expect(failure).toMatchObject({ code: 'interrupted', url: `${registry.store.origin}/${LAYER.digest}` });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  it('are handed on as they are where the size is not what the manifest says; of a part, that is a failure', async () => {
    const registry = await start();
    const source = sourceOf(registry);
    const larger = { ...LAYER, size: BLOB.length + 5 };
    expect(digestOfBytes(await readBlob(source, larger))).toBe(LAYER.digest);
    expect(digestOfBytes(await readBlob(source, { ...LAYER, size: 5 }))).toBe(LAYER.digest);
    expect(registry.server.heard).toHaveLength(2);
    for (const start of [BLOB.length - 3, BLOB.length]) {
      for (const faults of [[], [{ on: /GET/, fault: { ignoreRange: true } }] as const]) {
        registry.server.break(...faults);
        expect(await failureOf(readBlob(source, larger, { start, end: BLOB.length + 5 }))).toMatchObject({
          code: 'size-mismatch',
          expected: BLOB.length + 5,
          actual: BLOB.length,
        });
      }
    }
  });

  it('are let go of when nobody reads on', async () => {
    const registry = await start();
    const stream = await sourceOf(registry).open(LAYER, { signal: NEVER });
    const reader = stream.getReader();
    expect((await reader.read()).done).toBe(false);
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
    expect(registry.server.heard).toHaveLength(1);
  });
});

describe('a foreign layer', () => {
  const bytes = utf8('from elsewhere');
  const foreignAt = (...urls: string[]): Descriptor => ({
    mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    digest: digestOfBytes(bytes),
    size: bytes.length,
    urls,
  });
  const elsewhere = async () => {
    const server = await HttpServer.start((_, url, reply) =>
      url.pathname === '/layer' ? reply.content(bytes) : reply.send(404),
    );
    running.push(server);
    return server;
  };

  it('comes from the first of its addresses that has it, which are told nothing', async () => {
    const registry = await start({ auth: 'basic', users: USERS });
    const server = await elsewhere();
    const source = sourceOf(registry, { access: accessTo(registry) });
    const layer = foreignAt(
      'ftp://a/b',
      'http://example.com/layer',
      `${server.origin}/gone`,
      `${server.origin}/layer`,
    );
    expect(await readBlob(source, layer)).toEqual(bytes);
    expect(await readBlob(source, layer, { start: 5, end: 9 })).toEqual(bytes.slice(5, 9));
    expect(server.lines()).toEqual(['GET /gone', 'GET /layer', 'GET /gone', 'GET /layer']);
    for (const { headers } of server.heard) expect(headers.authorization).toBeUndefined();
  });

  it('is on this machine only where the registry is', () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      expect(isForeignAddress(`http://${host}:80/layer`, 'https://registry.example.org')).toBe(false);
      expect(isForeignAddress(`https://${host}/layer`, 'https://registry.example.org')).toBe(false);
      expect(isForeignAddress(`http://${host}:80/layer`, 'http://127.0.0.1:5000')).toBe(true);
    }
    expect(isForeignAddress('https://mirror.example.org/layer', 'https://registry.example.org')).toBe(true);
  });

  it('is looked for at a few addresses only', async () => {
    const registry = await start();
    const server = await elsewhere();
    const urls = Array.from({ length: 1000 }, (_, i) => `${server.origin}/gone/${i}`);
    expect(await failureOf(readBlob(sourceOf(registry), foreignAt(...urls)))).toMatchObject({
      code: 'foreign-layer',
    });
    expect(server.heard.length).toBeLessThanOrEqual(8);
  });

  it('comes from the registry, where that has it', async () => {
    const registry = await start();
    const server = await elsewhere();
    expect(
      digestOfBytes(await readBlob(sourceOf(registry), { ...LAYER, urls: [`${server.origin}/layer`] })),
    ).toBe(LAYER.digest);
    expect(server.heard).toEqual([]);
  });

  it('is named where nobody has it', async () => {
    const registry = await start();
    const server = await elsewhere();
    const urls = ['javascript:alert(1)', `${server.origin}/gone`];
    expect(await failureOf(readBlob(sourceOf(registry), foreignAt(...urls)))).toEqual({
      code: 'foreign-layer',
      digest: digestOfBytes(bytes),
      urls,
    });
  });
});

describe('the tags of a repository', () => {
  const allTags = async (source: RegistrySource) => {
    const all: string[] = [];
    for await (const page of source.tags(NEVER)) all.push(...page);
    return all;
  };
  const names = Array.from({ length: 25 }, (_, i) => `v${String(i).padStart(2, '0')}`);

  it.each([
    ['pages with links', { pageSize: 10 }, 3],
    ['pages without links that could be read', { pageSize: 10, hide: ['link'] }, 4],
    ['no pages', { knowsPages: false }, 2],
    ['a token', { auth: 'bearer', pageSize: 10 }, 5],
  ] as const)('are all there, with %s', async (_, options, requests) => {
    const registry = await start(options);
    for (const name of names) registry.push('team/app', name, IMAGE);
    expect(await allTags(sourceOf(registry))).toEqual(['1', ...names]);
    expect(registry.server.heard.length).toBe(requests);
  });

  it('are none, of a repository that is not there', async () => {
    const registry = await start();
    registry.server.break({ on: /tags/, fault: { status: 200, body: '{"name":"team/app","tags":null}' } });
    expect(await allTags(sourceOf(registry))).toEqual([]);
    registry.server.break({ on: /tags/, fault: { status: 404 } });
    expect(await failureOf(allTags(sourceOf(registry)))).toMatchObject({
      code: 'not-found',
      what: 'repository',
      name: 'team/app',
    });
  });

  it('are asked for in smaller pages where ours are too large', async () => {
    const registry = await start();
    const body =
      '{"errors":[{"code":"PAGINATION_NUMBER_INVALID","message":"invalid number of results requested"}]}';
    registry.server.break({ on: /n=/, fault: { status: 400, body } });
    expect(await allTags(sourceOf(registry))).toEqual(['1']);
  });

  it('end, even where the registry never does', async () => {
    const registry = await start();
    const body = JSON.stringify({ tags: ['a', 'b'] });
    const Link = '</v2/team/app/tags/list?n=2&last=b>; rel="next"';
    registry.server.break({ on: /tags/, times: 1e6, fault: { status: 200, body, headers: { Link } } });
    expect(await allTags(sourceOf(registry))).toEqual(['a', 'b']);
    expect(registry.server.heard).toHaveLength(2);
  });

  it('are found soon, though the header of the next page is a maze', () => {
    // Quadratic, it would take minutes.
    expect(nextLink('<a>;'.repeat(100_000), 'http://a/', 'http://a/')).toBeNull();
    expect(nextLink('<http://a/?n=1>; title=x; rel="next"', 'http://a/', 'http://a/')).toBe('http://a/?n=1');
    expect(nextLink('</?p=0>; rel=prev, </?n=1>; rel=next', 'http://a/', 'http://a/')).toBe('http://a/?n=1');
  }, 5000);

  it('come from this registry only', async () => {
    const registry = await start({ auth: 'basic', users: USERS });
    const other = await start();
    const Link = `<${other.server.origin}/v2/team/app/tags/list?n=2>; rel="next"`;
    const body = JSON.stringify({ tags: ['a', 'b'] });
    registry.server.break({ on: /tags/, fault: { status: 200, body, headers: { Link } } });
    await allTags(sourceOf(registry, { access: accessTo(registry) }));
    expect(other.server.heard).toEqual([]);
  });
});
