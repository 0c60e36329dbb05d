/**
 * A registry that speaks HTTP (distribution-spec v1.1, "Pull"), as strict about `Accept` as distribution 2.8 is: it
 * refuses OCI documents that were not asked for, and rewrites what Docker's clients of old would not know.
 */
import type { IncomingMessage } from 'node:http';
import { utf8, type Bytes } from '../base/bytes.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import type { Digest } from '../formats/digest.ts';
import * as type from '../formats/media-type.ts';
import { HttpServer, type Reply } from './http-server.ts';
import type { TestImage } from './image-of.ts';

export interface FakeRegistryOptions {
  /** `bearer`: token service at `/token` of the same server. */
  readonly auth?: 'none' | 'basic' | 'bearer' | 'both';
  /** Names and passwords that are let in. */
  readonly users?: Readonly<Record<string, string>>;
  /** Whether nobody gets a token, and whether that token is good for anything. */
  readonly anonymous?: boolean;
  readonly token?: {
    readonly member?: 'token' | 'access_token';
    readonly expiresIn?: number;
    /** In the challenge, in place of our own address and `repository:…:pull`. */
    readonly realm?: string;
    readonly scope?: string;
  };
  /** Headers that a page could not read, so that they are not sent: `www-authenticate`, `docker-content-digest`, `link`. */
  readonly hide?: readonly string[];
  /** CORS headers on every answer, 200 to every OPTIONS; the store, as buckets are, is open to all but OPTIONS. */
  readonly cors?: boolean;
  /** Gives every manifest whatever `Accept` says, of this type where it says one. */
  readonly careless?: true | string;
  /** Answers blobs with 307 to a store at another port. */
  readonly redirectBlobs?: boolean;
  /** Answers 416 to ranges without an end. */
  readonly closedRangesOnly?: boolean;
  /** Tags of a page at most; and whether `n` and `last` are known at all. */
  readonly pageSize?: number;
  readonly knowsPages?: boolean;
}

interface Repository {
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, { readonly bytes: Bytes; readonly mediaType: string }>;
  readonly blobs: Map<Digest, Bytes>;
}

const MANIFEST = /^\/v2\/(.+)\/manifests\/([^/]+)$/;
const BLOB = /^\/v2\/(.+)\/blobs\/([^/]+)$/;
const TAGS = /^\/v2\/(.+)\/tags\/list$/;

