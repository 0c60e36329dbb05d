import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { concat, utf8, type Bytes } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import * as type from '../../formats/media-type.ts';
import { HttpServer } from '../../testing/http-server.ts';
import { digestOfBytes, imageOf, indexOf, layoutOf } from '../../testing/image-of.ts';
import type { ByteRange } from '../source.ts';
import { LayoutSource } from './layout-source.ts';

const NEVER = new AbortController().signal;
const HASTY = { tries: 3, base: 1, longest: 100 };

const running: HttpServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

/** A static web host. `spa`: answers every name that it does not have with its start page, and 200. */
async function host(files: ReadonlyMap<string, Bytes>, { spa = false } = {}) {
  const server = await HttpServer.start((_, url, reply) => {
    const bytes = files.get(decodeURIComponent(url.pathname).replace('/image/', ''));
    if (bytes !== undefined) reply.content(bytes, { 'Content-Type': 'application/octet-stream' });
    else
      reply.send(spa ? 200 : 404, '<!doctype html><title>App</title>', {
        'Content-Type': 'text/html; charset=utf-8',
      });
  });
  running.push(server);
  return server;
}

const sourceAt = (server: HttpServer, name?: string) =>
  new LayoutSource(
    { kind: 'layout', url: `${server.origin}/image/`, ...(name !== undefined && { name }) },
    HASTY,
  );

async function read(source: LayoutSource, what: Descriptor, range?: ByteRange): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await source.open(what, { signal: NEVER, ...(range && { range }) }))
    pieces.push(piece);
  return concat(pieces);
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    (value) => expect.fail(`no failure but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error.failure;
  throw error;
}

const one = imageOf({ layers: [utf8('the one layer')] });
const two = indexOf([imageOf({ layers: [utf8('another')] }), one]);

describe('a static layout', () => {
  it('with one image is that image', async () => {
    const server = await host(layoutOf({ '': one }));
    const source = sourceAt(server);
    expect(await source.resolve(NEVER)).toEqual(one.root);
    for (const layer of one.layers) {
      const bytes = one.blobs.get(layer.digest)!;
      expect(await read(source, layer)).toEqual(bytes);
      expect(await read(source, layer, { start: 3, end: 7 })).toEqual(bytes.slice(3, 7));
    }
    expect(server.lines().slice(0, 2)).toEqual(['GET /image/oci-layout', 'GET /image/index.json']);
  });

  it('with several is an index of them', async () => {
    const files = layoutOf({ a: one, b: two });
    const source = sourceAt(await host(files));
    const found = await source.resolve(NEVER);
    const bytes = files.get('index.json')!;
    expect(found).toEqual({
      mediaType: type.OCI_INDEX,
      digest: digestOfBytes(bytes),
      size: bytes.length,
      data: bytes,
    });
    expect(await read(source, found)).toEqual(bytes);
    expect(await read(source, found, { start: 1, end: 4 })).toEqual(bytes.slice(1, 4));
  });

  it('may be asked for one by its name or its digest', async () => {
    const server = await host(layoutOf({ a: one, b: two }));
    expect(await sourceAt(server, 'b').resolve(NEVER)).toMatchObject({ digest: two.root.digest });
    expect(await sourceAt(server, one.root.digest).resolve(NEVER)).toMatchObject({ digest: one.root.digest });
    expect(await failureOf(sourceAt(server, 'c').resolve(NEVER))).toMatchObject({
      code: 'not-found',
      what: 'tag',
      name: 'c',
    });
  });

  it('goes on where the connection broke, and takes hosts that know no ranges', async () => {
    const server = await host(layoutOf({ '': one }));
    const layer = one.layers[0]!;
    const bytes = one.blobs.get(layer.digest)!;
    server.break({ on: /blobs/, fault: { cutAfter: 10 } }, { on: /blobs/, fault: { ignoreRange: true } });
    expect(await read(sourceAt(server), layer)).toEqual(bytes);
    server.break({ on: /blobs/, fault: { ignoreRange: true } });
    expect(await read(sourceAt(server), layer, { start: 5, end: 9 })).toEqual(bytes.slice(5, 9));
  });

  it('is none where the address is wrong', async () => {
    expect(await failureOf(sourceAt(await host(new Map())).resolve(NEVER))).toMatchObject({
      code: 'not-found',
      what: 'layout',
      name: 'oci-layout',
    });
    // GitHub Pages would say 404; a host of a single-page app does not.
    expect(await failureOf(sourceAt(await host(new Map(), { spa: true })).resolve(NEVER))).toMatchObject({
      code: 'malformed',
      format: 'oci-layout',
      reason: 'a web page in the place of oci-layout',
    });
  });

  it.each([
    [
      'index.json is missing',
      { 'index.json': null },
      { code: 'not-found', what: 'layout', name: 'index.json' },
    ],
    ['oci-layout is not JSON', { 'oci-layout': 'x' }, { code: 'malformed', format: 'oci-layout' }],
    ['the version is another', { 'oci-layout': '{"imageLayoutVersion":"2.0.0"}' }, { code: 'unsupported' }],
    ['index.json is not JSON', { 'index.json': '{' }, { code: 'malformed', format: 'index' }],
    ['index.json is a manifest', { 'index.json': '{"schemaVersion":2,"config":{}}' }, { code: 'malformed' }],
    [
      'oci-layout has no end',
      { 'oci-layout': ' '.repeat(70_000) },
      { code: 'too-large', what: 'oci-layout' },
    ],
  ])('is refused where %s', async (_, changes, failure) => {
    const files = layoutOf({ '': one });
    for (const [name, text] of Object.entries(changes)) {
      if (text === null) files.delete(name);
      else files.set(name, utf8(text as string));
    }
    expect(await failureOf(sourceAt(await host(files)).resolve(NEVER))).toMatchObject(failure);
  });

  it.each([true, false])('says which blob is missing (start page for all: %s)', async (spa) => {
    const files = layoutOf({ '': one });
    const { digest } = one.layers[0]!;
    files.delete(`blobs/${digest.replace(':', '/')}`);
    const server = await host(files, { spa });
    for (const range of [undefined, { start: 1, end: 2 }]) {
      expect(await failureOf(read(sourceAt(server), one.layers[0]!, range))).toMatchObject({
        code: 'not-found',
        what: 'blob',
        name: digest,
      });
    }
  });

  it.each([403, 500])('with %i is told as that', async (status) => {
    const server = await host(layoutOf({ '': one }));
    server.break({ on: /index.json/, times: 9, fault: { status } });
    expect(await failureOf(sourceAt(server).resolve(NEVER))).toMatchObject({ code: 'bad-status', status });
  });

  it('is what the sample is', async () => {
    const sample = join(import.meta.dirname, '../../../public/sample');
    const server = await HttpServer.start((_, url, reply) => {
      reply.content(new Uint8Array(readFileSync(join(sample, url.pathname.replace('/image/', '')))));
    });
    running.push(server);
    const source = sourceAt(server);
    const root = await source.resolve(NEVER);
    expect(digestOfBytes(await read(source, root))).toBe(root.digest);
  });
});
