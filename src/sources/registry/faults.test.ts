/** A registry, or its token service, that is slow, busy, broken or lying: what is done about it, and who is told. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Problem, type Failure } from '../../base/problem.ts';
import { OCI_LAYER } from '../../formats/media-type.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../../testing/fake-registry.ts';
import type { Fault } from '../../testing/http-server.ts';
import { imageOf } from '../../testing/image-of.ts';
import { Random } from '../../testing/random.ts';
import { NO_ACCESS, type Access } from '../access.ts';
import type { Patience, Wait } from '../http/patience.ts';
import { verified } from '../verified.ts';
import { checkSignIn } from './check-sign-in.ts';
import { RegistrySource } from './registry-source.ts';

const NEVER = new AbortController().signal;
const BLOB = new Random(11).bytes(300_000);
const IMAGE = imageOf({ layers: [{ tar: BLOB, blob: BLOB, mediaType: OCI_LAYER }] });
const LAYER = IMAGE.layers[0]!;
const USER = { username: 'ann', password: 'secret' };
const GUARDED: FakeRegistryOptions = { auth: 'bearer', users: { ann: 'secret' }, anonymous: false };

const running: FakeRegistry[] = [];
afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(running.splice(0).map((it) => it.stop()));
});

async function start(options: FakeRegistryOptions = {}, ...faults: Fault[]): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start(options);
  running.push(registry);
  registry.push('team/app', '1', IMAGE);
  registry.server.break(...faults);
  return registry;
}

const accessTo = ({ host }: { host: string }, credentials = USER): Access => ({
  registry: host,
  credentials,
  tokens: [],
});

/** A source, and what was said of its waits: `too-many 1000` begins, `too-many over` ends. */
function listening(registry: { host: string }, more: Partial<Patience> = {}, access = NO_ACCESS) {
  const said: string[] = [];
  const waits: Wait[] = [];
  const onWait = (wait: Wait) => {
    waits.push(wait);
    said.push(`${wait.why} ${wait.until === null ? '?' : Math.round((wait.until - wait.since) / 1000)}`);
    return () => void said.push(`${wait.why} over`);
  };
  const source = new RegistrySource(
    { kind: 'registry', registry: registry.host, repository: 'team/app', tag: '1' },
    access,
    { tries: 4, base: 1, longest: 5000, ...more, onWait },
  );
  return { source, said, waits };
}

async function read(source: RegistrySource, what = LAYER): Promise<void> {
  const reader = verified(await source.open(what, { signal: NEVER }), what, 'layer').getReader();
  while (!(await reader.read()).done);
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => expect.fail('no failure'),
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error.failure;
  throw error;
}

const rangesOf = (registry: FakeRegistry) =>
  registry.server.heard.filter(({ url }) => url.includes('/blobs/')).map(({ headers }) => headers.range);

describe('a wait', () => {
  it.each([
    ['seconds', 429, 'too-many'],
    ['a date', 429, 'too-many'],
    ['seconds', 503, 'trouble'],
  ] as const)('is as long as the registry says, and told: %s, %i', async (form, status, why) => {
    const registry = await start();
    const { source, said, waits } = listening(registry);
    // A date is of whole seconds, and of now: one that is past when it is read is no wait.
    const when = form === 'seconds' ? '1' : new Date(Date.now() + 3000).toUTCString();
    registry.server.break({ on: /GET/, fault: { status, headers: { 'Retry-After': when } } });
    await source.resolve(NEVER);
    expect(said).toEqual([expect.stringMatching(`^${why} [123]$`), `${why} over`]);
    expect(waits[0]!.host).toBe(registry.host);
    expect(Date.now()).toBeGreaterThanOrEqual(waits[0]!.until! - 1);
  });

  it('is longer where there are too many, and nobody says how long', async () => {
    const registry = await start({}, { on: /GET/, fault: { status: 429 } });
    const { source, waits } = listening(registry, { base: 500 });
    await source.resolve(NEVER);
    expect(waits).toMatchObject([{ why: 'too-many' }]);
    expect(waits[0]!.until! - waits[0]!.since).toBeGreaterThanOrEqual(1000);
  });

  it('of a moment is not told', async () => {
    const registry = await start({}, { on: /GET/, times: 3, fault: { status: 502 } });
    const { source, said } = listening(registry);
    await source.resolve(NEVER);
    expect(said).toEqual([]);
  });

  it('ends at once when nobody wants the answer any more', async () => {
    const fault = { status: 429, headers: { 'Retry-After': '4' } };
    const registry = await start({}, { on: /GET/, fault });
    const { source, said } = listening(registry);
    const stop = new AbortController();
    const reason = new Error('enough');
    const asked = source.resolve(stop.signal);
    await vi.waitFor(() => expect(said).toEqual(['too-many 4']));
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(said).toEqual(['too-many 4', 'too-many over']);
    expect(registry.server.heard).toHaveLength(1);
  });

  it('for an answer that does not come is told, and goes on', async () => {
    const registry = await start({}, { on: /GET/, fault: { late: 900 } });
    const { source, said, waits } = listening(registry, { silence: 400 });
    expect((await source.resolve(NEVER)).digest).toBe(IMAGE.root.digest);
    expect(said).toEqual(['silence ?', 'silence over']);
    expect(waits).toMatchObject([{ host: registry.host, until: null }]);
  });

  it('for a token is for its service', async () => {
    const registry = await start(GUARDED, { on: /token/, fault: { late: 900 } });
    const { source, said } = listening(registry, { silence: 400 }, accessTo(registry));
    await source.resolve(NEVER);
    expect(said).toEqual(['silence ?', 'silence over']);
  });
});

