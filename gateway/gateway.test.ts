import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../src/base/bytes.ts';
import * as type from '../src/formats/media-type.ts';
import { RegistrySource } from '../src/sources/registry/registry-source.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../src/testing/fake-registry.ts';
import { HttpServer, type Handler } from '../src/testing/http-server.ts';
import { imageOf } from '../src/testing/image-of.ts';
import { Random } from '../src/testing/random.ts';
import { Gateway } from './gateway.ts';
import { Upstream, type UpstreamOptions } from './upstream.ts';

const BLOB = new Random(3).bytes(3_000_000);
const IMAGE = imageOf({ layers: [utf8('one'), { tar: BLOB, blob: BLOB, mediaType: type.OCI_LAYER }] });
const LAYER = IMAGE.layers[1]!;
const BLOB_PATH = `v2/team/app/blobs/${LAYER.digest}`;

const running: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});

async function startRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start(options);
  running.push(() => registry.stop());
  registry.push('team/app', '1', IMAGE);
  return registry;
}

async function startServer(handler: Handler): Promise<HttpServer> {
  const server = await HttpServer.start(handler);
  running.push(() => server.stop());
  return server;
}

/** The gateway's port. `named`: host:port on loopback. */
async function startGateway(
  named: readonly string[],
  options: Partial<UpstreamOptions> = {},
): Promise<number> {
  const gateway = new Gateway({ named: new Map(named.map((host) => [host, `http://${host}`])), ...options });
  const server: Server = createServer((from, to) => {
    void gateway.answer(from, to).then((isDone) => isDone || to.writeHead(418).end('the page'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(() => {
    gateway.close();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** It ended as it should. */
  readonly isWhole: boolean;
}

const BY_PAGE = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' };

/** As the page's `fetch`; a header of null is left out. */
function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string | null>> = {},
  method = 'GET',
): Promise<Got> {
  const all = Object.entries({ host: `127.0.0.1:${port}`, ...BY_PAGE, ...headers });
  const sent = Object.fromEntries(all.filter((it): it is [string, string] => it[1] !== null));
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, path: `/gateway/${path}`, method, headers: sent, setHost: false },
      (answer) => {
        const pieces: Buffer[] = [];
        const end = () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(pieces),
            isWhole: answer.complete,
          });
        answer.on('data', (piece: Buffer) => pieces.push(piece)).on('end', end);
        answer.on('error', end);
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}

const faultOf = ({ headers }: Got) => headers['stratascope-gateway'];

describe('the gateway', () => {
  it('hands on what is asked and answered', async () => {
    const registry = await startRegistry();
    const port = await startGateway([registry.host]);
    const manifest = await ask(port, `${registry.host}/v2/team/app/manifests/1`, {
      accept: type.OCI_MANIFEST,
    });
    expect(manifest.status).toBe(200);
    expect(manifest.headers['docker-content-digest']).toBe(IMAGE.root.digest);
    expect(manifest.headers['content-type']).toBe(type.OCI_MANIFEST);
    expect(Buffer.from(IMAGE.blobs.get(IMAGE.root.digest)!).equals(manifest.body)).toBe(true);
    const blob = await ask(port, `${registry.host}/${BLOB_PATH}`);
    expect(blob.headers['content-length']).toBe(String(BLOB.length));
    expect(blob.body.equals(BLOB)).toBe(true);
    expect((await ask(port, `${registry.host}/v2/team/app/tags/list?n=5`)).body.toString()).toContain('"1"');
  });

  it('hands on parts, HEAD and errors', async () => {
    const registry = await startRegistry();
    const port = await startGateway([registry.host]);
    const part = await ask(port, `${registry.host}/${BLOB_PATH}`, { range: 'bytes=5-9' });
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 5-9/${BLOB.length}`]);
    expect(part.body.equals(BLOB.subarray(5, 10))).toBe(true);
    const head = await ask(port, `${registry.host}/${BLOB_PATH}`, {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '3000000', 0]);
    const past = await ask(port, `${registry.host}/${BLOB_PATH}`, { range: 'bytes=9000000-9000009' });
    expect([past.status, past.headers['content-range']]).toEqual([416, `bytes */${BLOB.length}`]);
    const missing = await ask(port, `${registry.host}/v2/team/app/manifests/2`);
    expect([missing.status, faultOf(missing)]).toEqual([404, undefined]);
    expect(missing.body.toString()).toContain('MANIFEST_UNKNOWN');
    registry.server.break({
      on: /blobs/,
      fault: { status: 429, headers: { 'Retry-After': '7' }, body: 'slow' },
    });
    const tired = await ask(port, `${registry.host}/${BLOB_PATH}`);
    expect([tired.status, tired.headers['retry-after'], tired.body.toString()]).toEqual([429, '7', 'slow']);
  });

  it('makes nothing of content that a browser could run, keep or obey', async () => {
    const server = await startServer((_, __, reply) => {
      const headers = {
        'Content-Type': 'text/html',
        'Set-Cookie': 'a=b',
        'Clear-Site-Data': '"*"',
        'Service-Worker-Allowed': '/',
        'Access-Control-Allow-Origin': '*',
        'Strict-Transport-Security': 'max-age=9',
        Refresh: '0;url=/',
        'Stratascope-Gateway': 'refused',
      };
      reply.send(200, '<script>1</script>', headers);
    });
    const port = await startGateway([server.host]);
    const { headers } = await ask(port, `${server.host}/${BLOB_PATH}`);
    expect(Object.keys(headers).sort()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-security-policy',
      'content-type',
      'cross-origin-resource-policy',
      'date',
      'keep-alive',
      'x-content-type-options',
    ]);
    expect(headers['content-security-policy']).toContain('sandbox');
  });

  it('tells a registry nothing of the browser', async () => {
    const registry = await startRegistry();
    const port = await startGateway([registry.host]);
    await ask(port, `${registry.host}/v2/team/app/manifests/1`, {
      accept: type.OCI_MANIFEST,
      cookie: 'a=b',
      referer: 'http://127.0.0.1/',
      'user-agent': 'Browser/1',
      'accept-language': 'tlh',
      'x-forwarded-for': '1.2.3.4',
    });
    expect(Object.keys(registry.server.heard[0]!.headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(registry.server.heard[0]!.headers).toMatchObject({
      'user-agent': 'stratascope',
      host: registry.host,
    });
  });

  it('serves a page’s own source, tokens and all', async () => {
    const users = { ann: 'secret' };
    for (const auth of ['none', 'basic', 'bearer'] as const) {
      for (const redirectBlobs of [false, true]) {
        const registry = await startRegistry({ auth, users, redirectBlobs });
        const port = await startGateway([registry.host, registry.store.host]);
        const given = globalThis.fetch;
        // What a browser adds.
        globalThis.fetch = (url, init) =>
          given(url, { ...init, headers: { ...(init?.headers as Record<string, string>), ...BY_PAGE } });
        try {
          const source = new RegistrySource(
            { kind: 'registry', registry: registry.host, repository: 'team/app', tag: '1' },
            {
              registry: registry.host,
              credentials: auth === 'none' ? null : { username: 'ann', password: 'secret' },
              tokens: [],
              route: { kind: 'gateway', base: `http://127.0.0.1:${port}/gateway` },
            },
          );
          const { signal } = new AbortController();
          expect((await source.resolve(signal)).digest).toBe(IMAGE.root.digest);
          let length = 0;
          for await (const piece of await source.open(LAYER, { signal })) length += piece.length;
          expect(length).toBe(BLOB.length);
        } finally {
          globalThis.fetch = given;
        }
        // The store refuses whoever brings it credentials (as S3 does): it was brought none.
        expect(registry.store.heard.every(({ headers }) => headers.authorization === undefined)).toBe(true);
      }
    }
  });

  it('says where it leads, and where not', async () => {
    const registry = await startRegistry();
    const other = await startRegistry();
    const lookup = (name: string, _: object, done: (...all: never[]) => void) =>
      (done as (error: Error | null, all: object[]) => void)(
        name === 'nowhere.example' ? Object.assign(new Error('no'), { code: 'ENOTFOUND' }) : null,
        [{ address: name === 'registry-1.docker.io' ? '1.2.3.4' : '10.0.0.1', family: 4 }],
      );
    const port = await startGateway([registry.host], { lookup: lookup as never });
    const leads = async (name: string) => {
      const got = await ask(port, `${name}/`);
      return faultOf(got) ?? got.status;
    };
    expect(await leads(registry.host)).toBe(204);
    expect(await leads('docker.io')).toBe(204);
    expect(await leads('registry.lan')).toBe('private-address');
    expect(await leads('nowhere.example')).toBe('no-such-host');
    expect(await leads('localhost:5000')).toBe('bad-redirect');
    expect(await leads(other.host)).toBe('bad-redirect');
    expect(await leads('10.0.0.1')).toBe('private-address');
    expect(await leads('[fd00::1]:5000')).toBe('private-address');
    expect(await leads('no_host')).toBe('refused');
    expect(other.server.heard).toEqual([]);
  });
});