export class FakeRegistry {
  static async start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry: FakeRegistry = new FakeRegistry(
      options,
      await HttpServer.start((request, url, reply) => registry.#answer(request, url, reply)),
      await HttpServer.start((request, url, reply) => registry.#store(request, url, reply)),
    );
    return registry;
  }

  readonly server: HttpServer;
  /** Where blobs are redirected to. */
  readonly store: HttpServer;
  /** Valid tokens, and the user each was given to. Clear it, and all have expired. */
  readonly tokens = new Map<string, string>();
  readonly #options: FakeRegistryOptions;
  readonly #repositories = new Map<string, Repository>();
  #tokenCount = 0;

  private constructor(options: FakeRegistryOptions, server: HttpServer, store: HttpServer) {
    this.#options = options;
    this.server = server;
    this.store = store;
  }

  /** As in a reference: `127.0.0.1:port`. */
  get host(): string {
    return this.server.host;
  }

  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), this.store.stop()]);
  }

  push(name: string, tag: string, { root, blobs }: TestImage): void {
    const repository = this.#repositories.get(name) ?? {
      tags: new Map(),
      manifests: new Map(),
      blobs: new Map(),
    };
    this.#repositories.set(name, repository);
    repository.tags.set(tag, root.digest);
    for (const [digest, bytes] of blobs) {
      const mediaType = digest === root.digest ? root.mediaType : shapeOf(bytes);
      // A manifest is no blob: distribution answers 404 to whoever asks for it as one.
      if (mediaType === null) repository.blobs.set(digest, bytes);
      else repository.manifests.set(digest, { bytes, mediaType });
    }
  }

  /** Puts other bytes in the place of a blob's or manifest's, or nothing where null. */
  replace(name: string, digest: Digest, bytes: Bytes | null): void {
    const { blobs, manifests } = this.#repositories.get(name)!;
    if (bytes === null) {
      blobs.delete(digest);
      manifests.delete(digest);
      return;
    }
    const manifest = manifests.get(digest);
    if (manifest === undefined) blobs.set(digest, bytes);
    else manifests.set(digest, { ...manifest, bytes });
  }

  #answer(request: IncomingMessage, url: URL, reply: Reply): void {
    const { cors = false } = this.#options;
    if (cors) {
      reply.header('Access-Control-Allow-Origin', '*');
      reply.header('Access-Control-Allow-Headers', 'Authorization, Accept, Range');
      reply.header(
        'Access-Control-Expose-Headers',
        'Docker-Content-Digest, WWW-Authenticate, Link, Content-Range',
      );
      if (request.method === 'OPTIONS') return reply.send(200);
    }
    if (url.pathname === '/token') return this.#giveToken(request, url, reply);
    if (!url.pathname.startsWith('/v2/')) return reply.send(404, 'no such page');
    const path = decodeURIComponent(url.pathname);
    const refusal = this.#refuse(request, path);
    if (refusal !== null)
      return refuse(reply, 401, 'UNAUTHORIZED', 'authentication required', this.#shown(refusal));
    if (path === '/v2/') return reply.json(200, {});

    const [, name = ''] = MANIFEST.exec(path) ?? BLOB.exec(path) ?? TAGS.exec(path) ?? [];
    const repository = this.#repositories.get(name);
    if (repository === undefined)
      return refuse(reply, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
    const last = path.slice(path.lastIndexOf('/') + 1);
    if (TAGS.test(path)) return this.#giveTags(name, repository, url, reply);
    if (MANIFEST.test(path)) return this.#giveManifest(repository, last, request, reply);
    return this.#giveBlob(repository, last as Digest, reply);
  }

  #giveManifest(repository: Repository, name: string, request: IncomingMessage, reply: Reply): void {
    const unknown = (message: string) => refuse(reply, 404, 'MANIFEST_UNKNOWN', message);
    const byTag = repository.tags.get(name);
    const digest = byTag ?? (name as Digest);
    const found = repository.manifests.get(digest);
    if (found === undefined) return unknown('manifest unknown');
    const { careless } = this.#options;
    const give = (bytes: Bytes, mediaType: string, shown = digest) =>
      reply.send(200, bytes, {
        'Content-Type': mediaType,
        ...this.#shown({ 'Docker-Content-Digest': shown }),
      });
    if (careless !== undefined) return give(found.bytes, careless === true ? found.mediaType : careless);

    const accepted = (request.headers.accept ?? '').split(',').map((it) => it.trim());
    if (accepted.includes(found.mediaType)) return give(found.bytes, found.mediaType);
    // registry/handlers/manifests.go of 2.8.2, GetManifest.
    if (found.mediaType === type.OCI_MANIFEST)
      return unknown('OCI manifest found, but accept header does not support it');
    if (found.mediaType === type.OCI_INDEX)
      return unknown('OCI index found, but accept header does not support it');
    if (byTag === undefined) return give(found.bytes, found.mediaType);
    let manifest: { readonly bytes: Bytes; readonly mediaType: string } | undefined = found;
    let shown = digest;
    if (found.mediaType === type.DOCKER_LIST) {
      const { manifests } = JSON.parse(Buffer.from(found.bytes).toString()) as { manifests: Descriptor[] };
      const amd64 = manifests.find(
        ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
      );
      manifest = amd64 && repository.manifests.get(amd64.digest);
      if (amd64 === undefined || manifest === undefined) return unknown('manifest unknown');
      shown = amd64.digest;
    }
    if (accepted.includes(manifest.mediaType)) return give(manifest.bytes, manifest.mediaType, shown);
    return give(utf8('{"schemaVersion":1,"fsLayers":[],"history":[]}'), type.DOCKER_SCHEMA1_SIGNED);
  }

  #giveBlob(repository: Repository, digest: Digest, reply: Reply): void {
    const bytes = repository.blobs.get(digest);
    if (bytes === undefined) return refuse(reply, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    if (this.#options.redirectBlobs === true) {
      return reply.send(307, '', { Location: `${this.store.origin}/${digest}?signature=secret` });
    }
    this.#content(bytes, reply);
  }

  /** Like S3, it takes the signature in the address, and refuses to be told twice who asks. */
  #store(request: IncomingMessage, url: URL, reply: Reply): void {
    if (this.#options.cors === true) reply.header('Access-Control-Allow-Origin', '*');
    if (request.headers.authorization !== undefined)
      return reply.send(400, 'Only one auth mechanism allowed');
    if (request.method === 'OPTIONS')
      return reply.send(403, 'CORSResponse: this CORS request is not allowed');
    const digest = url.pathname.slice(1) as Digest;
    const holder = [...this.#repositories.values()].find(({ blobs }) => blobs.has(digest));
    if (holder === undefined) return reply.send(404, 'NoSuchKey');
    this.#content(holder.blobs.get(digest)!, reply);
  }

  #content(bytes: Bytes, reply: Reply): void {
    const openRanges = this.#options.closedRangesOnly !== true;
    reply.content(bytes, { 'Content-Type': 'application/octet-stream' }, { openRanges });
  }

  #giveTags(name: string, { tags }: Repository, url: URL, reply: Reply): void {
    const { pageSize = 100, knowsPages = true } = this.#options;
    const all = [...tags.keys()].sort();
    if (!knowsPages) return reply.json(200, { name, tags: all });
    const last = url.searchParams.get('last');
    const size = Math.min(Number(url.searchParams.get('n') ?? pageSize), pageSize);
    const rest = all.filter((tag) => last === null || tag > last);
    const page = rest.slice(0, size);
    const next = `</v2/${name}/tags/list?last=${page.at(-1)}&n=${size}>; rel="next"`;
    reply.json(200, { name, tags: page }, rest.length > page.length ? this.#shown({ Link: next }) : {});
  }

  /** The header that says what is wanted, or null where the request is let in. */
  #refuse(request: IncomingMessage, path: string): Record<string, string> | null {
    const { auth = 'none', token = {} } = this.#options;
    if (auth === 'none') return null;
    const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme === 'Bearer' && auth !== 'basic' && this.tokens.has(value)) return null;
    if (scheme === 'Basic' && auth !== 'bearer' && this.#userOf(value) !== null) return null;
    const name = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(path)?.[1] ?? '';
    // Of the front door none is wanted.
    const { realm = `${this.server.origin}/token`, scope = name && `repository:${name}:pull` } = token;
    const bearer = `Bearer realm="${realm}",service="fake"${scope && `,scope="${scope}"`}`;
    const basic = 'Basic realm="fake"';
    return { 'WWW-Authenticate': { basic, bearer, both: `${basic}, ${bearer}` }[auth] };
  }

  #giveToken(request: IncomingMessage, url: URL, reply: Reply): void {
    const { anonymous = true, token: { member = 'token', expiresIn } = {} } = this.#options;
    const [, value] = (request.headers.authorization ?? '').split(' ');
    const user = value === undefined ? '' : this.#userOf(value);
    if (user === null || (user === '' && !anonymous))
      return refuse(reply, 401, 'UNAUTHORIZED', 'who are you?');
    const token = `token-${++this.#tokenCount}-${url.searchParams
      .getAll('scope')
      .join('+')
      .replaceAll(/[^a-z0-9+-]/g, '.')}`;
    this.tokens.set(token, user);
    reply.json(200, { [member]: token, ...(expiresIn !== undefined && { expires_in: expiresIn }) });
  }

  #userOf(basic: string): string | null {
    const [user = '', password = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
    return Object.hasOwn(this.#options.users ?? {}, user) && this.#options.users![user] === password
      ? user
      : null;
  }

  #shown(headers: Record<string, string>): Record<string, string> {
    const { hide = [] } = this.#options;
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !hide.includes(name.toLowerCase())));
  }
}

function refuse(
  reply: Reply,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) {
  reply.json(status, { errors: [{ code, message, detail: null }] }, headers);
}

/** The media type of a document by its shape; null for what is no manifest. */
function shapeOf(bytes: Bytes): string | null {
  if (bytes[0] !== 0x7b) return null;
  const document = JSON.parse(Buffer.from(bytes).toString()) as {
    mediaType?: string;
    manifests?: unknown;
    layers?: unknown;
  };
  if (document.manifests === undefined && document.layers === undefined) return null;
  return document.mediaType ?? (document.manifests === undefined ? type.OCI_MANIFEST : type.OCI_INDEX);
}