describe('a line that is dead', () => {
  it('is given up, and the layer goes on from there by its range', async () => {
    const registry = await start({}, { on: /blobs/, fault: { stallAfter: 100_000 } });
    const { source, said } = listening(registry, { silence: 300, stall: 600 });
    await read(source);
    expect(said).toEqual(['silence ?', 'silence over']);
    expect(rangesOf(registry)).toEqual([undefined, 'bytes=100000-299999']);
  });

  it('is not one that nobody reads from', async () => {
    const registry = await start();
    const { source } = listening(registry, { stall: 400 });
    const reader = (await source.open(LAYER, { signal: NEVER })).getReader();
    let length = (await reader.read()).value!.length;
    await new Promise((resolve) => setTimeout(resolve, 900));
    for (let next; !(next = await reader.read()).done;) length += next.value.length;
    expect(length).toBe(BLOB.length);
    expect(rangesOf(registry)).toEqual([undefined]);
  });

  it('in the middle of a document is given up, and the document asked for again', async () => {
    // Of a list there is none.
    const registry = await start(
      {},
      { on: /manifests/, fault: { late: 0 } },
      { on: /manifests/, fault: { stallAfter: 10 } },
    );
    const { source } = listening(registry, { stall: 300 });
    expect((await source.resolve(NEVER)).digest).toBe(IMAGE.root.digest);
  });
});

describe('a token', () => {
  it('that dies in the middle of a layer is renewed, and the layer goes on', async () => {
    const registry = await start(GUARDED);
    const { source } = listening(registry, {}, accessTo(registry));
    await source.resolve(NEVER);
    registry.server.reset();
    registry.server.break({ on: /blobs/, fault: { cutAfter: 100_000 } });
    const reader = verified(await source.open(LAYER, { signal: NEVER }), LAYER, 'layer').getReader();
    await reader.read();
    registry.tokens.clear();
    while (!(await reader.read()).done);
    const lines = registry.server.heard.map(({ url, headers }) =>
      [url.split(/[/?]/).at(url.startsWith('/token') ? 1 : -2), headers.range ? 'on' : ''].join(' ').trim(),
    );
    // Refused, renewed, and on: not one byte is asked for twice.
    expect(lines).toEqual(['blobs', 'blobs on', 'token', 'blobs on']);
    const from = rangesOf(registry)
      .slice(1)
      .map((range) => Number(/\d+/.exec(range!)![0]));
    expect(from[0]).toBeGreaterThan(0);
    expect(from[1]).toBe(from[0]);
  });

  it('is renewed by a thread that was handed it when it was dead already, without being refused', async () => {
    const registry = await start({ ...GUARDED, token: { expiresIn: 0.02 } });
    const { source } = listening(registry, {}, accessTo(registry));
    await source.resolve(NEVER);
    const access = structuredClone(source.access());
    await new Promise((resolve) => setTimeout(resolve, 30));
    registry.server.reset();
    await read(listening(registry, {}, access).source);
    expect(registry.server.lines().map((line) => line.split(/[ ?]/)[1]!.split('/')[1])).toEqual([
      'token',
      'v2',
    ]);
  });

  it('that is not good for anything is asked for once', async () => {
    const registry = await start(GUARDED);
    const { source } = listening(registry, {}, accessTo(registry));
    vi.spyOn(registry.tokens, 'has').mockReturnValue(false);
    expect(await failureOf(source.resolve(NEVER))).toMatchObject({
      code: 'unauthorized',
      offers: ['bearer'],
      hadCredentials: true,
      wasKnown: true,
    });
    expect(registry.server.heard).toHaveLength(3);
  });

  it('is asked for again where its answer breaks', async () => {
    const registry = await start(GUARDED, { on: /token/, fault: { cutAfter: 5 } });
    const { source } = listening(registry, {}, accessTo(registry));
    expect((await source.resolve(NEVER)).digest).toBe(IMAGE.root.digest);
  });

  it.each([
    ['down', { hangUp: true }, { code: 'unreachable', alive: true }],
    ['in trouble', { status: 503 }, { code: 'bad-status', status: 503 }],
    ['nonsense', { status: 200, body: '<html>' }, { code: 'malformed', format: 'token' }],
    ['endless', { status: 200, body: ' '.repeat(300_000) }, { code: 'too-large', what: 'token' }],
  ] as const)(
    'service that is %s is told, and Basic is used where that is offered too',
    async (_, fault, told) => {
      const faults = { on: /GET \/token/, times: 99, fault };
      const guarded = await start(GUARDED, faults);
      const failure = await failureOf(listening(guarded, {}, accessTo(guarded)).source.resolve(NEVER));
      expect(failure).toMatchObject(told);
      if (failure.code === 'unreachable') expect(failure.tokensOf).toBe(guarded.host);

      const both = await start({ ...GUARDED, auth: 'both' }, faults);
      const { source } = listening(both, {}, accessTo(both));
      expect((await source.resolve(NEVER)).digest).toBe(IMAGE.root.digest);
    },
  );
});