describe('who is not its own page', () => {
  it.each<[string, Record<string, string | null>, string?]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['a program', { 'sec-fetch-site': null }],
    ['a document', { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' }],
    ['a frame', { 'sec-fetch-dest': 'iframe' }],
    ['a picture', { 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' }],
    ['a script', { 'sec-fetch-dest': 'script' }],
    ['a request that reads nothing', { 'sec-fetch-mode': 'no-cors' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['a sandbox', { origin: 'null' }],
    ['a name of somebody’s', { host: 'evil.example' }],
    ['a name of somebody’s, by the right port', { host: 'evil.example:PORT' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['no name', { host: '' }],
    ['a writer', {}, 'POST'],
    ['a preflight', { 'access-control-request-method': 'GET' }, 'OPTIONS'],
  ])('%s', async (_, headers, method) => {
    const registry = await startRegistry();
    const port = await startGateway([registry.host]);
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value?.replace('PORT', String(port)) ?? null]),
    );
    const got = await ask(port, `${registry.host}/v2/team/app/tags/list`, sent, method);
    // Node itself refuses a request without a name.
    expect([403, 400]).toContain(got.status);
    expect(got.headers['access-control-allow-origin']).toBeUndefined();
    expect(registry.server.heard).toEqual([]);
  });

  it('gets nothing that is not pulled', async () => {
    const registry = await startRegistry();
    const port = await startGateway([registry.host]);
    for (const path of [
      `${registry.host}`,
      `${registry.host}/v1/search`,
      `${registry.host}/v2/../secret`,
      `${registry.host}/v2/team/app/../../../secret/tags/list`,
      `${registry.host}/v2//tags/list`,
      `${registry.host}/v2/team/app/blobs/uploads/`,
      `${registry.host}/v2/team/app/manifests/%2e%2e`,
      `${registry.host}@evil.example/v2/`,
      `${registry.host}%2f/v2/`,
      `/v2/`,
      '',
      `${registry.host}/v2/${'a/'.repeat(5000)}tags/list`,
    ]) {
      expect([path, faultOf(await ask(port, path))]).toEqual([path, 'refused']);
    }
    expect(registry.server.heard).toEqual([]);
  });
});

describe('a registry that leads astray', () => {
  const redirecting = (location: (server: HttpServer, url: URL) => string) =>
    startServer((_, url, reply) => reply.send(307, '', { Location: location(server!, url) }));
  let server: HttpServer | undefined;

  it('in circles, or for ever', async () => {
    server = await redirecting(({ origin }, url) => `${origin}${url.pathname}`);
    let port = await startGateway([server.host]);
    expect(faultOf(await ask(port, `${server.host}/${BLOB_PATH}`))).toBe('redirect-loop');
    expect(server.heard).toHaveLength(1);
    let count = 0;
    server = await redirecting(({ origin }) => `${origin}/${++count}`);
    port = await startGateway([server.host]);
    expect(faultOf(await ask(port, `${server.host}/${BLOB_PATH}`))).toBe('too-many-redirects');
    expect(server.heard).toHaveLength(6);
  });

  it.each([
    ['http://127.0.0.1:9/', 'bad-redirect'],
    ['https://127.0.0.1/', 'private-address'],
    ['https://[::1]/', 'private-address'],
    ['https://[::ffff:10.0.0.1]/', 'private-address'],
    ['https://169.254.169.254/latest/meta-data/', 'private-address'],
    ['https://0x7f.1/', 'private-address'],
    ['https://2130706433/', 'private-address'],
    ['https://rebound.example/', 'private-address'],
    ['http://example.org/', 'bad-redirect'],
    ['ftp://example.org/', 'bad-redirect'],
    ['file:///etc/passwd', 'bad-redirect'],
    ['https://user:secret@example.org/', 'bad-redirect'],
    ['http://[', 'bad-redirect'],
  ])('to %s', async (location, fault) => {
    server = await redirecting(() => location);
    const lookup = (_: string, __: object, done: (...all: never[]) => void) =>
      (done as (error: Error | null, all: object[]) => void)(null, [
        { address: '127.0.0.1', family: 4 },
        { address: 'fd00::1', family: 6 },
      ]);
    const port = await startGateway([server.host], { lookup: lookup as never });
    expect(faultOf(await ask(port, `${server.host}/${BLOB_PATH}`))).toBe(fault);
  });

  it('to one on this machine that was named for somebody else', async () => {
    const secret = await startRegistry();
    // As a registry of the internet would: it was not named.
    const stranger = await redirecting(() => `${secret.server.origin}/v2/team/app/tags/list`);
    const port = await startGateway([stranger.host]);
    expect(faultOf(await ask(port, `${stranger.host}/${BLOB_PATH}`))).toBe('bad-redirect');
    expect(secret.server.heard).toEqual([]);
  });

  it('to one that was named, on behalf of one that was not', async () => {
    const secret = await startRegistry();
    const { host, origin } = secret.server;
    const upstream = new Upstream({ named: new Map([[host, origin]]) });
    const { signal } = new AbortController();
    const question = { method: 'GET', headers: {}, authorization: undefined, signal };
    // A realm that a stranger says to have, at any path.
    const url = new URL(`${origin}/v2/`);
    await expect(upstream.ask('evil.example', url, question)).rejects.toMatchObject({
      fault: 'bad-redirect',
    });
    expect(secret.server.heard).toEqual([]);
    (await upstream.ask(host, url, question)).message.destroy();
    expect(secret.server.heard).toHaveLength(1);
    upstream.close();
  });

  it('does not say to whom a name goes, and is not told it elsewhere', async () => {
    const challenge = { 'WWW-Authenticate': 'Bearer realm="https://evil.example/token"' };
    const elsewhere = await startServer((_, __, reply) => reply.send(401, '', challenge));
    server = await redirecting(() => `${elsewhere.origin}/`);
    const port = await startGateway([server.host, elsewhere.host]);
    const got = await ask(port, `${server.host}/${BLOB_PATH}`, { authorization: 'Basic c2VjcmV0' });
    expect([got.status, got.headers['www-authenticate']]).toEqual([401, undefined]);
    expect(server.heard[0]!.headers.authorization).toBe('Basic c2VjcmV0');
    expect(elsewhere.heard[0]!.headers.authorization).toBeUndefined();
  });

  it('to a token service that it does not name', async () => {
    const registry = await startRegistry({ auth: 'bearer' });
    const other = await startRegistry({ auth: 'bearer' });
    const port = await startGateway([registry.host, other.host]);
    const token = (realm: string) => ask(port, `${registry.host}/token?realm=${encodeURIComponent(realm)}`);
    expect(faultOf(await token(`${other.server.origin}/token`))).toBe('unknown-realm');
    expect(faultOf(await token('https://example.org/token'))).toBe('unknown-realm');
    expect(faultOf(await token('no URL'))).toBe('unknown-realm');
    expect(other.server.heard).toEqual([]);
    // Its own is asked for where it was not heard of yet.
    expect((await token(`${registry.server.origin}/token`)).status).toBe(200);
  });
});

describe('a registry in trouble', () => {
  it('is not there', async () => {
    const port = await startGateway(['127.0.0.1:9']);
    const got = await ask(port, '127.0.0.1:9/v2/');
    expect([got.status, faultOf(got)]).toEqual([502, 'no-answer']);
  });

  it('speaks something else', async () => {
    const net = await import('node:net');
    const server = net.createServer((socket) => socket.on('error', () => {}).end('220 smtp.example.org\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const port = await startGateway([host]);
    expect(faultOf(await ask(port, `${host}/v2/`))).toBe('malformed-answer');
  });

  it('goes over to another protocol', async () => {
    const net = await import('node:net');
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello'),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const port = await startGateway([host]);
    expect(faultOf(await ask(port, `${host}/v2/`))).toBe('malformed-answer');
  });

  it('has headers without end', async () => {
    const server = await startServer((_, __, reply) => reply.send(200, '', { Link: 'x'.repeat(100_000) }));
    const port = await startGateway([server.host]);
    expect(faultOf(await ask(port, `${server.host}/v2/`))).toBe('malformed-answer');
  });

  it('promises more than it sends: the page sees that it broke', async () => {
    const registry = await startRegistry();
    const port = await startGateway([registry.host]);
    registry.server.break({ on: /blobs/, fault: { cutAfter: 1_000_000 } });
    const got = await ask(port, `${registry.host}/${BLOB_PATH}`);
    expect([got.status, got.isWhole]).toEqual([200, false]);
    expect(got.body.length).toBeLessThanOrEqual(1_000_000);
  });

  it('is let go of when the page has gone', async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const server = await startServer((from) => from.on('close', () => closed()));
    const port = await startGateway([server.host]);
    const asking = request({
      host: '127.0.0.1',
      port,
      path: `/gateway/${server.host}/v2/`,
      headers: BY_PAGE,
    });
    asking.on('error', () => {});
    asking.end();
    await expect.poll(() => server.heard.length).toBe(1);
    asking.destroy();
    await gone;
  });

  it('is not read faster than the page reads', async () => {
    let sent = 0;
    const server = createServer((_, to) => {
      const piece = Buffer.alloc(256 * 1024);
      const more = () => {
        while (sent < 64 * 1024 * 1024) {
          sent += piece.length;
          if (!to.write(piece)) return void to.once('drain', more);
        }
        to.end();
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(() => (server.closeAllConnections(), server.close()));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const port = await startGateway([host]);
    const headers = { ...BY_PAGE, host: `127.0.0.1:${port}` };
    const asking = request({ host: '127.0.0.1', port, path: `/gateway/${host}/${BLOB_PATH}`, headers });
    const answer = await new Promise<IncomingMessage>((resolve) => asking.on('response', resolve).end());
    answer.pause();
    await new Promise((resolve) => setTimeout(resolve, 400));
    // What fits into the buffers of three connections.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    answer.on('error', () => {}).destroy();
  });
});
