/**
 * The way of the page to registries that let no page read them. It hands on what the page asks and what the registry
 * answers, keeps neither, and has no credentials of its own.
 *
 *     /gateway/<registry>/                                 204 where it leads there, else why not
 *     /gateway/<registry>/v2/…                             the registry's API ("Pull" and "Content Discovery")
 *     /gateway/<registry>/token?realm=<url>&service=…      the token service that this registry names
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { GatewayFault } from '../src/base/problem.ts';
import { isDomain } from '../src/formats/reference.ts';
import { parseChallenges } from '../src/sources/registry/challenge.ts';
import { GATEWAY_HEADER } from '../src/sources/registry/gateway-fault.ts';
import { refusal } from './own-page.ts';
import { Realms } from './realms.ts';
import { Fault, Upstream, type Answer, type UpstreamOptions } from './upstream.ts';

/** What of the page's request the registry is told. */
const ASKED = ['accept', 'range', 'if-none-match'] as const;
/** What of the answer the page is told: nothing that would make the browser do something at this address. */
const ANSWERED = [
  'content-type',
  'content-length',
  'content-range',
  'content-encoding',
  'accept-ranges',
  'docker-content-digest',
  'docker-distribution-api-version',
  'etag',
  'last-modified',
  'link',
  'oci-filters-applied',
  'oci-subject',
  'ratelimit-limit',
  'ratelimit-remaining',
  'retry-after',
  'warning',
  'www-authenticate',
] as const;
/** Content of strangers, at the address of the page: no browser is to make anything of it but bytes. */
const INERT: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};
const STATUS: Readonly<Partial<Record<GatewayFault, number>>> = {
  'private-address': 403,
  'unknown-realm': 403,
  refused: 403,
  timeout: 504,
};

/** Characters of an address. The longest that the page asks for has a few hundred. */
const MAX_URL = 8 * 1024;
const NAME = '[a-z0-9](?:[a-z0-9._/-]{0,254})';
const PATHS = [
  /^\/v2\/$/,
  /^\/v2\/_catalog$/,
  new RegExp(`^/v2/${NAME}/tags/list$`),
  new RegExp(`^/v2/${NAME}/(?:manifests|blobs|referrers)/[A-Za-z0-9_.:+-]{1,256}$`),
];

export class Gateway {
  readonly #upstream: Upstream;
  readonly #realms: Realms;

  constructor(options: UpstreamOptions) {
    this.#upstream = new Upstream(options);
    this.#realms = new Realms(this.#upstream);
  }

  close(): void {
    this.#upstream.close();
  }

  /** Answers what is at `/gateway/`, whatever it is; false for all else. Never rejects. */
  async answer(from: IncomingMessage, to: ServerResponse): Promise<boolean> {
    const { url: path = '/', method = '' } = from;
    if (!/^\/gateway(?:[/?]|$)/.test(path)) return false;
    // What a server in front has set (Vite lets pages of other ports read it) is not for here.
    for (const name of to.getHeaderNames()) to.removeHeader(name);
    const { remoteAddress = '', localAddress = '', localPort = 0 } = from.socket;
    const why = refusal({ method, headers: from.headers, remoteAddress, localAddress, localPort });
    if (why !== null) {
      this.#refuse(to, 'refused', why);
      return true;
    }
    const gone = new AbortController();
    to.on('close', () => gone.abort());
    try {
      await this.#handOn(path, from, to, gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return true;
      // In the middle of a body: the page must see that it broke.
      if (to.headersSent) to.destroy();
      else if (error instanceof Fault) this.#refuse(to, error.fault, error.message);
      else this.#refuse(to, 'no-answer', error instanceof Error ? error.message : 'no answer');
    }
    return true;
  }

  async #handOn(path: string, from: IncomingMessage, to: ServerResponse, signal: AbortSignal): Promise<void> {
    const { registry, rest, query } = partsOf(path);
    if (rest === '/') {
      await this.#upstream.look(registry);
      to.writeHead(204, INERT).end();
      return;
    }
    const isToken = rest === '/token';
    const url = isToken
      ? await this.#realms.urlOf(registry, new URLSearchParams(query), signal)
      : new URL(this.#upstream.originOf(registry) + rest + query);
    const headers: Record<string, string> = {};
    for (const name of ASKED) if (from.headers[name] !== undefined) headers[name] = from.headers[name];
    const { authorization } = from.headers;
    const method = from.method ?? 'GET';
    const answer = await this.#upstream.ask(registry, url, { method, headers, authorization, signal });
    if (!isToken && answer.isOwn) this.#remember(registry, answer);
    to.writeHead(answer.message.statusCode ?? 502, { ...told(answer), ...INERT });
    // Headers alone are an answer too, and the page shows that one has come.
    to.flushHeaders();
    await pipeline(answer.message, to);
  }

  #remember(registry: string, { message }: Answer): void {
    const header = message.headers['www-authenticate'];
    if (message.statusCode !== 401 || header === undefined) return;
    for (const { params } of parseChallenges(header)) this.#realms.add(registry, params.get('realm') ?? '');
  }

  #refuse(to: ServerResponse, fault: GatewayFault, message: string): void {
    const body = JSON.stringify({ errors: [{ code: 'GATEWAY', message }] });
    to.writeHead(STATUS[fault] ?? 502, {
      ...INERT,
      'content-type': 'application/json',
      [GATEWAY_HEADER]: fault,
    });
    to.end(body);
  }
}

/** Fails with a Fault for what is none of the three. */
function partsOf(path: string): { registry: string; rest: string; query: string } {
  const refuse = (why: string) => new Fault('refused', why);
  if (path.length > MAX_URL) throw refuse('too long');
  const [, registry = '', rest = '', query = ''] = /^\/gateway\/([^/?]+)(\/[^?]*)(.*)$/.exec(path) ?? [];
  if (!isDomain(registry)) throw refuse('not a registry');
  if (rest === '/' || rest === '/token') return { registry, rest, query };
  if (rest.includes('..') || rest.includes('//') || !PATHS.some((it) => it.test(rest)))
    throw refuse('nothing that is pulled');
  return { registry, rest, query };
}

function told({ message, isOwn }: Answer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ANSWERED) {
    const value = message.headers[name];
    if (value !== undefined) headers[name] = String(value);
  }
  // Whoever it was redirected to shall not say to whom a person's name goes.
  if (!isOwn) delete headers['www-authenticate'];
  return headers;
}