describe('a length', () => {
  it('that is too long costs nothing but a wait', async () => {
    const registry = await start({}, { on: /blobs/, fault: { claim: BLOB.length + 1000 } });
    await read(listening(registry).source);
    expect(rangesOf(registry)).toEqual([undefined]);
  });

  it('that is too short is believed, and told', async () => {
    const registry = await start({}, { on: /blobs/, fault: { claim: 1000 } });
    expect(await failureOf(read(listening(registry).source))).toMatchObject({
      code: 'size-mismatch',
      actual: 1000,
    });
  });

  it('of a part that is not what was asked for is told', async () => {
    const headers = { 'Content-Range': 'bytes 150000-299999/300000' };
    const registry = await start(
      {},
      { on: /blobs/, fault: { cutAfter: 100_000 } },
      { on: /blobs/, fault: { status: 206, headers, body: 'x' } },
    );
    expect(await failureOf(read(listening(registry).source))).toMatchObject({
      code: 'bad-status',
      status: 206,
    });
  });
});

describe('a redirect', () => {
  it('in a circle is told as one that leads nowhere', async () => {
    const fault = { status: 307, headers: { Location: '/v2/team/app/manifests/1' } };
    const registry = await start({}, { on: /manifests/, times: 999, fault });
    expect(await failureOf(listening(registry).source.resolve(NEVER))).toMatchObject({
      code: 'unreachable',
      alive: true,
      redirects: true,
    });
  });
});

describe('a registry that lets no page send Authorization', () => {
  it('is told from one that lets no page read it', async () => {
    // The browser: a preflight that is answered 401 is a network error.
    vi.stubGlobal('fetch', async (url: string, { headers, mode }: { headers?: object; mode?: string }) => {
      if (headers !== undefined && 'Authorization' in headers) throw new TypeError('Failed to fetch');
      const challenge = { 'WWW-Authenticate': 'Basic realm="x"' };
      const response = new Response('', mode === 'no-cors' ? {} : { status: 401, headers: challenge });
      return Object.defineProperty(response, 'url', { value: String(url) });
    });
    const registry = { host: 'r.example.org' };
    const access = accessTo(registry);
    const expected = { code: 'unreachable', alive: true, preflight: true };
    expect(await failureOf(listening(registry, {}, access).source.resolve(NEVER))).toMatchObject(expected);
    const patience = { tries: 1, base: 1, longest: 1 };
    expect(await failureOf(checkSignIn(registry.host, access, NEVER, patience))).toMatchObject(expected);
  });
});

describe('a name and a password', () => {
  const patience = { tries: 1, base: 1, longest: 1 };

  it.each(['basic', 'bearer', 'both'] as const)(
    'are checked before an image is asked for (%s)',
    async (auth) => {
      const registry = await start({ ...GUARDED, auth });
      const check = (credentials: typeof USER) =>
        checkSignIn(registry.host, accessTo(registry, credentials), NEVER, patience);
      expect(await check(USER)).toBe('accepted');
      expect(await failureOf(check({ ...USER, password: 'wrong' }))).toMatchObject({
        code: 'unauthorized',
        hadCredentials: true,
      });
      expect(registry.server.lines().join()).not.toMatch(/secret|wrong|scope/);
    },
  );

  it('cannot be checked where everybody is let in', async () => {
    const registry = await start();
    expect(await checkSignIn(registry.host, accessTo(registry), NEVER, patience)).toBe('unasked');
    expect(registry.server.heard.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it.each(['basic', 'bearer'] as const)('are let go of (%s)', async (auth) => {
    const registry = await start({ ...GUARDED, auth });
    const { source } = listening(registry, {}, accessTo(registry));
    await source.resolve(NEVER);
    expect(JSON.stringify(source.access())).toMatch(/secret/);
    source.forget();
    expect(source.access()).toEqual({ registry: registry.host, credentials: null, tokens: [] });
    registry.server.reset();
    expect(await failureOf(read(source))).toMatchObject({ code: 'unauthorized', hadCredentials: false });
    expect(registry.server.heard.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });
});
